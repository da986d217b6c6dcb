"""Prose dropped under a label that seldom holds any, and lists of contents."""

import pyarrow as pa
import pytest

from corpus.test_clean import PROSE, make_blocks
from corpus.test_reasons import article, dropped, section
from further.corpus.clean.lost import find_lost
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.clean.structure import is_contents
from further.corpus.schemas import DECISIONS, DROPPED_PROSE
from further.corpus.sections import is_section, sections_in

TEXT = f"In it {PROSE.strip()}."
WORDS = len(TEXT.split())


def lost(*records):
    """(reason, words, page) of what is listed, of blocks as (reason, text) or dictionaries of columns."""
    given = [record if isinstance(record, dict) else {"reason": record[0], "text": record[1]} for record in records]
    blocks = make_blocks(*({"kind": "text"} | {k: v for k, v in one.items() if k != "reason"} for one in given))
    lines = [{"paper": "p", "block": number, "reason": one["reason"]} for number, one in enumerate(given)]
    table = find_lost(blocks, pa.Table.from_pylist(lines, DECISIONS))
    assert table.schema == DROPPED_PROSE
    return [(line["reason"], line["num_words"], line["page"]) for line in table.to_pylist()]


@pytest.mark.parametrize("reason", ["sidebar", "footnote", "table", "figure text", "reference", "front matter"])
def test_prose_under_a_label_that_seldom_holds_any_is_listed(reason):
    assert lost({"reason": reason, "text": TEXT, "page": 4}) == [(reason, WORDS, 4)]


@pytest.mark.parametrize("reason", ["kept", "caption", "license", "section", "appendix", "keywords"])
def test_what_is_kept_or_dropped_by_a_setting_is_not_listed(reason):
    assert lost((reason, TEXT)) == []


@pytest.mark.parametrize(
    "text",
    [
        " ".join(TEXT.split()[:39]),
        "12. Maker A, Drawer B, et al. "
        + "Cold hearts, warm boxes and young donors: a trial at ten clinics. " * 3
        + "J Made Art. 2019;12(3):45-52. doi: 10.1000/xyz",
        "* " + TEXT,
        "Ada Maker received the B.Sc. degree from the school of the town. " + TEXT,
        "Hours Hearts Failed Lost " * 12,
    ],
)
def test_short_pieces_references_notes_lives_and_cells_are_not_listed(text):
    assert lost(("footnote", text), ("reference", text)) == []


@pytest.mark.parametrize(("raised", "listed"), [([0, 1], 0), ([0, 1, 9, 10], 0), ([9, 10], 1), ([], 1)])
def test_notes_that_begin_with_a_raised_letter_are_not_listed(raised, listed):
    found = lost({"reason": "figure text", "text": f"a {TEXT}", "raised": raised})
    assert len(found) == listed


def test_a_name_of_back_matter_accounts_for_150_words():
    """Of paragraphs of 68 words the first three: the third begins within the 150."""
    head = {"reason": "back matter", "text": "Acknowledgements", "kind": "heading"}
    assert lost(head, *[("back matter", TEXT)] * 5) == [("back matter", WORDS, 1)] * 2
    assert lost(*[("back matter", TEXT)] * 2) == [("back matter", WORDS, 1)] * 2


def test_referees_reports_behind_the_references_are_not_listed_and_a_section_named_like_them_is():
    head = {"reason": "back matter", "text": "Open Peer Review", "kind": "heading"}
    reports = [("back matter", TEXT)] * 5 + [("back matter", "Competing interests: None."), ("back matter", TEXT)]
    assert lost(("reference", "References"), head, *reports) == []
    assert lost(head, *reports) == [("back matter", WORDS, 1)] * 2


def test_each_paper_is_read_for_itself():
    blocks = pa.concat_tables(
        [
            make_blocks({"kind": "heading", "text": "Funding", "paper": "a"}),
            make_blocks({"kind": "text", "text": TEXT, "paper": "b"}),
        ]
    )
    lines = [{"paper": paper, "block": 0, "reason": "back matter"} for paper in "ab"]
    assert find_lost(blocks, pa.Table.from_pylist(lines, DECISIONS))["paper"].to_pylist() == ["b"]


def test_an_article_whose_every_block_is_told_has_nothing_listed():
    blocks = make_blocks(*article("Methods", "Discussion"), *section("Acknowledgements"))
    assert find_lost(blocks, clean_papers(blocks, CleanSettings(False, True, 10))[3]).num_rows == 0


@pytest.mark.parametrize(
    "text",
    [
        "1.1 Storage on ice .......................... 12",
        "1.1 Storage on ice . . . . . . . . . . . . . 12",
        "Figure 3: The box · · · · · · · · · 31",
        "1 Introduction ……… 1\n2 Methods ……… 4\nof the study\n3 Results ……… 9",
        "1 Introduction ........ 1 2 Methods ........ 4 3 Results ........ 9",
        "\n".join(f"{number} How the heart\nof a donor\nis kept ........ {number}" for number in (1, 2, 3)),
    ],
)
def test_dots_that_lead_to_a_page_make_a_list_of_contents(text):
    assert is_contents(text)


@pytest.mark.parametrize("text", ["We waited ... and then we saw it.", "See pp. 12-14.", "and so on....", TEXT])
def test_other_dots_do_not(text):
    assert not is_contents(text)


@pytest.mark.parametrize("name", ["Contents", "Table of Contents", "List of Figures"])
def test_entries_under_the_name_of_a_list_need_no_dots(name):
    entries = [("text", f"{number} A part of the thesis and its name {10 * number}") for number in (1, 2, 3)]
    body = (*section("Abstract", 1), {"kind": "heading", "text": name, "page": 2, "bold": True}, *entries)
    assert dropped(*body, *section("Introduction")) == {("contents", text) for _, text in [("", name), *entries]}


def test_entries_whose_pages_are_blocks_beside_them():
    """As TeX sets chapters, without dots; the number stands level with an entry's last line, at the right edge."""
    listed = []
    for number, name in enumerate(
        ("1 Boxes for hearts and their use", "1.1 Ice", "1.2 The long name of a section\nof it")
    ):
        place = {"page": 2, "y0": 100 + 40 * number, "y1": 110 + 40 * number + 12 * name.count("\n")}
        listed += [place | {"kind": "heading", "text": name}]
        listed += [place | {"kind": "other", "text": str(number + 1), "y0": place["y1"] - 10, "x0": 465, "x1": 471}]
    body = (*section("Abstract", 1), {"kind": "heading", "text": "Contents", "page": 2, "bold": True}, *listed)
    assert dropped(*body, *section("Introduction")) == {
        ("contents", entry["text"].split("\n")[0]) for entry in (body[-7], *listed)
    }


def test_lists_of_contents_have_names_in_other_languages():
    for language, name in (("de", "Inhaltsverzeichnis"), ("es", "Índice de figuras"), ("fr", "Table des matières")):
        assert is_section(sections_in(language).contents, name)


def test_a_paragraph_that_ends_in_a_number_behind_a_list_of_contents_ends_it():
    body = (*section("Abstract", 1), ("heading", "Contents"), ("text", "1 Introduction 3"), *section("Introduction"))
    assert dropped(*body) == {("contents", "Contents"), ("contents", "1 Introduction 3")}
