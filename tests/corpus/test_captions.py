"""Captions, tables under them and headings beside them, on lines placed by hand."""

from dataclasses import replace

import pytest

from corpus.placed import BODY, column, kinds_of, line
from further.corpus.parse.blocks import Block, make_blocks
from further.corpus.parse.captions import TABLES, is_caption, is_label_of
from further.corpus.parse.style import find_style


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


def test_a_header_row_set_tight_belongs_to_the_table_below_it():
    """The row's names are one line, and one block with the cell below the first."""
    head = line("Star Mass Radius Age", 60, 100, 95)
    rows = [("A1", "3.2", "1.2", "4.5"), ("B2", "1.0", "1.0", "4.6")]
    places = [(text, row, column) for row, own in enumerate(rows) for column, text in enumerate(own)]
    cells = [line(text, 60 + 26 * column, 112 + 12 * row, 12) for text, row, column in places]
    kinds = kinds_of([[head, *cells, *column("first page", 300, 20)], BODY])
    assert {kinds[text] for text in ("Star Mass Radius Age", "3.2", "4.6")} == {"table"}


@pytest.mark.parametrize(
    ("text", "x0", "blocks"),
    [
        ("0.01", 234, 2),
        ("in a box", 234, 2),
        ("in a box that was", 110, 1),
        ("in the end it was seen that the heart", 75, 1),
    ],
)
def test_the_last_cell_of_a_table_is_no_first_line_of_the_paragraph_below(text, x0, blocks):
    """A centered line or an indented one is."""
    first = line(text, x0, 100, {234: 16, 110: 80, 75: 175}[x0])
    below = [line("The heart was kept in the cold as it had been said", 50, 112 + 12 * n) for n in range(3)]
    assert len(make_blocks([first, *below], find_style(below))) == blocks


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
        "Listing 1: How a heart is cooled.",
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


@pytest.mark.parametrize(("font", "kind"), [("italic", "caption"), ("body", "text")])
def test_a_captions_words_in_a_font_of_their_own_may_stand_apart_from_its_label(font, kind):
    label = line("Figure 1", 50, 400, 40, page=2, bold=True)
    words = line("The box in which the heart of a donor travels to the clinic by the sea.", 50, 423, page=2, font=font)
    assert kinds_of([BODY, [label, words]])[words.text] == kind


@pytest.mark.parametrize(
    ("above", "text", "kind"),
    [
        ("line 49.", "Figure 1 Survival of the hearts and the time that they were kept", "caption"),
        ("line 49.", "Figure 1 A shows the hearts and the time that they were kept", "text"),
        ("line 49 and as in", "Figure 1 Survival of the hearts and the time that they were kept", "text"),
    ],
)
def test_a_caption_set_as_the_body_without_a_mark_begins_with_a_title(above, text, kind):
    """As in a page printed from the web."""
    body = [*BODY[:-1], replace(BODY[-1], text=BODY[-1].text.replace("line 49.", above))]
    assert kinds_of([body, [line(text, 50, 80, page=2)]])[text] == kind


def test_a_table_that_is_one_list_of_sentences_a_little_smaller_than_the_body_is_a_table():
    """As criteria of a trial; their size is no other size of the body, and none of them ends the table."""
    caption = line("Table 1. Criteria of the trial", 50, 80, page=2, size=9.4)
    items = [
        f"{n}) All of the patients who had been given the heart of a donor by the team of part {n}."
        for n in range(1, 9)
    ]
    cells = [line(text, 50, 100 + 14 * n, page=2, size=9.4) for n, text in enumerate(items)]
    below = [replace(one, page=2) for one in column("below", 300, 8)]
    kinds = kinds_of([BODY, [caption, *cells, *below]])
    assert [kinds[text] for text in (*items, below[0].text)] == ["table"] * 8 + ["text"]


@pytest.mark.parametrize(
    ("step", "indent", "bold", "label", "kind"),
    [
        (16, 0, False, "Figure 1 Flow of hearts and of", "text"),
        (12, 0, False, "Figure 1 Flow of hearts and of", "caption"),
        (16, 0, True, "Figure 1 Flow of hearts and of", "text"),
        (12, 10, True, "Figure 1 Flow of hearts and of", "text"),
        (12, 0, True, "Figure 1 Flow of hearts and of", "caption"),  # the legend behind a title
        (16, 0, False, "Figure 1: Costs", "text"),
    ],
)
def test_the_bodys_paragraph_right_below_a_caption_without_a_full_stop_is_kept(step, indent, bold, label, kind):
    caption = line(label, 50, 400, page=2, font="bold" if bold else "body", bold=bold)
    first = line("The hearts that were in the box had been", 50 + indent, 400 + step, 200 - indent, page=2)
    rest = [replace(one, page=2) for one in column("rest", 412 + step, 5)]
    kinds = kinds_of([BODY, [*(replace(one, page=2) for one in column("text", 80, 20)), caption, first, *rest]])
    assert kinds.get(first.text, "caption") == kind


@pytest.mark.parametrize(
    ("step", "font", "kind"),
    [(16, "body", "text"), (14, "body", "caption"), (14, "italic", "text"), (12, "italic", "caption")],
)
def test_a_paragraph_that_goes_on_right_below_a_caption_is_kept(step, font, kind):
    """A line with a formula may stand a little further down in the caption, too."""
    caption = line("Figure 1: Flow of hearts and of", 50, 400, page=2, font=font)
    below = [replace(one, page=2) for one in column("rest", 400 + step, 5)]
    kinds = kinds_of([BODY, [*(replace(one, page=2) for one in column("text", 80, 20)), caption, *below]])
    assert kinds.get(below[0].text, "caption") == kind


@pytest.mark.parametrize(
    ("label", "kind"), [("Fig. 1 The acid that was in it.", "text"), ("Fig. 1 The acid that was in", "caption")]
)
def test_the_rest_of_a_paragraph_below_a_bold_caption_is_no_legend(label, kind):
    """A legend begins with a capital, and the column below may go on with a sentence of the one before."""
    caption = line(label, 50, 400, page=2, font="bold", bold=True)
    below = [replace(one, page=2) for one in column("rest", 413, 5)]
    kinds = kinds_of([BODY, [*(replace(one, page=2) for one in column("text", 80, 20)), caption, *below]])
    assert kinds.get(below[0].text, "caption") == kind


def test_a_cell_of_two_lines_in_the_bodys_style_does_not_end_its_table():
    """It stands alone in the head row, and a paragraph's first line would fill its column."""
    caption = line("Table 1 Trials and whom they left out", 50, 400, page=2, size=8.0)
    head = [line(text, 50, y, 60, page=2) for text, y in (("Sponsor and its", 418), ("collaborators", 430))]
    cells = [line(text, x, 450, 60, page=2) for text, x in (("Town of", 50), ("Clinic of", 130))]
    kinds = kinds_of([BODY, [*(replace(one, page=2) for one in column("text", 80, 20)), caption, *head, *cells]])
    assert [kinds[text] for text in (head[0].text, "Town of", "Clinic of")] == ["table"] * 3
