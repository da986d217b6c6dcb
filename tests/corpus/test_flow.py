"""Where paragraphs begin and go on: by indents, edges of columns, labels and gaps, on lines placed by hand."""

from dataclasses import replace

import pymupdf
import pytest

from corpus.placed import block, column, kinds_of, line
from further.corpus.clean.paragraphs import continues
from further.corpus.clean.pieces import Piece
from further.corpus.parse.blocks import make_blocks
from further.corpus.parse.flow import mark_carried
from further.corpus.parse.fragments import join_fragments
from further.corpus.parse.furniture import find_furniture
from further.corpus.parse.lines import Page
from further.corpus.parse.order import order_blocks
from further.corpus.parse.pages import read_page
from further.corpus.parse.style import find_style


def paragraphs(page, x0, count, indent=12.0, top=80.0):
    """Paragraphs of three lines, the first one indented, the last one short."""
    lines = []
    for number in range(count):
        y = top + 36 * number
        lines += [line(f"The part {number} of the text and it is", x0 + indent, y, 200 - indent, page)]
        lines += [line("so in the clinic and for all of the", x0, y + 12, 200, page)]
        lines += [line("people who were there.", x0, y + 24, 110, page)]
    return lines


@pytest.mark.parametrize(
    ("indent", "width", "first", "kind", "carried"),
    [
        (12, 200, 0, "text", True),  # the last line is full, the first one below flush
        (12, 200, 0, "list", False),  # an item begins
        (12, 200, 12, "text", False),  # a paragraph begins
        (12, 110, 0, "text", False),  # a paragraph ends
        (0, 200, 0, "text", False),  # paragraphs are not indented: nothing tells
    ],
)
def test_a_column_that_begins_flush_goes_on_with_a_full_line_that_ends_a_sentence(indent, width, first, kind, carried):
    left = [*paragraphs(1, 50, 4, indent), line("They were all well at the end of it.", 50, 224, width)]
    right = [line("All of them went home and it is", 300 + first, 80, 200 - first)]
    right += [line("so in the clinic and for all of the", 300, 92, 200), line("people.", 300, 104, 40)]
    lines = [*left, *right, *paragraphs(1, 300, 3, indent, top=116)]
    blocks = make_blocks(lines, find_style(lines))
    for made in blocks:
        made.kind = kind if made.text.startswith("All of them") else "text"
    mark_carried(blocks, find_style(lines))
    assert {made.text[:11]: made.carried for made in blocks}["All of them"] == carried


@pytest.mark.parametrize(("edge", "order"), [(150, ["a", "1", "b", "2", "3"]), (250, ["a", "b", "1", "2", "3"])])
def test_headings_in_the_margin_stand_before_the_paragraphs_that_they_are_level_with(edge, order):
    """Not what fills a column of the text's own width."""
    left = [block("a", 50, 80, edge, 90), block("b", 50, 120, edge, 130)]
    right = [block("1", edge + 20, 80, 560, 110), block("2", edge + 20, 120, 560, 150)]
    assert [b.text for b in order_blocks([*left, *right, block("3", edge + 20, 155, 560, 200)])] == order
    beside = [*left, block("c", 50, 180, edge, 190)]  # level with none
    assert [b.text for b in order_blocks([*beside, *right])] == ["a", "b", "c", "1", "2"]


def piece(text, kind="text", page=1, y0=500.0, carried=False):
    return Piece(page, 50, y0, 290, y0 + 10, 9, False, kind, text, 0, [], carried)


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        (piece("It was seen by Maker et al."), piece("[23] in the clinic.", "list"), True),
        (piece("It was seen by Maker et al."), piece("[23] in the clinic."), True),
        (piece("It was 228.8 vs."), piece("3.04 in the others."), True),
        (piece("It was diluted (1:160"), piece("stock) and added.", page=2), True),
        (piece("It needs much of the tissue;"), piece("more than there is.", page=2), True),
        (piece("It needs much of the tissue;"), piece("more than there is.", y0=520), False),  # an item of a list
        (piece("It was seen in all."), piece("They went home.", page=2, carried=True), True),
        (piece("It was seen in all."), piece("They went home.", page=2), False),
        (piece("3. It was seen in all of those who came to the clinic, in the ward of the" + 9 * " a", "list"),
         piece("Southern Europe and here.", y0=60), True),
    ],
)  # fmt: skip
def test_what_goes_on_in_the_next_block(above, below, joined):
    assert continues(above, below) == joined


def blocks_of(*lines):
    return [block.text.split("\n")[0] for block in make_blocks(lines, find_style(lines))]


@pytest.mark.parametrize(("text", "lead", "begins"), [
    ("Methods The heart was kept", 7, True),
    ("Blood sampling. The heart was", 15, True),
    ("E. coli was found in the heart", 7, False),
    ("Results and methods were alike", 31, False),  # all of it is set so
])  # fmt: skip
def test_a_label_begins_a_paragraph_without_an_indent(text, lead, begins):
    lines = [
        line("The heart was kept in the cold and", 50, 100),
        line("for all of the time of the study.", 50, 112, 195),
    ]
    assert (text in blocks_of(*lines, replace(line(text, 50, 124), lead=lead))) == begins


@pytest.mark.parametrize(("word", "begins"), [("Heterogeneously", False), ("It", True)])
def test_a_ragged_line_is_a_paragraphs_last_if_the_next_word_had_room(word, begins):
    lines = [
        line("it was kept in the cold and", 50, 88 + 12 * n, width) for n, width in enumerate((190, 200, 185, 170))
    ]
    last = line("and in the dark.", 50, 136, 145)
    below = line(f"{word} was the same for all of them"[:36], 50, 148, 200)
    assert (below.text in blocks_of(*lines, last, below)) == begins


@pytest.mark.parametrize(("step", "begins"), [(15, True), (12, False)])
def test_a_gap_behind_a_sentence_begins_a_paragraph(step, begins):
    lines = [line("the heart was kept in the cold and", 50, 100), line("for all of the time of it.", 50, 112, 190)]
    below = line("They were all well in the end", 50, 112 + step)
    assert (below.text in blocks_of(*lines, below)) == begins


def test_an_indent_below_a_paragraphs_last_line_at_a_columns_top_begins_the_next():
    lines = [line("clinic and they were all well there.", 50, 60), line("It was then used in all of", 62, 72, 188)]
    assert "It was then used in all of" in blocks_of(*lines, line("the people who were there", 50, 84))


def test_an_items_first_line_that_ends_in_a_word_cut_short_goes_on_below():
    lines = [line("• It was made of Ocimum (O.", 50, 60, 170), line("labiatum), which was then of use to", 60, 72, 190)]
    assert len(blocks_of(*lines)) == 1


@pytest.mark.parametrize(("room", "blocks"), [(10, 2), (0, 1)])
def test_a_label_behind_a_full_line_may_stand_in_the_middle_of_an_abstract(room, blocks):
    above = [line("Aims: The heart was kept in the", 50, 100), line("cold for all of the time.", 50, 112, 200 - room)]
    assert len(blocks_of(*above, replace(line("Methods: It was seen", 50, 124), lead=8))) == blocks


def test_an_initial_drawn_before_the_page_begins_its_line():
    initial = replace(line("T", 50, 120, 22, size=34), y0=92)
    lines = [line("A. Maker, B. Drawer", 50, 80), line("his study was done", 76, 108), line("and so it was", 76, 120)]
    assert [one.text for one in join_fragments([initial, *lines])] == [
        "A. Maker, B. Drawer",
        "This study was done",
        "and so it was",
    ]


@pytest.mark.parametrize("behind", ["", " "])
def test_places_where_words_might_have_been_broken_are_no_part_of_them(behind):
    with pymupdf.open() as document:
        page = document.new_page()
        writer, font, x = pymupdf.TextWriter(page.rect), pymupdf.Font("helv"), 50.0
        for part in ("Acknow", "ledg", "ments of the trans"):
            writer.append((x, 100), part + "\u00ad" + behind * part.endswith("s"), font)
            x += font.text_length(part, 11)  # none is shown within the line
        writer.write_text(page)
        assert read_page(page).lines[0].text == "Acknowledgments of the trans\u00ad"


def test_a_tables_label_and_head_that_return_on_its_pages_are_no_running_heads():
    pages = []
    for number in range(1, 5):
        texts = [("Maker et al. 2020", 30)]
        if number > 2:
            texts += [("Table 2 (continued)", 60), ("Variable", 75)]
        lines = tuple(line(text, 50, y, 90, number, size=8.0) for text, y in texts)
        body = tuple(line(f"the {n} line of page {number} and it is", 50, 120 + 12 * n, page=number) for n in range(9))
        pages.append(Page(number, 600, 800, (*lines, *body), ()))
    found = find_furniture(pages)
    heads = {one.text for page in pages for one in page.lines if id(one) in found}
    assert heads == {"Maker et al. 2020"}


def test_a_line_of_a_number_that_ends_a_column_is_no_page_number():
    lines = [line(f"the {n} line of the text and it is", 50, 660 + 12 * n) for n in range(9)]
    page = Page(1, 600, 800, (*lines, line("[9].", 50, 768, 20), line("3", 300, 785, 6, size=8.0)), ())
    assert [one.text for one in page.lines if id(one) in find_furniture([page])] == ["3"]


BODY = column("body of the paper", 80, 50)
CELL = "We have seen in the {} that it was of use to them and for all of the"


def test_a_row_of_prose_is_a_tables_without_a_caption():
    cells = []
    for row, name in enumerate(("first", "second")):
        y = 80 + 40 * row
        cells += [line("IIa", 50, y, 12, page=2, size=8.0), line(CELL.format(name), 75, y, 175, page=2, size=8.0)]
        cells += [line("people who were there in the end.", 75, y + 10, 150, page=2, size=8.0)]
    body = [replace(one, page=2) for one in column("next part of it", 300, 20)]
    kinds = kinds_of([BODY, [*cells, *body]])
    assert {kinds[CELL.format(name)] for name in ("first", "second")} == {"table"}


def test_prose_before_two_short_cells_is_a_cell_in_the_bodys_style_too():
    rows = [(f"We think that it should be given to part {n}", 100 + 30 * n) for n in range(3)]
    cells = [
        one
        for text, y in rows
        for one in (
            line(text, 50, y, 140, page=2),
            line("of the people who are there.", 50, y + 12, 120, page=2),
            line("I", 205, y, 4, page=2),
            line("A", 235, y, 6, page=2),
        )
    ]
    body = [replace(one, page=2) for one in column("next part of it", 300, 20)]
    kinds = kinds_of([BODY, [*cells, *body]])
    assert {kinds[text] for text, _ in rows} == {"table"}


def test_a_block_set_as_the_body_is_no_cell_of_a_table_set_smaller():
    caption = line("Table 1. Grades of rejection", 50, 80, 110, size=8.0, page=2)
    cells = [line(f"grade {n}", 50 + 60 * (n % 3), 100 + 14 * (n // 3), 30, size=7.5, page=2) for n in range(12)]
    kits = ((x0, n) for x0 in (50, 195) for n in range(4))
    narrow = [line(f"PCR kit {n} at {x0} of Made Ltd", x0, 180 + 12 * n, 140, page=2) for x0, n in kits]
    kinds = kinds_of([BODY, [caption, *cells, *narrow]])
    assert (kinds["grade 11"], kinds[narrow[0].text]) == ("table", "text")


def test_the_rest_of_a_box_at_a_columns_foot_is_no_footnote():
    body = [replace(one, page=2) for one in column("text of the page", 60, 40)]
    small = {"size": 8.0, "font": "sans"}
    head = line("Evidence before this study", 60, 600, 120, page=2, size=8.0, bold=True, font="head")
    first = [
        line(f"We had to look for all of it in part {n}", 60, 610 + 10 * n, 180, page=2, **small) for n in range(3)
    ]
    rest = [replace(one, page=2) for one in column("panel", 60, 20, 310, **small)]
    kinds = kinds_of([BODY, [*body, head, *first, *rest]])
    assert kinds[first[0].text] == "text"


@pytest.mark.parametrize(("text", "kind"), [
    ("“We were told of it on the ward and had no time.”", "text"),
    ("Flow of the people on the ward in that time.", "other"),
])  # fmt: skip
def test_what_a_person_said_is_text_in_a_style_of_its_own(text, kind):
    body = [replace(one, page=3) for one in column("text of the page", 60, 20)]
    quote = line(text, 60, 330, 180, page=3, size=9.0, font="slanted")
    kinds = kinds_of([BODY, [], [*body[:12], quote, *(replace(one, baseline=one.baseline + 200) for one in body[12:])]])
    assert kinds[text] == kind


def test_items_below_the_rest_of_one_from_the_column_before_are_apart():
    """References that hang: the column begins further in than the numbers below it."""
    texts = [("nervous system. Pathol Int 1999", 62), ("9. Ichikawa T. Localization of", 50), ("two markers", 62)]
    lines = [
        line(text, x, 100 + 12 * n, 250 - x) for n, (text, x) in enumerate([*texts, ("10. Tang F. Melatonin", 45)])
    ]
    assert [len(block.lines) for block in make_blocks(lines, find_style(lines))] == [1, 2, 1]


def test_a_paragraph_apart_below_a_short_line_without_a_full_stop_is_its_own():
    """As below a caption that is set as the body: dropped as a part of it otherwise."""
    texts = [
        "Fig. 2 Treatment schedule of the arms",
        "and its questionnaire",
        "The study is being conducted",
        "by all of them.",
    ]
    lines = [
        line(text, 50, y, x1) for text, y, x1 in zip(texts, (100, 112, 127, 139), (240, 130, 240, 90), strict=True)
    ]
    assert [len(block.lines) for block in make_blocks(lines, find_style(lines))] == [2, 2]
