from pathlib import Path

import pytest

from facts import naming
from further.guard.topics import find_topics, read_topics

CONFIG = Path(__file__).parents[2] / "config"
TOPICS = {"malignancy": ("cancer*", "metasta*"), "pregnancy loss": ("fetal demise",), "death": ("died",)}


@pytest.mark.parametrize(
    "text, topics",
    [
        ("Breast CANCER on the left.", ["malignancy"]),
        ("cancers", ["malignancy"]),
        ("precancerous lesion", []),  # the term begins a word
        ("bone metastases; the patient died", ["malignancy", "death"]),
        ("studied", []),
        ("fetal-demise", ["pregnancy loss"]),
        ("fetal\n  demise at 20 weeks", ["pregnancy loss"]),
        ("fetal and demise", []),
        ("lung_cancer_left", ["malignancy"]),  # an underscore ends a word
        ("can\u00adcer", ["malignancy"]),  # a soft hyphen is not seen
        ("no cancer is seen", ["malignancy"]),  # a person says this, too
        ("", []),
    ],
)
def test_terms_match_whole_words_whatever_their_case(text, topics):
    assert list(find_topics([text], TOPICS)) == topics


def test_accents_and_special_signs_of_terms():
    topics = {"a": ("tumör",), "b": ("T4 (stage)",), "c": ("ﬁbrosis",)}
    assert find_topics(["TUMO\u0308R", None], topics) == ("a",)  # decomposed
    assert find_topics(["stage t4, stage"], topics) == ("b",) and find_topics(["Fibrosis"], topics) == ("c",)


def test_every_text_is_looked_at_and_missing_ones_are_not():
    assert find_topics([None, "fine", "he died"], TOPICS) == ("death",)


def test_a_file_with_remarks_headings_and_a_byte_order_mark(tmp_path):
    file = tmp_path / "topics.txt"
    file.write_text("# ours\nhospice\n\n[bad news]\ncancer*  # any kind\n[ death ]\n died \n", encoding="utf-8-sig")
    assert read_topics(file) == {"always to a person": ("hospice",), "bad news": ("cancer*",), "death": ("died",)}


@pytest.mark.parametrize("line, why", [("*", "letter"), ("me*tasis", "star"), ("--", "letter")])
def test_a_term_that_would_match_everything_or_nothing_is_refused_with_its_line(tmp_path, line, why):
    file = tmp_path / "topics.txt"
    file.write_text(f"cancer\n{line}\n")
    with pytest.raises(ValueError, match=naming("topics.txt", "line 2", repr(line), why)):
        read_topics(file)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    file = tmp_path / "topics.txt"
    file.write_bytes("tumör\n".encode("cp1252"))
    with pytest.raises(ValueError, match=naming(file, "byte 3", "UTF-8")):
        read_topics(file)


@pytest.mark.parametrize(
    "text, topic",
    [
        ("Metastatic adenocarcinoma of the colon", "malignancy"),
        ("Findings suggest malignancy.", "malignancy"),
        ("Hodgkin lymphoma", "malignancy"),
        ("Intrauterine fetal demise", "pregnancy loss"),
        ("ectopic pregnancy", "pregnancy loss"),
        ("brain death was declared", "death"),
        ("suspected child abuse", "abuse"),
    ],
)
def test_the_list_that_comes_with_further(text, topic):
    assert topic in find_topics([text], read_topics(CONFIG / "always_human.txt"))


@pytest.mark.parametrize("text", ["Axial CT of the chest shows a small dense calcification on the right.", "no", "mri"])
def test_the_list_leaves_other_answers_alone(text):
    assert find_topics([text], read_topics(CONFIG / "always_human.txt")) == ()
