"""Sections, abstracts and boxes that are set otherwise than the body: running text all the same."""

from dataclasses import replace

import pyarrow as pa
import pymupdf
import pytest

from corpus.made import LEFT, RIGHT, prose, write
from corpus.placed import BODY, column, kinds_of, line
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.blocks import make_blocks
from further.corpus.parse.document import parse_document
from further.corpus.parse.headings import is_heading
from further.corpus.parse.kinds import style_of_page
from further.corpus.parse.style import find_style
from further.corpus.schemas import BLOCKS

SETTINGS = CleanSettings(keep_captions=False, keep_headings=True, min_words=50)


def reasons_of(path):
    """Reason of each line of a file."""
    blocks = pa.Table.from_pylist([block | {"paper": "p"} for block in parse_document(path).blocks], BLOCKS)
    made = clean_papers(blocks, SETTINGS)[3]["reason"].to_pylist()
    texts = blocks["text"].to_pylist()
    return {one: reason for text, reason in zip(texts, made, strict=True) for one in text.split("\n")}


def make_pages(path, draw, pages=4):
    """A file of two columns of prose on each page; `draw(number, page)` may draw a page instead, and returns True."""
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            page = document.new_page(width=600, height=800)
            if not draw(number, page):
                write(page, LEFT, 60, prose(58, f"{number} left"))
                write(page, RIGHT, 60, prose(58, f"{number} right"))
        document.save(path)
    return path


def first_page(page, *, abstract=(), top=180):
    write(page, 50, 90, ["Cold storage of the donor heart", "before transplantation"], size=18)
    write(page, 50, 130, ["Ada Maker, Ben Drawer"], size=9)
    for x, y, lines, size in abstract:
        write(page, x, y, lines, size=size)
    write(page, LEFT, top, prose(20, "first left"))
    write(page, RIGHT, top, prose(20, "first right"))
    return True


@pytest.mark.parametrize("size", [8, 8.5, 9, 9.5])
@pytest.mark.parametrize("page_number", [2, 3])
def test_a_section_set_smaller_is_kept_whatever_page_it_is_on(tmp_path, size, page_number):
    methods = prose(30, "methods left"), prose(28, "methods right")

    def draw(number, page):
        if number == page_number:
            write(page, LEFT, 60, ["Materials and Methods"], font="hebo")
            write(page, LEFT, 76, methods[0], size=size)
            write(page, RIGHT, 60, methods[1], size=size)
            write(page, RIGHT, 500, prose(20, "results"))
        return number == page_number

    found = reasons_of(make_pages(tmp_path / "p.pdf", draw))
    assert {found[text] for lines in methods for text in lines} == {"kept"}


def test_a_page_whose_body_is_a_little_smaller_beside_a_table_keeps_its_column(tmp_path):
    """5.6 % smaller, as to make a page fit."""
    left, below = prose(55, "small left"), prose(30, "small right")

    def draw(number, page):
        if number == 3:
            write(page, LEFT, 60, left, size=9.44)
            write(page, RIGHT, 60, ["Table 1. Hearts by time in the cold."], size=8)
            for row in range(14):
                for place, cell in enumerate(("Hours", str(row), f"{row} of 31")):
                    write(page, RIGHT + 80 * place, 75 + 11 * row, [cell], size=8)
            write(page, RIGHT, 300, below, size=9.44)
        return number == 3

    found = reasons_of(make_pages(tmp_path / "p.pdf", draw))
    assert {found[text] for text in (*left, *below)} == {"kept"}
    assert found["13 of 31"] == "table"


@pytest.mark.parametrize(("top", "columns"), [(160, False), (600, False), (600, True)])
@pytest.mark.parametrize("size", [8, 8.5])
def test_an_abstract_without_a_heading_is_kept_high_and_low(tmp_path, top, columns, size):
    abstract = prose(9, "abstract left"), prose(9, "abstract right")
    places = [
        (LEFT, top, abstract[0], size),
        (RIGHT if columns else LEFT, top if columns else top + 1.2 * 9 * size, abstract[1], size),
    ]

    def draw(number, page):
        return number == 1 and first_page(page, abstract=places, top=340 if top < 300 else 180)

    found = reasons_of(make_pages(tmp_path / "p.pdf", draw))
    assert {found[text] for lines in abstract for text in lines} == {"kept"}


def test_a_structured_abstract_without_the_word_is_kept(tmp_path):
    parts = [["Background: Hearts of donors are kept", "in the cold, and it is not known for how long they can be."]]
    parts += [
        ["Objectives: We asked how long the heart of a donor", "may be kept in the cold before it is put to use."]
    ]
    places = [(LEFT, 160 + 40 * number, lines, 8) for number, lines in enumerate(parts)]
    found = reasons_of(
        make_pages(tmp_path / "p.pdf", lambda number, page: number == 1 and first_page(page, abstract=places, top=300))
    )
    assert {found[text] for lines in parts for text in lines} == {"kept"}


def spread(lines, leading):
    """Lines with other distances of their baselines, in font sizes; at first they are 1.2 apart."""
    moves = [(leading - 1.2) * one.size * number for number, one in enumerate(lines)]
    return [
        replace(one, y0=one.y0 + move, y1=one.y1 + move, baseline=one.baseline + move)
        for one, move in zip(lines, moves, strict=True)
    ]


@pytest.mark.parametrize("leading", [1.2, 1.5, 1.7, 2.0])
@pytest.mark.parametrize("size", [9.0, 10.0, 11.0])
def test_an_abstract_of_wide_leading_is_one_block(leading, size):
    """Lines of an abstract stand wider apart than the body's: 9 points on 15 over a body of 8 on 13, say."""
    lines = spread(column("abstract", 80, 9, size=size), leading)
    made = make_blocks(lines, find_style([*lines, *(replace(one, page=2) for one in BODY)]))
    assert [len(block.lines) for block in made] == [9]


@pytest.mark.parametrize("leading", [2.0, 2.3, 2.45])
def test_a_paragraph_of_a_double_spaced_manuscript_is_one_block(leading):
    """A word processor's double spacing is twice the font's own height: 2.3 font sizes of Times, 2.44 of Calibri."""
    lines = spread(column("manuscript", 80, 20, size=12.0), leading)
    lines[9] = replace(lines[9], text=lines[9].text + ".")
    made = make_blocks(lines, find_style(lines))
    assert [len(block.lines) for block in made] == [20]


def test_paragraphs_with_an_empty_line_between_them_are_two_blocks():
    lines = column("paragraph", 80, 20)
    lines[9] = replace(lines[9], text=lines[9].text + ".")
    apart = [replace(one, y0=one.y0 + 12, y1=one.y1 + 12, baseline=one.baseline + 12) for one in lines[10:]]
    made = make_blocks([*lines[:10], *apart], find_style(lines))
    assert [len(block.lines) for block in made] == [10, 10]


def test_headings_and_cells_that_far_apart_are_not_one_block():
    rows = [line(text, 50, 80 + 18 * n, 80) for n, text in enumerate(("Hours", "Hearts", "Failed", "Lost"))]
    assert len(make_blocks(rows, find_style(BODY))) == 4


def test_a_box_that_cuts_an_abstract_in_two_leaves_both_halves(tmp_path):
    first, box, second = prose(8, "first half"), prose(6, "box"), prose(8, "second half")
    places = [(LEFT, 160, ["Abstract"], 9), (LEFT, 174, first, 8.5), (RIGHT, 174, box, 8), (LEFT, 300, second, 8.5)]
    found = reasons_of(
        make_pages(tmp_path / "p.pdf", lambda number, page: number == 1 and first_page(page, abstract=places, top=480))
    )
    assert {found[text] for lines in (first, second, box) for text in lines} == {"kept"}


@pytest.mark.parametrize("size", [7, 8])
def test_a_box_of_key_concepts_behind_the_first_pages_is_kept(tmp_path, size):
    box = prose(12, "box")

    def draw(number, page):
        if number == 3:
            write(page, LEFT, 60, ["Box 1 | Key concepts"], size=size, font="hebo")
            write(page, LEFT, 76, box, size=size)
            write(page, LEFT, 260, prose(40, "below the box"))
            write(page, RIGHT, 60, prose(58, "beside the box"))
        return number == 3

    found = reasons_of(make_pages(tmp_path / "p.pdf", draw))
    assert {found[text] for text in box} == {"kept"}


def test_a_paragraph_beside_a_wrapped_figure_is_no_cell():
    """Half as wide as a column, and level with the figure's labels on either side."""
    body = column("body", 80, 30)
    narrow = [line(f"the heart of line {n} and its", 50, 480 + 12 * n, 90, page=2) for n in range(9)]
    labels = [line(str(n), x, 480 + 12 * n, 10, page=2) for n in range(9) for x in (150, 170)]
    rest = [replace(one, page=2) for one in column("rest", 80, 20)]
    kinds = kinds_of([body, [*rest, *narrow, *labels]])
    assert kinds["the heart of line 0 and its"] == "text"


def test_a_list_of_specimens_that_fills_a_column_is_text():
    """Names and numbers, hardly a function word: its font, its measure and its 100 words tell."""
    words = ["LSUMZ", "Desa", "Torout", "Kabupaten", "Sulawesi", "Selatan", "Bogani", "Nani", "Wartabone"]
    lists = [line(" ".join(words), 50, 480 + 12 * n, size=9.0, page=3) for n in range(14)]
    kinds = kinds_of([BODY, [replace(one, page=2) for one in BODY], lists])
    assert kinds[" ".join(words)] == "text"


@pytest.mark.parametrize(("count", "also"), [(7, ()), (8, (8.5,))])
def test_a_size_is_the_bodys_on_a_page_from_60_words_of_wide_prose(count, also):
    """A line of column("small", ...) has eight words and a number: seven have 56, eight have 64."""
    style = find_style(BODY)
    page = [*column("body", 80, 10), *column("small", 300, count, size=8.5)]
    assert style_of_page(make_blocks(page, style), style).also == also


def test_a_quarter_of_a_pages_prose_is_needed():
    style = find_style(BODY)
    few = [*column("body", 80, 38), *column("small", 600, 9, size=8.5)]
    many = [*column("body", 80, 20), *column("small", 400, 9, size=8.5)]
    assert style_of_page(make_blocks(few, style), style).also == ()
    assert style_of_page(make_blocks(many, style), style).also == (8.5,)


@pytest.mark.parametrize(("share", "kind"), [(0.04, "other"), (0.12, "text")])
def test_a_style_of_its_own_holds_sections_from_8_percent_of_the_paper(share, kind):
    """Prose too short to be a paragraph, in a size and font that are not the body's, behind the first pages."""
    body = [replace(one, page=page) for page in (1, 2) for one in column("body", 80, 50)]
    apart = column("note", 300, 2, size=8.5, font="other")
    total = sum(len(one.text) for one in body)
    more = [line("the other words of it", 350, 60 + 12 * n, page=4, size=8.5, font="other") for n in range(40)]
    while more and sum(len(one.text) for one in (*apart, *more)) > share * total:
        more.pop()
    kinds = kinds_of([body, [], [replace(one, page=3) for one in apart], more])
    assert kinds["the note and it is so in line 0"] == kind


@pytest.mark.parametrize(
    ("text", "heading"), [("Storage of the donor heart", True), ("Storage of the donor trans-", False)]
)
def test_a_line_that_ends_in_a_hyphen_is_no_heading(text, heading):
    (block,) = make_blocks([line(text, 50, 80, font="bold", bold=True)], find_style(BODY))
    assert is_heading(block, None, find_style(BODY)) is heading


PLAN = "all of the box and of the plan."


@pytest.mark.parametrize(
    ("start", "end", "kind"),
    [
        ("and that it is so in", PLAN, "text"),
        ("It is so of the box in", PLAN, "other"),
        ("kruse, albica, glabra and tropis", "kefyr, dublin, parap, rugos.", "text"),  # a sentence may end in names
    ],
)
def test_the_rest_of_a_boxed_paragraph_at_the_next_columns_top_is_text(start, end, kind):
    boxed = {"page": 3, "size": 9.0, "font": "sans"}
    left = [replace(one, page=3) for one in column("text of the page", 60, 40)]
    first = [line(f"the box says that it is in its own part {n}", 56, 640 + 11 * n, 188, **boxed) for n in range(5)]
    rest = [line(start, 316, 80, 188, **boxed), line(end, 316, 91, 150, **boxed)]
    right = [replace(one, page=3) for one in column("other text", 130, 40, 310)]
    assert kinds_of([BODY, [], [*left, *first, *rest, *right]])[start] == kind


@pytest.mark.parametrize(("heading", "kind"), [("Background", "text"), ("Arm A", "footnote")])
def test_an_abstract_that_begins_at_the_first_pages_foot_under_its_first_label_is_no_footnote(heading, kind):
    page = [line("A title of it", 50, 80, size=18.0), line(heading, 50, 690, 60), *column("aim", 712, 2, size=8)]
    assert kinds_of([page, BODY])["the aim and it is so in line 0"] == kind
