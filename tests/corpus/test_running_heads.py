"""Running heads, page numbers and line numbers, on lines placed by hand."""

from dataclasses import replace

import pymupdf
import pytest

from corpus.placed import WORDS, line
from further.corpus.parse.furniture import find_furniture
from further.corpus.parse.lines import Page, find_line_numbers
from further.corpus.parse.pages import read_page


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


def test_line_numbers_of_two_columns_stand_in_both_margins():
    """As LaTeX's lineno sets them: those of the right column are ten points from its text."""
    with pymupdf.open() as document:
        page = document.new_page(width=612, height=792)
        for number in range(1, 21):
            y = 80 + 24 * number
            for x, text in ((62 - 4 * len(str(number)), str(number)), (72, "the heart of the donor was kept")):
                page.insert_text((x, y), text, fontsize=7 if text.isdigit() else 11)
            page.insert_text((326, y), "so it was in the box and in the cold of it", fontsize=11)
            page.insert_text((536, y), str(90 + number), fontsize=7)
        read = read_page(page)
    assert {one.text for one in read.lines if id(one) not in find_furniture([read])} == {
        "the heart of the donor was kept",
        "so it was in the box and in the cold of it",
    }


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


@pytest.mark.parametrize("top", [100, 113])  # the second as LaTeX's book class sets them on letter paper
def test_heads_that_change_with_the_chapter_of_a_long_thesis_are_heads(top):
    pages = []
    for number in range(1, 61):
        chapter, below = (number - 1) // 6, top + 30
        head = line(f"CHAPTER {chapter}. STORAGE IN THE BOX {'ABCDEFGHIJ'[chapter]}", 50, top, page=number)
        body = [line(f"the {number} and of the heart it was {n}", 50, below + 12 * n, page=number) for n in range(40)]
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


def numbered(number, texts, leading=21):
    """A page of a double-spaced manuscript, each line with its number: counted from 1 on every page."""
    heights = [84, *(84 + leading + 21 * n for n in range(len(texts) - 1))]
    lines = [line(text, 90, y, 380, number) for text, y in zip(texts, heights, strict=True)]
    numbers = [line(str(n), 70, y, 6, number) for n, y in enumerate(heights, 1)]
    return Page(number, 612, 792, (*lines, *numbers), ())


REST = [f"and the {n} line of the text that is in the body of it" for n in range(20)]


def test_line_numbers_are_no_running_heads_beside_the_first_lines_of_pages():
    """Two paragraphs of one line stand apart at the top of a page, and so do their numbers."""
    first = ["Azadiracta indica showed highest growth inhibition", "Hearts in boxes", "Boxes kept cold"]
    pages = [numbered(n, [text, *REST], leading=21 if n == 1 else 30) for n, text in enumerate(first, 1)]
    pages += [numbered(n, REST) for n in range(4, 13)]
    left = {one.text for page in pages for one in page.lines if id(one) not in find_furniture(pages)}
    assert left == {*first, *REST}


def test_a_page_of_few_lines_has_line_numbers_where_the_others_have_theirs():
    pages = [numbered(1, ["Azadiracta indica in Candida", "by the team of it"]), numbered(2, REST), numbered(3, REST)]
    found = find_furniture(pages)
    assert [id(one) in found for one in pages[0].lines] == [False, False, True, True]
