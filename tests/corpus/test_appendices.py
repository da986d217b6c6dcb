"""Where appendices begin and end, and under which reason they are dropped."""

import pytest

from corpus.test_clean import ledger_of, make_blocks
from corpus.test_reasons import article, entries, section
from corpus.test_zones import heading, paragraph, reasons
from further.corpus.clean.papers import CleanSettings, clean_papers

APPENDIX = (heading("A Details of the interviews", 6), paragraph("appendix", 6))


@pytest.mark.parametrize(
    "name", ["A Details of the interviews", "B.1. Further results", "Appendix", "Appendix C. Proofs", "APPENDICES"]
)
@pytest.mark.parametrize(("keep", "reason"), [(True, "kept"), (False, "appendix")])
def test_an_appendix_behind_the_references_is_kept_or_dropped_under_its_own_reason(name, keep, reason):
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    found = reasons(*body, heading(name, 6), paragraph("appendix", 6), keep_appendices=keep)
    assert found["In the appendix"] == reason
    assert found["1. Maker A,"] == "reference"


def test_below_its_name_an_appendix_may_have_a_heading_more_and_short_paragraphs():
    short = [{"kind": "text", "text": f"In step {n} the two of us went on with the ice.", "page": 5} for n in range(9)]
    body = (*article("Methods", "Discussion"), heading("Appendix A", 5, font_size=14), heading("Steps", 5), *short)
    assert reasons(*body)["In step 3"] == "kept"
    notice = {"kind": "text", "text": "Supplementary data can be found in the online version.", "page": 5}
    assert (
        reasons(*article("Methods", "Discussion"), heading("Appendix A", 5), notice)["Supplementary data can"] != "kept"
    )


def test_short_appendices_by_name_are_kept_where_together_they_are_prose():
    half = {"kind": "text", "text": f"In the {' '.join(paragraph('x')['text'].split()[3:38])}.", "page": 6}
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    found = reasons(*body, heading("Appendix A: Details", 6), half, heading("Appendix B: More", 6), half)
    assert (found["Appendix A: Details"], found["Appendix B: More"]) == ("kept", "kept")


def test_an_appendix_before_the_references_ends_at_them():
    body = (*article("Methods", "Discussion"), heading("Appendix A", 5), paragraph("appendix", 5))
    found = reasons(*body, heading("References", 6), *entries(1, 2, 3), keep_appendices=False)
    assert (found["In the appendix"], found["References"], found["2. Maker A,"]) == (
        "appendix",
        "reference",
        "reference",
    )


@pytest.mark.parametrize(("words", "reason"), [(50, "reference"), (70, "kept")])
def test_a_letter_heads_an_appendix_over_60_words_of_prose(words, reason):
    text = " ".join(("the graft was seen by the team of the clinic and " * 8).split()[:words]) + "."
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    appendix = {"kind": "text", "text": text.capitalize(), "page": 6}
    assert reasons(*body, heading("A Details", 6), appendix)["The graft was"] == reason


@pytest.mark.parametrize(
    ("size", "below", "reason"),
    [
        (14, "Then the test was run again.", "kept"),  # over code, of which no sentence is long
        (12, "Then the test was run again.", "reference"),  # no heading of a section
        (14, "4. Maker A, Drawer B. Hearts kept in a box. J Made Art. 2014;7(2):11-19.", "reference"),
    ],
)
def test_a_lettered_heading_that_is_set_as_that_of_the_references_begins_an_appendix(size, below, reason):
    body = (*article("Methods", "Discussion"), heading("References", 5, font_size=14), *entries(1, 2, 3))
    code = {"kind": "text", "text": below, "page": 6}
    found = reasons(*body, heading("A. Example analyses", 6, font_size=size), code)
    assert found[" ".join(below.split()[:3])] == reason


def test_any_heading_behind_the_references_begins_an_appendix_where_much_prose_follows():
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    more = [paragraph(f"experiment {number}", 6) for number in range(4)]
    assert reasons(*body, heading("Additional experiments", 6), *more)["In the experiment"] == "kept"


def test_the_ledger_counts_an_appendix_apart():
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3), *APPENDIX)
    settings = CleanSettings(False, True, 10, keep_appendices=False)
    blocks = make_blocks(*body)
    ledger = ledger_of(clean_papers(blocks, settings)[1])
    assert ledger["appendix"] == sum(len(block["text"]) for block in APPENDIX)
    assert sum(ledger.values()) == sum(map(len, blocks["text"].to_pylist()))


def test_an_appendix_with_its_title_on_the_next_line_is_no_back_matter():
    body = [paragraph(f"part {number} of the article", page=2) for number in range(6)]
    found = reasons(*section("Abstract", 1), *body, heading("APPENDIX\nPROOF OF THE LAW"), paragraph("proof"))
    assert found["In the proof"] == "kept"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("NeurIPS Paper Checklist", "back matter"),
        ("Reproducibility checklist", "back matter"),
        ("The checklist", "kept"),
    ],
)
def test_a_checklist_behind_the_references_goes_on_over_points_named_as_sections_of_the_body(name, reason):
    points = [part for n in range(4) for part in (heading("Limitations", 6), paragraph(f"point {n}", 6))]
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    found = reasons(*body, heading(name, 6), *points, heading("A Proofs", 7), paragraph("proof", 7))
    assert (found["In the point"], found["In the proof"]) == (reason, "kept")
    before = reasons(*article("Methods"), heading(name, 4), *points, *body[2:])
    assert before["In the point"] == "kept"
