"""Parts of a line put together: wide gaps in justified columns, and initials several lines high."""

from dataclasses import replace

import pymupdf
import pytest

from corpus.made import prose, write
from further.corpus.parse.blocks import make_blocks
from further.corpus.parse.fragments import join_fragments
from further.corpus.parse.kinds import mark_kinds
from further.corpus.parse.lines import Line
from further.corpus.parse.pages import read_page
from further.corpus.parse.style import find_style


def part(text, x0, x1, y, group=0, size=10.0):
    return Line(1, x0, y - 8, x1, y + 2, size, "body", False, text, group=group, baseline=y)


def texts(lines):
    return [line.text for line in join_fragments(lines)]


def test_a_paragraphs_stretched_first_line_is_joined_by_the_line_below_it():
    wide = [part("It was seen.", 60, 200, 100), part("Some", 215, 240, 100), part("heart", 255, 290, 100)]
    below = part("had been kept in the cold for a day", 50, 290, 112)
    assert texts([*wide, below]) == ["It was seen. Some heart", below.text]


def test_cells_above_a_line_stay_apart():
    cells = [part("Hours", 50, 80, 100), part("Hearts", 150, 190, 100)]
    below = part("had been kept in the cold for a day", 50, 290, 112)
    assert texts([*cells, below]) == ["Hours", "Hearts", below.text]  # they end before the line below does
    rows = [part(text, x, x + 40, y) for y in (100, 112) for x, text in ((50, "1.5"), (250, "2.5"))]
    assert texts(rows) == ["1.5", "2.5", "1.5", "2.5"]


@pytest.mark.parametrize("end", ["mM.", "mM.[8]", "mM. 25", "mM (5).”"])
def test_a_word_at_a_columns_top_that_ends_a_dose_belongs_to_its_paragraph(end):
    left = [
        part("The bath held so much of the salt as was said before, that is 24", 50, 290, 600 + 12 * n)
        for n in range(9)
    ]
    unit, under = part(end, 310, 331, 100), part("It was then set to what the team had found in it", 310, 550, 120)
    label = part("Arm A", 400, 430, 300)
    lines = [*left, unit, *(part(under.text, 310, 550, 124 + 12 * n) for n in range(9)), label]
    style = find_style(lines)
    blocks = make_blocks(lines, style)
    mark_kinds([blocks], style, [800.0])
    assert [block.kind for block in blocks] == ["text", "text", "text", "other"]


def test_lines_beside_an_initial_and_below_it_are_one_paragraph():
    initial = Line(1, 50, 76, 70, 106, 30.0, "body", False, "D", baseline=112)
    rest = [part("ata from the study provide it", 72, 290, 100), part("of the agent and of the cold", 72, 290, 112)]
    rest += [part("that was measured in all of the hearts", 50, 290, 124), part("which were in it.", 50, 120, 136)]
    fresh = [part("The second of the paragraphs", 62, 290, 148), part("is its own block here.", 50, 290, 160)]
    lines = join_fragments([initial, *rest, *fresh])
    blocks = make_blocks(lines, find_style(lines))
    assert [len(block.lines) for block in blocks] == [4, 2]
    assert blocks[0].text.startswith("Data from")


def test_a_page_without_lines_has_none():
    assert join_fragments([]) == []


def test_words_set_so_wide_that_each_is_a_block_are_lines():
    full = [part("it was seen that the heart and", 50, 290, 100), part("in all of the cold of it then", 50, 290, 136)]
    first = [part("exposure", 50, 110, 112, 1), part("to", 150, 200, 112, 2), part("volatiles", 240, 290, 112, 3)]
    second = [part("has", 50, 100, 124, 4), part("resulted", 140, 205, 124, 5), part("in", 245, 290, 124, 6)]
    lines = [full[0], *first, *second, full[1]]
    assert texts(lines) == [full[0].text, "exposure to volatiles", "has resulted in", full[1].text]


@pytest.mark.parametrize(
    ("edge", "size", "number"),
    [(290, 10.0, 1), (290, 7.0, 1), (250, 10.0, 2)],  # also where most of a part is an index
)
def test_two_parts_between_lines_of_a_paragraph_are_a_line_of_it(edge, size, number):
    """The line above ends a sentence, so that the line below has to have the same edges."""
    above, below = (
        part("and that was seen in the clinic.", 50, 290, 100),
        part("of the part of it that is", 50, edge, 124),
    )
    parts = [part("Again the heart", 50, 150, 112, 1), part("V", 185, 200, 112, 2, size), part("was", 230, 290, 112, 3)]
    parts = parts if size < 10 else [replace(parts[0], x1=200, font="italic"), replace(parts[2], font="italic")]
    assert len(texts([above, *parts, below])) == 2 + number


def test_cells_under_a_caption_as_wide_as_they_are_stay_apart():
    caption = part("Table 1. Hearts by the hours in the cold.", 50, 290, 100)
    cells = [part("Hours", 50, 80, 112, 1), part("Hearts", 110, 145, 112, 2), part("Failed", 260, 290, 112, 3)]
    assert texts([caption, *cells]) == [caption.text, "Hours", "Hearts", "Failed"]


def test_a_unit_raised_by_half_its_size_goes_on_with_its_line():
    """As in "39,500 l mol⁻¹ cm⁻¹", where all behind the unit is raised and nothing set down again."""
    unit = [part("product was 39,500 l mol", 50, 160, 100, size=11.0), part("-1 cm-1", 160, 190, 94.5, size=6.6)]
    unit = [replace(one, y0=one.baseline - one.size, y1=one.baseline + 0.25 * one.size) for one in unit]
    assert texts(unit) == ["product was 39,500 l mol-1 cm-1"]


@pytest.mark.parametrize(
    ("x1", "end", "sizes"), [(290, "func", [10]), (250, "func", [10, 8, 10]), (290, ".", [10, 8, 10])]
)
def test_a_line_of_a_justified_paragraph_may_be_set_mostly_in_another_size(x1, end, sizes):
    """Code is set smaller: its line has both edges of the paragraph, whose sentence goes on with it."""
    lines = [part(f"that the string is passed to the cache in line {n}", 50, 290, 100 + 12 * n) for n in range(3)]
    lines[2] = replace(lines[2], text=lines[2].text + end)
    code = part("tion C() is (input0[i] + input1[i]). If the ex-", 50, x1, 136, size=8.0)
    below = [part(f"pression is shared, it is so in line {n}", 50, 290, 148 + 12 * n) for n in range(3)]
    blocks = make_blocks([*lines, code, *below], find_style([*lines, *below]))
    assert [block.size for block in blocks] == sizes


def draw(tmp_path, mark, text, size=10, top=700):
    """Kind of a paragraph that begins with a raised mark, on a page of two columns."""
    with pymupdf.open() as document:
        page = document.new_page(width=600, height=800)
        write(page, 50, 60, prose(20))
        write(page, 310, 60, prose(57, "right"))
        write(page, 50, top - 3, [mark], size=6)
        write(page, 50 + 3.4 * len(mark), top, [text], size=size)
        write(page, 50, top + 1.2 * size, ["which goes on in a further line of it, as the others do."], size=size)
        lines = read_page(page).lines
    lines = [replace(line, page=2) for line in lines]
    blocks = make_blocks(lines, find_style(lines))
    mark_kinds([blocks], find_style(lines), [800.0])
    return next(block.kind for block in blocks if block.text.startswith(mark))


@pytest.mark.parametrize(("mark", "text", "top", "kind"), [
    ("2", "This is what the others have done in the", 700, "footnote"),
    ("2", "This is what the others have done in the", 320, "text"),
    ("18", "F-FDG was given to all of the patients in it", 700, "text"),
    ("1", "H NMR was what told us of the compounds in it", 700, "text"),
])  # fmt: skip
def test_a_raised_number_and_a_word_begin_a_footnote_however_large(tmp_path, mark, text, top, kind):
    """At the foot of a column, where no isotope's number begins the paragraph."""
    assert draw(tmp_path, mark, text, top=top) == kind


@pytest.mark.parametrize(("size", "kind"), [(9.5, "footnote"), (10, "text")])
def test_a_raised_letter_begins_a_note_to_a_scheme_which_is_a_little_smaller(tmp_path, size, kind):
    assert draw(tmp_path, "a", "Conditions: it was put in the cold for the", size=size, top=320) == kind


@pytest.mark.parametrize(
    ("first", "rise", "rest", "raised"),
    [
        ("1", 3, "H NMR of the compound", ((0, 1),)),
        ("1", 0, "H NMR of the compound", ()),
        ("the", 0, "NMR of the compound", ()),
    ],
)
def test_a_lines_first_characters_may_be_raised(first, rise, rest, raised):
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((50, 100 - rise), first, fontsize=6)
        page.insert_text((54, 100), rest, fontsize=10)
        assert read_page(page).lines[0].raised == raised


def raised(text, x0, x1, y):
    """A line whose last character is a superscript."""
    return Line(1, x0, y - 8, x1, y + 2, 10.0, "body", False, text, ((len(text) - 1, len(text)),), 0, baseline=y)


@pytest.mark.parametrize(
    ("over", "under", "whole"),
    [
        ("the hypothesis Hj", "0 is rejected by the team", "the hypothesis Hj0 is rejected by the team"),
        ("the time T2", "0 of the hearts is known", "the time T20 of the hearts is known"),  # behind a letter: an index
        ("its slope is set to −1", "2, as was said before", "its slope is set to −1/2, as was said before"),
        ("which is (1", "4) of the hearts", "which is (1/4) of the hearts"),
    ],
)
def test_a_line_goes_on_below_its_superscript(over, under, whole):
    lines = [raised(over, 50, 154, 100), part(under, 150, 290, 100, group=1)]
    (joined,) = join_fragments(lines)
    assert joined.text == whole
    assert joined.raised == (() if "/" in whole else ((len(over) - 1, len(over)),))


UP, DOWN = ("+0.4", 96), ("−0.3", 103)


@pytest.mark.parametrize(
    ("stack", "tail", "whole"),
    [
        ((UP, DOWN), " of the sun", "a mass of 3.2 +0.4/−0.3 of the sun"),
        ((UP, DOWN), "", "a mass of 3.2 +0.4/−0.3"),
        ((DOWN, UP), " of the sun", "a mass of 3.2 −0.3/+0.4 of the sun"),
        ((("+1.25", 96), ("−0.75", 103)), ", as was", "a mass of 3.2 +1.25/−0.75, as was"),
        ((("12", 96), ("21", 103)), " and", "a mass of 3.21221 and"),  # behind a digit: a power and an index
    ],
)
def test_errors_above_each_other_stay_with_their_number(stack, tail, whole):
    font, head = pymupdf.Font("tiro"), "a mass of 3.2"
    width = font.text_length(head, 10)
    end = width + max(font.text_length(text, 7) for text, _ in stack)
    with pymupdf.open() as document:
        page = document.new_page()
        for x, y, text, size in (
            (0, 100, head, 10),
            *((width, y, text, 7) for text, y in stack),
            (end, 100, tail, 10),
        ):
            writer = pymupdf.TextWriter(page.rect)
            writer.append((72 + x, y), text or " ", font=font, fontsize=size)
            writer.write_text(page)
        (line,) = read_page(page).lines
    assert line.text.rstrip() == whole
    assert line.raised == (() if "/" in whole else ((13, 15),))


@pytest.mark.parametrize(
    ("words", "text", "raised"),
    [
        ([("10", 72, 100, 10), ("12.5", 82, 96, 7)], "1012.5", ((2, 6),)),  # a power longer than its number
        ([("the heart was kept in", 72, 100, 10), ("W", 160, 100, 90)], "the heart was kept inW", ()),  # a watermark
    ],
)
def test_a_line_is_set_as_most_of_its_letters_are(words, text, raised):
    with pymupdf.open() as document:
        page = document.new_page()
        writer = pymupdf.TextWriter(page.rect)
        for word, x, y, size in words:
            writer.append((x, y), word, font=pymupdf.Font("tiro"), fontsize=size)
        writer.write_text(page)
        (line,) = read_page(page).lines
    assert (line.text.replace(" W", "W"), line.size, line.baseline, line.raised) == (text, 10.0, 100.0, raised)


def test_a_lower_index_by_itself_belongs_to_its_letter():
    index = Line(1, 150, 96, 160, 106, 7.0, "body", False, "0.", baseline=103)
    assert texts([raised("the hypothesis Hj", 50, 155, 100), index]) == ["the hypothesis Hj0."]


def test_a_line_that_goes_back_below_no_superscript_is_another():
    assert texts([part("the hypothesis Hj", 50, 160, 100), part("0 is rejected", 150, 290, 100, group=1)]) == [
        "the hypothesis Hj",
        "0 is rejected",
    ]


@pytest.mark.parametrize("drawn", [slice(None), slice(None, None, -1)], ids=["in order", "mark last"])
@pytest.mark.parametrize(("label_font", "lead"), [("hebo", 34), ("heit", 34), ("helv", 0)])
def test_an_items_mark_belongs_to_the_label_behind_it(label_font, lead, drawn):
    """As in "b. **Safety: an adverse event of it.** The": most of the line is bold, and the paragraph goes on below."""
    parts, placed, x = (("b. ", "helv"), ("Safety: an adverse event of it.", label_font), (" The", "helv")), [], 50.0
    for text, font in parts:
        placed.append((x, text, font))
        x += pymupdf.get_text_length(text, font, 10)
    with pymupdf.open() as document:
        page = document.new_page()
        for left, text, font in placed[drawn]:
            page.insert_text((left, 100), text, fontsize=10, fontname=font)
        write(page, 62, 112, ["safety of the treatment was judged", "by the team of the clinic."])
        first, *rest = read_page(page).lines
    assert first.lead == lead
    assert len(make_blocks([first, *rest], find_style(rest))) == 1
