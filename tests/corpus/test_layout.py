"""Reading order and paragraphs, on lines placed by hand."""

from dataclasses import replace

import pymupdf
import pytest

from corpus.placed import BODY, block, column, kinds_of, line
from further.corpus.parse.blocks import make_blocks
from further.corpus.parse.flow import mark_carried
from further.corpus.parse.fragments import join_fragments
from further.corpus.parse.kinds import mark_kinds
from further.corpus.parse.order import count_jumps, order_blocks, order_lines, order_page
from further.corpus.parse.pages import read_page
from further.corpus.parse.style import find_style
from further.corpus.words import prose_share

# title over two columns, a wide table between bands, a band below
PAGE = {
    "title": (50, 50, 550, 80),
    "left top": (50, 100, 290, 300),
    "right top": (310, 100, 550, 300),
    "table": (50, 320, 550, 400),
    "left low": (50, 420, 290, 700),
    "right low": (310, 420, 550, 700),
}


@pytest.mark.parametrize("drawn", [list(PAGE), list(PAGE)[::-1], sorted(PAGE)])
def test_columns_are_read_between_what_spans_them(drawn):
    blocks = [block(name, *PAGE[name]) for name in drawn]
    assert [b.text for b in order_blocks(blocks)] == list(PAGE)


def test_a_box_beside_the_abstract_has_no_columns_of_the_text_below():
    page = {
        "abstract": (50, 100, 365, 300),
        "box": (390, 100, 545, 295),
        "the abstract's wide part": (50, 303, 550, 682),
        "left": (50, 690, 290, 780),
        "right above": (310, 688, 550, 738),
        "right below": (310, 740, 550, 780),
    }
    blocks = [block(name, *page[name]) for name in list(page)[::-1]]
    assert [b.text for b in order_blocks(blocks)] == list(page)


def test_three_columns():
    blocks = [block(str(n), x, 100, x + 150, 700) for n, x in ((3, 390), (1, 50), (2, 220))]
    assert [b.text for b in order_blocks(blocks)] == ["1", "2", "3"]


def test_sensible_drawing_order_is_kept():
    # References start below the left column but are read after the right one.
    drawn = [
        block("left", 50, 100, 290, 400),
        block("right", 310, 100, 550, 400),
        block("references", 50, 420, 290, 700),
    ]
    style = find_style([line("the and of to in", 50, 100)])
    assert [b.text for b in order_page(drawn, style)] == ["left", "right", "references"]
    assert count_jumps(drawn) == 0
    assert count_jumps([drawn[2], drawn[0]]) == 1
    assert count_jumps([block("right", 310, 99, 550, 700), drawn[0]]) == 1  # OCR reads what is a point higher first


def drawn_in_rows(count, offset=0.0):
    """Two columns of so many lines each, drawn from left to right; the right one stands lower by an offset."""
    left, right = (
        [f"the {side} of line {number} and it is so" for number in range(count)] for side in ("left", "right")
    )
    pairs = enumerate(zip(left, right, strict=True))
    rows = [(line(one, 50, 100 + 12 * n), line(two, 310, 100 + offset + 12 * n)) for n, (one, two) in pairs]
    return left + right, [drawn for row in rows for drawn in row]


@pytest.mark.parametrize("offset", [0.0, 3.0, 6.0])
def test_a_page_drawn_in_rows_across_its_columns_is_read_in_columns(offset):
    columns, rows = drawn_in_rows(12, offset)
    title = line("The title of the paper", 50, 80, 460)
    found = order_lines([title, *rows], find_style(rows))
    assert [one.text for one in found] == [title.text, *columns]


def test_cells_drawn_in_rows_stay_rows():
    body = [line("the body of the paper and it is so", 50, 300 + 12 * n) for n in range(20)]
    cells = [line(f"{row}{column}", 50 + 60 * column, 100 + 12 * row, 30) for row in range(9) for column in range(4)]
    assert order_lines([*cells, *body], find_style(body)) == [*cells, *body]


def test_indented_line_after_a_full_stop_begins_a_paragraph():
    lines = [
        line("the heart was kept", 50, 100),
        line("in the cold.", 50, 112, 90),
        line("It was then", 62, 124, 188),
        line("used", 50, 136, 40),
    ]
    assert [b.text for b in make_blocks(lines, find_style(lines))] == [
        "the heart was kept\nin the cold.",
        "It was then\nused",
    ]


def test_hanging_items_are_apart():
    lines = [line("1. the first of", 50, 100), line("the items", 62, 112, 188), line("2. the second", 50, 124)]
    assert [len(b.lines) for b in make_blocks(lines, find_style(lines))] == [2, 1]


def test_heading_in_a_font_of_its_own_is_a_block_of_its_own():
    lines = [
        line("Methods", 50, 100, 40, font="head"),
        line("The heart was kept", 50, 112),
        line("in the cold", 50, 124),
    ]
    assert [len(b.lines) for b in make_blocks(lines, find_style(lines))] == [1, 2]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Trial registration: Registry number UMIN000012345.", "text"),
        ("Study protocol registration", "heading"),
        ("Academic editor: A. Maker", "heading"),
    ],
)
def test_registration_of_a_trial_is_the_abstracts_last_paragraph(text, kind):
    lines = [line("We found that it was so in all of them.", 50, 100 + 12 * n) for n in range(9)]
    made = make_blocks([*lines, line(text, 50, 250, font="abstract")], find_style(lines))
    mark_kinds([made], find_style(lines), [800.0])
    assert made[-1].kind == kind


def test_stretched_line_is_one_line_and_table_cells_are_not():
    words = [line("tumor", 50, 100, 24), line("initiation", 82, 100, 40)]
    cells = [line("12", 50, 200, 10), line("34", 90, 200, 10)]
    assert [made.text for made in join_fragments([*words, *cells])] == ["tumor initiation", "12", "34"]


@pytest.mark.parametrize(
    ("initial", "rest", "text"),
    [
        ("T", "his study was done", "This study was done"),
        ("A ", "s the heart", "As the heart"),
        ("A", "new heart", "A new heart"),
        ("A", "typical heart", "A typical heart"),
        ("A", "ntibiotics are", "Antibiotics are"),
    ],
)
def test_an_initial_several_lines_high_begins_its_word(initial, rest, text):
    parts = [
        replace(line(initial, 50, 120, 22, size=34), y0=92),
        line(rest, 76, 108, 200),
        line("and so it was, typical or atypical, of antibiotics", 76, 120, 200),
    ]
    assert join_fragments(parts)[0].text == text


def test_italic_word_drawn_later_goes_to_its_place():
    parts = [line("Longevity of", 50, 100, 60), line("in the ocean", 150, 100, 60), line("Carcharhinus", 113, 100, 34)]
    assert [made.text for made in join_fragments(parts)] == ["Longevity of Carcharhinus in the ocean"]


def test_a_section_in_small_type_is_no_footnote_and_small_print_apart_from_it_is():
    methods = [*column("first method", 80, 35, size=8), *column("second method", 421, 10, size=8)]
    methods += column("third method", 522, 10, size=8)
    kinds = kinds_of([BODY, [*methods, *column("note", 700, 3, size=8)]])
    assert {kinds[f"the {name} method and it is so in line 0"] for name in ("first", "second", "third")} == {"text"}
    assert kinds["the note and it is so in line 0"] == "footnote"


@pytest.mark.parametrize("label", ["ABSTRACT", "Abstract: We asked"])
def test_an_abstract_low_on_the_first_page_is_no_footnote(label):
    abstract = [line(label, 50, 420, 60), *column("aim", 434, 8, size=8), *column("finding", 518, 8, size=8)]
    kinds = kinds_of([[line("A title", 50, 80, size=18.0), *abstract, *column("address", 700, 2, size=8)], BODY])
    assert kinds["the aim and it is so in line 0"] == kinds["the finding and it is so in line 0"] == "text"
    assert kinds["the address and it is so in line 0"] == "footnote"


def test_a_bold_heading_that_runs_into_its_paragraph_stays_with_it():
    text = "Immunosuppression and its monitoring. We enrolled"
    head = replace(line(text, 50, 80, 240, bold=True), lead=text.index("We"))
    below = column("paragraph", 92, 5)
    assert [b.text.split("\n")[0] for b in make_blocks([head, *below], find_style(BODY))] == [text]


def test_a_bold_heading_with_a_raised_number_is_apart_from_the_text_below():
    head = replace(line("Immunosuppression and its monitoring1", 50, 80, 240, bold=True), lead=36)
    assert len(make_blocks([head, *column("paragraph", 92, 5)], find_style(BODY))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "De patiënten werden in het ziekenhuis behandeld, maar de uitkomst was niet beter dan voor de controlegroep.",
        "Os pacientes foram tratados, mas o resultado não foi melhor do que o do grupo controle.",
        "Pacjenci byli leczeni nowym lekiem, ale wynik nie był lepszy niż w grupie kontrolnej.",
        "Пациенты получали новое лекарство, но результат был не лучше, чем в контрольной группе.",
    ],
)
def test_prose_is_told_in_other_languages_too(text):
    assert prose_share(text) > 0.25


@pytest.mark.parametrize(("top", "title"), [(150, True), (105, False)])
def test_a_title_well_below_a_larger_masthead_is_the_title(top, title):
    """What stands right below the largest lettering is a subtitle."""
    masthead = line("Annals of Made and Other Surgery", 50, 80, 300, size=20.0)
    below = line("Cold storage of the donor heart before transplantation: a randomised trial", 50, top, 300, size=16.0)
    kinds = kinds_of([[masthead, below, *column("first page", 300, 20)], BODY])
    assert [kinds[one.text] == "title" for one in (masthead, below)] == [not title, title]


@pytest.mark.parametrize("capitals", [True, False])
def test_a_line_in_capitals_over_text_in_its_font_is_a_heading_of_its_own(capitals):
    head = line("MATERIALS AND METHODS" if capitals else "Materials and methods", 100, 100, 100)
    text = [line("The heart was kept in the cold as it had been said", 50, 112 + 12 * n) for n in range(8)]
    blocks = make_blocks([head, *text], find_style(text))
    assert [len(b.lines) for b in blocks] == ([1, 8] if capitals else [9])


def test_small_capitals_have_the_size_of_the_first_letter(tmp_path):
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((50, 100), "I. R", fontsize=10)
        page.insert_text((65, 100), "ESULTS", fontsize=8)
        assert [one.size for one in read_page(page).lines] == [10.0]


def test_a_run_in_heading_a_little_larger_than_its_paragraph_belongs_to_it():
    head = replace(line("Study of the heart. We enrolled those who", 50, 80, size=10.0, bold=True), lead=19)
    body = [
        line(text, 50, 92 + 11 * row, size=9.0) for row, text in enumerate(("were seen in the clinic", "and more."))
    ]
    assert len(make_blocks([head, *body], find_style([*BODY, *body]))) == 1
    assert len(make_blocks([replace(head, lead=len(head.text)), *body], find_style([*BODY, *body]))) == 2


@pytest.mark.parametrize("mark", ["•", "—"])
def test_what_stands_where_an_items_mark_does_is_no_line_of_it(mark):
    item = line(f"{mark} and all of them were seen in the clinic by the team.", 50, 80)
    below = [line("Of the patients that the team had seen in the clinic,", 50, 92), line("all were well.", 50, 104)]
    assert [len(made.lines) for made in make_blocks([item, *below], find_style(BODY))] == [1, 2]
    hung = [replace(one, x0=60) for one in below]
    assert [len(made.lines) for made in make_blocks([item, *hung], find_style(BODY))] == [3]


def test_names_on_a_short_line_well_above_an_abstract_are_no_line_of_it():
    names = line("ADA MAKER, University of the North and of the Sea", 50, 80, 130)
    text = [
        line("Of the patients that the team had seen in the", 50, 98),
        line("clinic all were well in the end.", 50, 110),
    ]
    assert [len(made.lines) for made in make_blocks([names, *text], find_style(BODY))] == [1, 2]


def test_a_line_that_begins_with_a_heading_in_bold_begins_a_paragraph():
    above = line("Of the patients that the team had seen in the clinic all were well.", 50, 80)
    keys = line("Palabras clave: heart; clinic.", 50, 92, 140)
    assert [len(made.lines) for made in make_blocks([above, replace(keys, lead=15)], find_style(BODY))] == [1, 1]
    assert [len(made.lines) for made in make_blocks([above, keys], find_style(BODY))] == [2]


def paragraphs(indent, last, first):
    """Seven paragraphs with an indent, the last one with a last line of some width, and one in the next column."""
    column = [
        block
        for number in range(7)
        for block in make_blocks(
            [
                line("Of those that the team had seen in the clinic", 50 + indent, 80 + 36 * number, 200 - indent),
                line("all were well when they were seen by the sea", 50, 92 + 36 * number),
                line(
                    "and they were at home in all of the winter.", 50, 104 + 36 * number, last if number == 6 else 120
                ),
            ],
            find_style(BODY),
        )
    ]
    lines = [line("All of them were seen in the clinic again in", 310 + first, 80), line("the spring.", 310, 92, 50)]
    blocks = [*column, *make_blocks(lines, find_style(BODY))]
    for one in blocks:
        one.kind = "text"
    return blocks


@pytest.mark.parametrize(
    ("indent", "last", "first", "carried"),
    [(10, 200, 0, True), (10, 150, 0, False), (10, 200, 10, False), (0, 200, 0, False)],
)
def test_a_full_last_line_and_no_indent_carry_a_paragraph_to_the_next_column(indent, last, first, carried):
    blocks = paragraphs(indent, last, first)
    mark_carried(blocks, find_style(BODY))
    assert [one.carried for one in blocks] == [*[False] * (len(blocks) - 1), carried]
