"""What the classes and packages of LaTeX set in ways of their own."""

from dataclasses import replace

import pymupdf
import pytest

from corpus.made import prose, write
from corpus.placed import BODY, column, kinds_of, line
from corpus.test_clean import PROSE, make_blocks
from corpus.test_reasons import article, dropped, entries
from corpus.test_zones import heading, paragraph, reasons
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.document import parse_document
from further.corpus.parse.pages import read_page


@pytest.mark.parametrize(("label", "reason"), [("[4] ", "reference"), ("[ABC+20] ", "reference"), ("", "kept")])
def test_long_entries_with_a_label_in_brackets_do_not_end_the_references(label, reason):
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    long = [{"kind": "list", "text": f"{label}The work of {PROSE}{n}", "page": 5} for n in range(6)]
    assert reasons(*body, *long)[" ".join(long[0]["text"].split()[:3])] == reason


def test_steps_of_an_algorithm_that_are_sentences_are_none_of_the_body(tmp_path):
    """They stand in from their numbers, as wide as three quarters of a column."""
    document = pymupdf.open()
    page = document.new_page()
    y = write(page, 72, write(page, 72, 80, prose(10)) + 20, ["Algorithm 1 Cooling of a heart"], font="hebo") + 6
    for number in range(4):
        write(page, 72, y + 12 * number, [f"{number + 1}:"], size=8)
        write(page, 96, y + 12 * number, [f"the heart of each donor is cooled by {number} units"])
    write(page, 72, y + 68, prose(10, "below"))
    document.save(tmp_path / "a.pdf")
    blocks = parse_document(tmp_path / "a.pdf").blocks
    assert {block["kind"] for block in blocks if "is cooled" in block["text"]} == {"table"}
    assert [block["kind"] for block in (blocks[0], blocks[-1])] == ["text", "text"]


def test_authors_set_larger_than_the_body_are_no_standfirst():
    """Addresses with as many "of" and "and" as prose has."""
    places = [f"{name}\nDepartment of Mechanics, Faculty of Arts and of Crafts" for name in ("Ada Maker", "Ben Drawer")]
    names = {"kind": "text", "text": "\n".join(places), "page": 1, "font_size": 12}
    assert ("front matter", "Ada Maker") in dropped(names, *article("Methods"))


def test_the_keywords_of_acms_classes():
    words = {"kind": "text", "text": "Additional Key Words and Phrases: hearts, cold storage, boxes", "page": 1}
    found = dropped(*article("Methods")[:2], words, *article("Methods")[2:])
    assert {reason for reason, _ in found} == {"keywords"}


def test_a_short_first_paragraph_of_an_abstract_without_a_heading_is_kept():
    """As of revtex, in smaller type than the body."""
    first = {"kind": "text", "text": "We asked whether the heart of a donor keeps well in the cold for a day."}
    rest = {"kind": "text", "text": f"It was so that {PROSE.strip()}."}
    abstract = [piece | {"page": 1, "font_size": 9} for piece in (first, rest)]
    assert not dropped(
        {"kind": "title", "text": "Cold storage of the heart", "page": 1}, *abstract, *article("Methods", "Results")[2:]
    )


@pytest.mark.parametrize("name", ["A. Proofs", "A Proofs of the law"])
def test_an_appendix_behind_the_references_may_have_sections_of_the_bodys_names(name):
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    found = reasons(*body, heading(name, 6), paragraph("proof", 6), heading("B. Results", 6), paragraph("ward", 6))
    assert (found["In the proof"], found["In the ward"]) == ("kept", "kept")


def test_a_word_that_a_labeled_box_parts_is_whole():
    """A frame with a prompt at the foot of a page, behind a word's first half."""
    text = [{"kind": "text", "text": f"{PROSE}and the trans-", "page": 3}]
    box = [{"kind": "text", "text": f"Prompt: Say how {PROSE.strip()}.", "lead": 7, "page": 3}]
    rest = [{"kind": "text", "text": f"plantation {PROSE.strip()}.", "page": 4}]
    rows = clean_papers(make_blocks(*article("Methods"), *text, *box, *rest), CleanSettings(False, True, 10))[0]
    assert sum("and the transplantation the graft" in row for row in rows["text"].to_pylist()) == 1


def test_a_theorem_right_below_a_table_is_none_of_it():
    """In italics, which is no font of the body's."""
    label = line("Table 1. Hearts by time in the cold", 50, 80, page=2)
    cells = [line(text, 50 + 60 * n, 100, 30, page=2) for n, text in enumerate(("Hours", "Hearts", "Lost"))]
    theorem = [
        replace(one, page=2, lead=len(one.text)) for one in column("theorem of the heart", 130, 5, font="italics")
    ]
    text = [replace(one, page=2) for one in column("text", 210, 20)]
    kinds = kinds_of([BODY, [label, *cells, *theorem, *text]])
    assert (kinds["Hours"], kinds[theorem[0].text]) == ("table", "text")


def test_cells_of_prose_behind_their_rows_names_are_cells():
    label = line("Table 1. What was said of the heart", 90, 80, 160, page=2)  # narrower than the table
    rows = []
    for number, top in enumerate((100, 140)):
        rows += [line(("Ours", "Theirs")[number], 50, top, 30, page=2)]
        rows += [replace(one, page=2) for one in column(f"cell {number}", top, 2, x0=90)]
    rows = [replace(one, x1=250) if one.x0 == 90 else one for one in rows]
    text = [replace(one, page=2) for one in column("text", 210, 20)]
    kinds = kinds_of([BODY, [label, *rows, *text]])
    assert [kinds[one.text] for one in rows if one.text.endswith("line 0")] == ["table", "table"]


def test_supplementary_material_behind_the_references_is_an_appendix():
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    found = reasons(*body, heading("Supplementary Material", 6), paragraph("supplement", 6))
    assert found["In the supplement"] == "kept"
    notice = {"kind": "text", "text": "Tables of all hearts can be found in the online version.", "page": 6}
    assert reasons(*body, heading("Supplementary Material", 6), notice)["Tables of all"] == "back matter"


@pytest.mark.parametrize(("name", "dropped_too"), [("Cooling unit", True), ("2.1 Cooling unit", False)])
def test_large_labels_between_parts_of_a_figure_are_no_headings(name, dropped_too):
    """As TikZ sets them in a figure that is scaled up."""
    label = {"kind": "heading", "text": name, "page": 3, "font_size": 12}
    parts = [
        {"kind": kind, "text": text, "page": 3} for kind, text in (("other", "f"), ("caption", "Figure 1. A box."))
    ]
    found = dropped(*article("Methods"), parts[0], label, parts[1], *article("Results")[-2:])
    assert (("figure text", name) in found) is dropped_too


def test_a_short_paragraph_beside_a_wrapped_figure_is_no_cell():
    """As wide as the paragraph above it, and level with labels of the figure."""
    wide = [replace(one, page=2, x1=450) for one in column("wide text", 80, 12)]
    above = [replace(one, page=2) for one in column("text beside it", 260, 5)]
    short = [
        line(text, 50, y, page=2) for text, y in (("Of all hearts only", 340), ("one was lost in the cold of it.", 352))
    ]
    labels = [line(f"0.{n}", 300, 340 + 12 * n, 12, size=7, page=2) for n in range(2)]
    kinds = kinds_of([[replace(one, x1=450) for one in BODY], [*wide, *above, *short, *labels]])
    assert kinds["Of all hearts only"] == "text"


def test_an_entry_of_a_list_of_tables_may_have_a_second_line_without_dots():
    entry = [
        {"text": "1.1 Hearts of the donors by the", "y0": 100, "y1": 110},
        {"text": "time in the cold. 16", "y0": 113, "y1": 123},
    ]
    heads = {"kind": "heading", "text": "List of Tables", "page": 1, "y0": 60, "y1": 80}
    found = dropped(heads, *({"kind": "text", "page": 1} | one for one in entry), *article("Methods"))
    assert {reason for reason, _ in found} == {"contents"}


def test_a_paragraphs_second_line_with_a_wide_gap_is_one_line():
    """As TeX stretches a line before a long word. The one above it is indented: the edges of the one below tell."""
    with pymupdf.open() as document:
        page = document.new_page()
        width = pymupdf.get_text_length("the heart of the donor was kept in the cold for", fontsize=10)
        last = pymupdf.get_text_length("including all", fontsize=10)
        first = "the heart of the donor was kept in the cold"
        page.insert_text((72 + width - pymupdf.get_text_length(first, fontsize=10), 80), first, fontsize=10)
        page.insert_text((72, 92), "that was of the box,", fontsize=10)
        page.insert_text((72 + width - last, 92), "including all", fontsize=10)
        page.insert_text((72, 104), "the heart of the donor was kept in the cold for", fontsize=10)
        texts = [line.text for line in read_page(page).lines]
    assert texts[1] == "that was of the box, including all"


@pytest.mark.parametrize(
    ("name", "kept"), [("B. Maker, A. Drawer. 2012. The hearts", False), ("B. Hearts, boxes", True)]
)
def test_an_author_by_initials_opens_no_appendix(name, kept):
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    found = reasons(*body, heading(name, 6), paragraph("long title", 6))
    assert (found["In the long"] == "kept") is kept
