"""What was learned: words, paragraphs known by heart, and every paper held out once, on numbers that can be checked."""

from pathlib import Path
from typing import Any

from lxml import html

from further.report.section_learned import memorization_table, say_excluded, say_folds, say_memorization
from further.report.wording import THIN
from report.study import interval, make_comparison, make_inputs, make_memorization
from report.test_page import make_page


def rows_of(page: html.HtmlElement, caption: str) -> list[list[str]]:
    table = next(table for table in page.iter("table") if table.findtext("caption").startswith(caption))
    return [[cell.text_content() for cell in row] for row in table.find("tbody")]


def test_words_stand_with_their_change_interval_and_number(tmp_path: Path) -> None:
    page = html.fromstring(make_page(make_inputs(), tmp_path))
    rose = rows_of(page, "Words whose probability rose")
    assert rose == [
        ["allograft", "−1.50", "−1.75 to −1.25", "41"],
        ["<b>donor</b>", "−1.00", "−1.25 to −0.75", "30"],  # escaped: text of papers is no markup
    ]
    assert rows_of(page, "Words whose probability fell")[0][:2] == ["class", "+0.75"]


def test_what_is_known_by_heart_is_one_sentence_and_a_table(tmp_path: Path) -> None:
    page = html.fromstring(make_page(make_inputs(), tmp_path))
    text = page.get_element_by_id("learned").text_content()
    assert (
        "said the next 24 word for word in 7 of 200 cases, more often than with paragraphs of held-out papers" in text
    )
    table = rows_of(page, "Paragraphs that the model goes on with")
    assert table[1][0] == "papers trained on, after" and table[1][2].startswith("3.5")
    assert table[3][:2] == ["held-out papers, after", "200"]


def test_a_model_that_recites_nothing_and_one_that_recites_no_more_than_by_chance() -> None:
    found = make_memorization()
    assert "not measurably more often than" in say_memorization(found | {"p_value_train_heldout": 0.4})
    found["train"]["adapted"]["num_verbatim"] = 0
    assert say_memorization(found).endswith("0 of 200 cases: it recites none of them.")


def test_too_few_papers_take_the_trust_from_what_is_known_by_heart() -> None:
    found = make_memorization()
    assert "trusted" not in say_memorization(found)
    found["heldout"] |= {"num_papers": 1, "trustworthy": False}
    assert say_memorization(found).endswith(
        "This is not to be trusted: the paragraphs come from 16 papers trained on and 1 held-out paper, and at least 6 "
        "of each are needed."
    )


def test_what_could_not_be_reckoned_is_said_to_be_so() -> None:
    found = make_memorization() | {"p_value_train_heldout": None}
    assert "whether more often than of held-out papers could not be tested." in say_memorization(found)
    found["train"]["adapted"] |= {"low": None, "high": None}
    nothing = dict.fromkeys(("share", "low", "high", "mean_match_tokens", "max_match_tokens"))
    found["heldout"]["base"] |= nothing
    rows = memorization_table(found).rows
    assert rows[1][2] == f"3.5{THIN}% (no interval can be given)"
    assert rows[2][2:] == ("not known", "not known", "not known")


def test_what_was_not_measured_is_said(tmp_path: Path) -> None:
    text = html.fromstring(make_page(make_inputs(terms=None, memorization=None), tmp_path)).text_content()
    assert "This study did not look at words." in text and "did not ask what the model knows by heart" in text


def test_folds_and_what_was_taken_out() -> None:
    change = interval(-0.3, -0.4, -0.2)
    pooled = {"difference_nats_per_token": change, "num_improved": 23, "num_documents": 25}
    pooled |= {"p_value": 0.000019, "trustworthy": True}
    said = say_folds({"num_papers": 25, "folds": {"fold-1": {}, "fold-2": {}}, "papers": pooled})
    assert said is not None and "each of 25 papers held out once, in 2 folds, the loss changed by −0.300" in said
    assert f"23 of 25 papers improved (p{THIN}={THIN}0.000019 if nothing" in said and say_folds(None) is None
    few = {**pooled, "num_improved": 4, "num_documents": 4, "p_value": 0.125, "trustworthy": False}
    said = say_folds({"num_papers": 4, "folds": {"fold-1": {}, "fold-2": {}}, "papers": few})
    assert said is not None and "The interval is not to be trusted: it rests on 4 held-out papers" in said
    counts = {"also in test": 2, "also in validation": 1, "repeated paragraph": 9}
    excluded = say_excluded({"duplicate_papers": 1, "paragraphs": counts, "shared_paragraphs_left": 0})
    assert excluded is not None and excluded.startswith("1 paper that were there twice, and 3 paragraphs of training")


def open_ends(value: Any) -> Any:
    """The same record with every interval open, as few papers leave it."""
    if isinstance(value, list):
        return [open_ends(item) for item in value]
    if not isinstance(value, dict):
        return value
    ends = dict.fromkeys({"low", "high"} & set(value), None)
    return {key: open_ends(item) for key, item in value.items()} | ends


def test_a_study_of_too_few_papers_for_any_interval_has_a_page(tmp_path: Path) -> None:
    nothing = dict.fromkeys(("share", "low", "high", "mean_match_tokens", "max_match_tokens"))
    memorization = open_ends(make_memorization())
    memorization["heldout"] |= {model: memorization["heldout"][model] | nothing for model in ("base", "adapted")}
    inputs = make_inputs(comparison=open_ends(make_comparison()), memorization=memorization)
    page = html.fromstring(make_page(inputs, tmp_path))
    table = rows_of(page, "Paragraphs that the model goes on with")
    assert table[1][2] == "3.5\u202f% (no interval can be given)" and table[3][2:] == ["not known"] * 3
    assert "−0.660 nats per token (no interval can be given)" in page.text_content()
