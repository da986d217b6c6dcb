"""Reading order, paragraphs and running heads, on lines placed by hand."""

from dataclasses import replace

import pymupdf
import pytest

from further.corpus.parse.blocks import Block, make_blocks
from further.corpus.parse.captions import TABLES, is_caption, is_label_of
from further.corpus.parse.flow import mark_carried
from further.corpus.parse.furniture import find_furniture
from further.corpus.parse.kinds import mark_kinds
from further.corpus.parse.lines import Line, Page, find_line_numbers, join_fragments
from further.corpus.parse.order import count_jumps, order_blocks, order_lines, order_page
from further.corpus.parse.pages import read_page
from further.corpus.parse.style import find_style
from further.corpus.words import prose_share


def line(text, x0, y, width=200.0, page=1, size=10.0, font="body", bold=False):
    return Line(page, x0, y - 8, x0 + width, y + 2, size, font, bold, text, baseline=y)


def block(name, x0, y0, x1, y1):
    made = Block([line(name, x0, y0 + 8, x1 - x0)])
    made.y0, made.y1 = y0, y1
    return made


WORDS = ("", "first", "next", "other", "last")
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
    ],
)
def test_an_initial_several_lines_high_begins_its_word(initial, rest, text):
    parts = [
        replace(line(initial, 50, 120, 22, size=34), y0=92),
        line(rest, 76, 108, 200),
        line("and so it was", 76, 120, 200),
    ]
    assert join_fragments(parts)[0].text == text


def test_italic_word_drawn_later_goes_to_its_place():
    parts = [line("Longevity of", 50, 100, 60), line("in the ocean", 150, 100, 60), line("Carcharhinus", 113, 100, 34)]
    assert [made.text for made in join_fragments(parts)] == ["Longevity of Carcharhinus in the ocean"]


def test_heads_and_numbers_that_return_are_furniture_and_text_is_not():
    pages = []
    for number in range(1, 5):
        lines = (
            line(f"Maker et al. 2020, page {number}", 50, 30, page=number, size=8.0),
            line(f"the {WORDS[number]} line of the text that is in the body", 50, 66, page=number),
            line(str(number), 300, 780, 6, page=number, size=8.0),
        )
        pages.append(Page(number, 600, 800, lines, ()))
    found = find_furniture(pages)
    kinds = [[found.get(id(made)) for made in page.lines] for page in pages]
    assert kinds == [["page header", None, "page footer"]] * 4


@pytest.mark.parametrize(("gap", "size", "every"), [(10, 6, 1), (12, 8, 1), (20, 8, 5)])
def test_line_numbers_are_not_joined_to_the_text_beside_them(gap, size, every):
    """As LaTeX's lineno sets them: right-aligned, ten points from the text."""
    with pymupdf.open() as document:
        page = document.new_page(width=612, height=792)
        for number in range(1, 27):
            text = str(number)
            if number % every == 0:
                left = 72 - gap - pymupdf.get_text_length(text, fontsize=size)
                page.insert_text((left, 80 + 24 * number), text, fontsize=size)
            page.insert_text((72, 80 + 24 * number), "the heart of the donor was kept in the cold", fontsize=11)
        read = read_page(page)
    assert {one.text for one in read.lines if id(one) not in find_furniture([read])} == {
        "the heart of the donor was kept in the cold"
    }


def test_line_numbers_of_a_manuscript_are_furniture():
    numbers = [line(str(n), 20, 100 + 24 * n, 10) for n in range(1, 15)]
    text = [line("the heart of the donor was kept", 80, 100 + 24 * n, 300) for n in range(1, 15)]
    page = Page(1, 600, 800, tuple(part for pair in zip(numbers, text, strict=True) for part in pair), ())
    assert set(find_furniture([page])) == {id(number) for number in numbers}


def column(words, top, count, x0=50, size=10.0, font="body"):
    """Lines of prose one below the other, 1.2 sizes apart; the last one ends a sentence."""
    texts = [f"the {words} and it is so in line {n}" for n in range(count)]
    texts[-1] += "."
    return [line(text, x0, top + 1.2 * size * n, size=size, font=font) for n, text in enumerate(texts)]


def kinds_of(pages):
    """Kinds by the first line's text, of lines on pages 800 points high."""
    style = find_style([line for lines in pages for line in lines])
    blocks = [make_blocks(lines, style) for lines in pages]
    mark_kinds(blocks, style, [800.0] * len(pages))
    return {block.text.split("\n")[0]: block.kind for made in blocks for block in made}


BODY = column("body of the paper", 80, 50)


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


@pytest.mark.parametrize(
    ("text", "lead", "size", "expected"),
    [
        ("Figure 2. Survival by time in the cold", 0, 10, True),
        ("Figure 2: survival by time in the cold", 0, 10, True),
        ("Figure 2. shows the survival by time", 0, 10, False),
        ("Figure 2 shows the survival by time", 0, 10, False),
        ("Figure 2 shows the survival by time", 8, 10, False),  # a bold reference to it
        ("Fig. 2 a Representative images. b Counts", 6, 8, True),
        ("Fig. 2 a, b Representative images", 6, 10, True),
        ("Fig. 3 mTOR signaling in the graft", 6, 8, True),
        ("Figure 4. p53 in the graft", 9, 10, True),
        ("Table 2 n-3 fatty acids", 7, 8, True),
        ("Table 2. continued", 0, 8, True),
        ("Tabelle 2 (Fortsetzung)", 0, 8, True),
        ("Table 2. continued to show", 0, 10, False),
        ("Table 2 shows the rest, in a section in small type", 0, 8, False),
    ],
)
def test_captions(text, lead, size, expected):
    style = find_style(BODY)
    made = Block([replace(line(text, 310, 400, size=size), lead=lead)])
    assert is_caption(made, style, Block(BODY[:9])) is expected


@pytest.mark.parametrize(("end", "expected"), [("as can be seen in", False), ("(see", False), ("of the", True)])
def test_a_column_that_goes_on_with_a_table_it_refers_to_begins_with_no_caption(end, expected):
    """Any other paragraph may go on below a caption."""
    above = Block([line(f"the heart was kept in the cold, {end}", 50, 700)])
    below = Block([line("Table 2. Mortality was lower in", 310, 80), line("the group that was cooled", 310, 92)])
    assert is_caption(below, find_style(BODY), above) is expected


def test_a_bold_heading_that_runs_into_its_paragraph_stays_with_it():
    text = "Immunosuppression and its monitoring. We enrolled"
    head = replace(line(text, 50, 80, 240, bold=True), lead=text.index("We"))
    below = column("paragraph", 92, 5)
    assert [b.text.split("\n")[0] for b in make_blocks([head, *below], find_style(BODY))] == [text]


def test_a_bold_heading_with_a_raised_number_is_apart_from_the_text_below():
    head = replace(line("Immunosuppression and its monitoring1", 50, 80, 240, bold=True), lead=36)
    assert len(make_blocks([head, *column("paragraph", 92, 5)], find_style(BODY))) == 2


def test_level_headings_of_two_columns_are_no_cells_of_a_table():
    columns = [(50, "Statistical analysis"), (265, "Secondary outcomes")]
    page = []
    for x0, name in columns:
        page += column(f"{name[:4]} above", 80, 12, x0)
        page += [line(name, x0, 240, 110, page=2, bold=True, font="bold")]
        page += column(f"{name[:4]} below", 252, 12, x0)
    kinds = kinds_of([BODY, [replace(one, page=2) for one in page]])
    assert [kinds[name] for _, name in columns] == ["heading", "heading"]


def test_a_heading_level_with_a_cell_of_the_other_columns_table_is_none_of_its_cells():
    caption = line("Table 1. Grades of rejection", 50, 80, 110, size=8.0, page=2)
    cells = [line(f"grade {n}", 50 + 60 * (n % 3), 100 + 14 * (n // 3), 30, size=7.5, page=2) for n in range(9)]
    head = line("Treatment", 265, 114, 60, page=2, bold=True, font="bold")
    beside = [replace(one, page=2) for one in column("beside", 126, 6, 265)]
    kinds = kinds_of([BODY, [caption, *cells, head, *beside]])
    assert (kinds["grade 3"], kinds["Treatment"], kinds[beside[0].text]) == ("table", "heading", "text")


def test_a_column_of_names_below_a_table_is_a_paragraph():
    """What fills a column as the body does, 8 names a line, is no cell, though it is no prose and has a neighbor."""
    caption = line("Table 1. continued", 50, 80, 80, size=8.0, page=2)
    cells = [line(f"gene {n}", 50 + 60 * n, 100, 30, size=7.5, page=2) for n in range(8)]
    names = [line("Aa1, Bb2, Cc3, Dd4, Ee5, Ff6, Gg7, Hh8,", 310, 130 + 12 * n, page=2) for n in range(6)]
    beside = [replace(one, page=2) for one in column("beside", 166, 6)]  # lower, but level with it
    kinds = kinds_of([BODY, [caption, *cells, *beside, *names]])
    assert (kinds[cells[0].text], kinds[names[0].text]) == ("table", "text")


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


@pytest.mark.parametrize(
    "text",
    [
        "TA B LE 2\u2003Hearts by time in the cold",
        "FI G U R E 1\u2003The box in which a heart travels",
        "F I G U R E 3. The box",
        "Tabelle 1: Herzen nach der Zeit",
        "Abb. 2. Der Kasten",
        "Tableau 3 : Les cœurs",
        "Cuadro 1. Corazones",
        "Figura 4 – A caixa",
        "Tabell 2. Hjärtan",
        "Algorithm 3 Cooling of a heart",
    ],
)
def test_labels_of_captions_in_spaced_letters_and_in_other_languages(text):
    (made,) = make_blocks([line(text, 50, 80, size=8.0)], find_style(BODY))
    assert is_caption(made, find_style(BODY))
    assert is_label_of(text, TABLES) is text.upper().startswith(("TA", "CUADRO", "ALGO"))


def test_cells_under_a_label_in_spaced_letters_are_a_table():
    label = line("TA B LE 1\u2003Hearts by time in the cold", 50, 400, size=8.0, page=2)
    cells = [line(text, 50 + 60 * n, 420, 30, size=7.5, page=2) for n, text in enumerate(("Hours", "Hearts", "Lost"))]
    kinds = kinds_of([BODY, [label, *cells]])
    assert [kinds[cell.text] for cell in cells] == ["table"] * 3


def test_a_legend_in_another_font_than_its_title_is_a_part_of_the_caption():
    title = line("Figure 1. Hearts by time", 50, 600, size=8.0, font="bold", bold=True, page=2)
    legend = [replace(one, page=2) for one in column("legend of the hearts", 610, 5, size=8.0, font="light")]
    kinds = kinds_of([BODY, [*(replace(one, page=2) for one in column("text", 80, 20)), title, *legend]])
    assert kinds["the legend of the hearts and it is so in line 0"] == "caption"


@pytest.mark.parametrize(
    ("top", "rows", "size", "expected"),
    [(310, 4, 7.0, True), (310, 4, 7.5, False), (310, 9, 7.0, False), (340, 4, 7.0, False)],
)
def test_a_caption_may_be_set_in_two_columns(top, rows, size, expected):
    """Its second column is level with the first, set alike and no deeper; a section in small type is not."""
    label = line("Figure 1 | Hearts by time. The box", 50, 310, size=7.0, page=2)
    left = [replace(one, page=2) for one in column("legend", 318.4, 5, size=7.0)]
    right = [replace(one, page=2) for one in column("other half", top, rows, x0=264, size=size)]
    text = [replace(one, page=2) for one in column("text", 450, 20)]
    assert (kinds_of([BODY, [label, *left, *right, *text]])[right[0].text] == "caption") is expected


@pytest.mark.parametrize(("size", "expected"), [(10.0, None), (8.0, "page header")])
def test_the_first_line_of_a_page_without_a_running_head_is_text(size, expected):
    """A line without function words as high as other pages' heads, and the body right below it."""
    heads = [Page(n, 600, 800, (line("Maker et al. 2020", 50, 30, page=n, size=8.0),), ()) for n in (1, 2, 3)]
    below = [line(f"the {word} line of the text and so it is", 50, 42 + 12 * n, page=4) for n, word in enumerate("abc")]
    first = line("GDP-mannose epimerase, GDP-galactose phosphorylase", 50, 30, page=4, size=size)
    body = tuple(line(f"the {n} line of all that is in it", 50, 200 + 12 * n, page=4) for n in range(9))
    assert find_furniture([*heads, Page(4, 600, 800, (first, *below, *body), ())]).get(id(first)) == expected


def test_labels_of_figures_that_return_do_not_widen_the_band_of_running_heads():
    """Their height is where a heading stands on another page."""
    pages = []
    for number in range(1, 7):
        head = line("Maker et al. 2020", 50, 30, page=number, size=8.0)
        labels = [line(f"{400 + n} mg/kg", 100, 66 + 8 * n, 30, page=number, size=8.0) for n in range(2)]
        body = [line(f"the {n} line of the text that is in it", 50, 200 + 12 * n, page=number) for n in range(9)]
        own = labels if number < 4 else []
        pages.append(Page(number, 600, 800, (head, *own, *body), ()))
    heading = line("References", 50, 70, 60, page=6, size=11.0)
    pages[-1] = replace(pages[-1], lines=(*pages[-1].lines, heading))
    assert id(heading) not in find_furniture(pages)


@pytest.mark.parametrize(("pages", "returns", "found"), [(12, 3, True), (12, 2, False), (4, 2, True), (4, 1, False)])
def test_a_line_returns_on_a_quarter_of_the_pages_and_on_two_to_be_furniture(pages, returns, found):
    made = []
    for number in range(1, pages + 1):
        body = tuple(
            line(f"the {n} line of page {number} and so it is", 50, 300 + 12 * n, page=number) for n in range(9)
        )
        head = (line("Made Articles", 50, 60, page=number, size=8.0),) if number <= returns else ()
        made.append(Page(number, 600, 800, (*head, *body), ()))
    assert (id(made[0].lines[0]) in find_furniture(made)) is found


@pytest.mark.parametrize("capitals", [True, False])
def test_a_line_in_capitals_over_text_in_its_font_is_a_heading_of_its_own(capitals):
    head = line("MATERIALS AND METHODS" if capitals else "Materials and methods", 120, 100, 100)
    text = [line("The heart was kept in the cold as it had been said", 50, 112 + 12 * n) for n in range(8)]
    blocks = make_blocks([head, *text], find_style(text))
    assert [len(b.lines) for b in blocks] == ([1, 8] if capitals else [9])


def test_small_capitals_have_the_size_of_the_first_letter(tmp_path):
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((50, 100), "I. R", fontsize=10)
        page.insert_text((65, 100), "ESULTS", fontsize=8)
        assert [one.size for one in read_page(page).lines] == [10.0]


def test_heads_that_change_with_the_chapter_of_a_long_thesis_are_heads():
    pages = []
    for number in range(1, 61):
        chapter = (number - 1) // 6
        head = line(f"CHAPTER {chapter}. STORAGE IN THE BOX {'ABCDEFGHIJ'[chapter]}", 50, 100, page=number)
        body = [line(f"the {number} and of the heart it was {n}", 50, 130 + 12 * n, page=number) for n in range(40)]
        pages.append(Page(number, 600.0, 800.0, (head, *body), ()))
    found = find_furniture(pages)
    assert set(found) == {id(page.lines[0]) for page in pages}


@pytest.mark.parametrize(("x1", "found"), [(100, 4), (125, 0)])
def test_line_numbers_stand_left_of_the_text_however_wide_the_margin_is(x1, found):
    text = [
        line(f"the heart of the donor was kept in the cold for {n} hours", 111, 100 + 12 * n, 380) for n in range(20)
    ]
    numbers = [line(str(5 * n), x1 - 6, 88 + 60 * n, 6, size=6) for n in range(1, 5)]
    assert len(find_line_numbers([*text, *numbers], 595.0)) == found


def chapters(heads, top, beside=False):
    """Pages of a thesis, each with the name of a chapter at the top, and a page's number beside it if asked."""
    pages = []
    for number, head in enumerate(heads, 1):
        lines = [line(head, 60, top, 80, number)]
        lines += [line(str(number), 340, top, 8, number)] if beside else []
        lines += [
            line(f"and the text of page {number} {row}", 60, top + 32 + 12 * row, 300, number) for row in range(30)
        ]
        pages.append(Page(number, 400, 600, tuple(lines), ()))
    return pages


def test_names_of_chapters_that_each_stand_on_one_page_are_heads_by_their_height():
    names = ["Introduction", "Methods", "Results of hearts", "Discussion", "Appendix", "References"]
    pages = chapters(names, 50)
    assert set(find_furniture(pages)) == {id(page.lines[0]) for page in pages}
    near = [replace(page, lines=(replace(page.lines[0], baseline=66), *page.lines[1:])) for page in pages]
    assert not find_furniture(near)  # sections that each begin a page


def test_what_stands_beside_a_pages_number_is_a_head():
    pages = chapters(["A. Maker et al.", "Storage of hearts", "C. Drawer et al."], 40, beside=True)
    assert set(find_furniture(pages)) == {id(one) for page in pages for one in page.lines[:2]}


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


@pytest.mark.parametrize(("font", "kind"), [("italic", "caption"), ("body", "text")])
def test_a_captions_words_in_a_font_of_their_own_may_stand_apart_from_its_label(font, kind):
    label = line("Figure 1", 50, 400, 40, page=2, bold=True)
    words = line("The box in which the heart of a donor travels to the clinic by the sea.", 50, 423, page=2, font=font)
    assert kinds_of([BODY, [label, words]])[words.text] == kind


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
