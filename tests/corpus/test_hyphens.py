"""Words broken at line ends."""

from dataclasses import replace

import pytest

from further.corpus.clean.hyphens import collect_vocabulary, join_lines

PAPER = [
    "Survival after transplantation is a long-term and patient-centred outcome.",
    "The non-invasive and non-surgical way was taken; interaction was seen in the heart.",
    "A well perfused organ, a dose of the drug, and its term of use. Decisions were made.",
]
VOCABULARY = collect_vocabulary(PAPER)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["before trans-", "plantation"], "before transplantation"),  # the joined word stands elsewhere
        (["in the long-", "term"], "in the long-term"),  # the compound stands elsewhere
        (["a myo-", "cardial biopsy"], "a myocardial biopsy"),  # neither part is a word
        (["drug-", "related death"], "drug-related death"),  # "related" ends compounds
        (["in thirty-", "day mortality"], "in thirty-day mortality"),
        (["the COVID-", "19 era"], "the COVID-19 era"),  # before a digit
        (["a post-", "Mustard patient"], "a post-Mustard patient"),  # before a capital
        (["pre-", "and postoperative"], "pre- and postoperative"),  # suspended
        (["an easy-", "to-use device"], "an easy-to-use device"),
        (["a state-of-the-", "art and time-to-", "event plan"], "a state-of-the-art and time-to-event plan"),
        (["the sub-to-", "tal one"], "the sub-total one"),
        (["non-", "responding"], "non-responding"),  # the paper hyphenates this prefix
        (["inter-", "action"], "interaction"),
        (["a well-", "aerated room"], "a well-aerated room"),
        (["in twenty-", "nine of"], "in twenty-nine of"),
        (["of high-", "performance"], "of high-performance"),  # "high" begins compounds, "performance" is no ending
        (["an organ-", "sparing dose"], "an organ-sparing dose"),  # no pattern breaks "organsparing" there
        (["soft\u00ad", "ware"], "software"),  # a soft hyphen is always the typesetter's
        (["and/", "or"], "and/or"),
        (["an HLA-", "matched one"], "an HLA-matched one"),  # behind an abbreviation
        (["no hyphen", "here"], "no hyphen here"),
    ],
)
def test_line_ends(lines, expected):
    assert join_lines(lines, VOCABULARY) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["at http://www.geneontol", "ogy.org/) we"], "at http://www.geneontology.org/) we"),
        (["(https://web.expasy.org/", "protparam/). The"], "(https://web.expasy.org/protparam/). The"),
        (["https://doi.org/10.1186/", "s12885-021-08195"], "https://doi.org/10.1186/s12885-021-08195"),
        (["see www.who.int", "and others"], "see www.who.int and others"),
        (["see www.who.int/", "accessed in May"], "see www.who.int/ accessed in May"),
        (["on www.who.int", "e.g. maps"], "on www.who.int e.g. maps"),
        (["at http://a.org/x).", "3.5 mL"], "at http://a.org/x). 3.5 mL"),
        (["sent to gb-", "admin@ncbi.nlm.nih.gov"], "sent to gb-admin@ncbi.nlm.nih.gov"),
    ],
)
def test_addresses_go_on_over_line_ends(lines, expected):
    assert join_lines(lines, VOCABULARY) == expected


def test_a_word_that_is_broken_without_a_hyphen_is_known_by_the_paper():
    lines = ["by RECIST 1.1, RECIST being the rule, or RECI", "ST or death; the form", "at of it"]
    vocabulary = collect_vocabulary([*lines, "The form and the format, whose form is a format."])
    assert join_lines(lines[:2], vocabulary).endswith("or RECIST or death; the form")
    assert join_lines(lines[1:], vocabulary).endswith("the form at of it")  # "form" is a word of its own


def test_an_abbreviation_or_a_name_of_a_substance_is_broken_without_a_hyphen():
    lines = ["in NSCL", "C of group C, with 3-[ace", "tyl(butyl)amino]"]
    vocabulary = collect_vocabulary([*lines, "NSCLC, group C, acetyl and the acetyl rest of NSCLC"])
    assert join_lines(lines, vocabulary) == "in NSCLC of group C, with 3-[acetyl(butyl)amino]"


BROKEN = """
    ten-dency west-ern fast-ing long-itudinal late-ral gene-ral real-istic young-er hand-ling low-est follow-ing
    one-self cell-ular multi-variable post-operative wide-spread more-over further-more seven-teen plant-ation
    threat-ening yield-ing user-name flow-ering
"""


@pytest.mark.parametrize("word", BROKEN.split())
def test_broken_words_whose_parts_also_stand_in_compounds_are_whole(word):
    left, right = word.split("-")
    assert join_lines([f"the {left}-", f"{right} was"], VOCABULARY) == f"the {left}{right} was"


@pytest.mark.parametrize("word", ["through-out", "some-what", "hand-ful", "child-less", "care-ful"])
def test_a_broken_word_is_whole_though_both_parts_are_words_of_the_paper(word):
    left, right = word.split("-")
    vocabulary = collect_vocabulary([f"a {left} and a {right}"])
    assert join_lines([f"the {left}-", f"{right} was"], vocabulary) == f"the {left}{right} was"


def test_broken_words_are_no_part_of_the_vocabulary():
    vocabulary = collect_vocabulary(["a trans-", "plant was made"])
    assert vocabulary.words["trans"] == vocabulary.words["plant"] == 0
    assert vocabulary.words["made"] == 1


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ("colony-forming units were counted", "colony-forming"),
        ("colonyforming units were counted", "colonyforming"),
        ("colony-forming here, colonyforming there, colonyforming again", "colonyforming"),
    ],
)
def test_other_papers_decide_where_the_papers_own_words_do_not(others, expected):
    vocabulary = replace(VOCABULARY, others=collect_vocabulary([others]))
    assert join_lines(["the colony-", "forming units"], vocabulary) == f"the {expected} units"


def test_the_papers_own_words_come_first():
    own = collect_vocabulary(["a time-consuming task"])
    vocabulary = replace(own, others=collect_vocabulary(["timeconsuming"] * 5))
    assert join_lines(["a time-", "consuming task"], vocabulary) == "a time-consuming task"


@pytest.mark.parametrize("word", ["anti-inflammatory", "supra-axillary", "micro-organism", "semi-invasive"])
def test_two_equal_vowels_keep_their_hyphen(word):
    left, right = word.split("-")
    assert join_lines([f"an {left}-", f"{right} one"], collect_vocabulary([])) == f"an {word} one"


@pytest.mark.parametrize(
    ("own", "others", "lines", "expected"),
    [
        ("a significant change", "", ["a non-", "significant one"], "a non-significant one"),
        ("significant, specific, nonspecific", "", ["a non-", "significant one"], "a nonsignificant one"),
        ("significant", "a linear, nonlinear one", ["a non-", "significant one"], "a nonsignificant one"),
        ("significant, non-linear", "a linear, nonlinear one", ["a non-", "significant one"], "a non-significant one"),
        ("none of these, none, e.g. non-invasive", "", ["a non-", "responding one"], "a non-responding one"),
        ("none of them", "", ["it is none-", "theless so"], "it is nonetheless so"),
        ("a less good one", "", ["it is non-", "etheless so"], "it is nonetheless so"),
        ("anti-fungal and anti-viral", "", ["its anti-", "helmintic use"], "its anti-helmintic use"),
        ("anti-fungal; viral, antiviral; body, antibody", "", ["its anti-", "cancer use"], "its anticancer use"),
        ("a treatment", "", ["its pre-", "treatment"], "its pretreatment"),
    ],
)
def test_a_prefix_has_a_hyphen_as_most_of_the_papers_words_with_it(own, others, lines, expected):
    """Else as those of the other papers; and "non" by itself, where a word goes on."""
    vocabulary = replace(collect_vocabulary([own]), others=collect_vocabulary([others]))
    assert join_lines(lines, vocabulary) == expected


def test_a_soft_hyphen_in_a_word_that_the_paper_hyphenates_is_a_hyphen():
    vocabulary = collect_vocabulary(["an organ-confined tumor"])
    assert join_lines(["an organ\u00ad", "confined tumor"], vocabulary) == "an organ-confined tumor"
    assert join_lines(["the soft\u00ad", "ware"], vocabulary) == "the software"


@pytest.mark.parametrize(("left", "right"), [("can-", "not"), ("be-", "cause"), ("Thail-", "and"), ("pri-", "or")])
def test_a_word_that_is_known_as_one_is_not_suspended_or_a_compound(left, right):
    vocabulary = collect_vocabulary(["in Thailand the prior one can do, but not the cause"])
    assert join_lines([f"it {left}", f"{right} here"], vocabulary) == f"it {left[:-1]}{right} here"


def test_the_rest_of_a_word_from_the_column_before_is_no_word():
    vocabulary = collect_vocabulary(["ing of the primers was", "done by hand"], broken=True)
    assert (vocabulary.words["ing"], vocabulary.words["done"]) == (0, 1)
