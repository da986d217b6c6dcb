"""Block quotes, which are set in from the body's edges, on pages placed by hand."""

from dataclasses import replace

import pymupdf
import pytest

from corpus.made import LEADING, LEFT, make_article, prose, write
from corpus.placed import BODY, column, kinds_of, line
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.clean.structure import is_quoted
from further.corpus.parse.children import parse_papers

SETTINGS = CleanSettings(keep_captions=False, keep_headings=False, min_words=50)
ASKED = ["It was good to talk to the others who", "had been through all of it. (Woman, 61)"]


def rows_of(path, write_page):
    """Text of the rows of the made article with one page more before its last, written by a function."""
    document = pymupdf.open(make_article(path / "made.pdf"))
    page = document.new_page(2, width=600, height=800)
    write_page(page)
    document.save(path / "a.pdf")
    blocks, _, _ = parse_papers([path / "a.pdf"], timeout_s=60, memory_mb=2000)
    return clean_papers(blocks, SETTINGS)[0]["text"].to_pylist()


@pytest.mark.parametrize(("size", "font"), [(8, "helv"), (9, "heit"), (8, "tiro")])
def test_small_quotes_between_paragraphs_are_kept_and_are_no_headings(tmp_path, size, font):
    def asked(page):
        y = write(page, LEFT, 80, prose(12, "above")) + 6
        y = write(page, LEFT + 20, y, ASKED, size, font) + 6
        y = write(page, LEFT, y, prose(12, "between")) + 6
        y = write(page, LEFT + 20, y, ["They never asked us."], size, font) + 6
        write(page, LEFT, y, prose(12, "below"))

    rows = rows_of(tmp_path, asked)
    assert {" ".join(ASKED), "They never asked us."} <= set(rows)


@pytest.mark.parametrize(
    ("label", "notes"),
    [
        ("Figure 9. The box", ["The bars show the error of the mean."]),  # in from the edge, below a caption
        ("", ["¹ They were all in the same clinic."]),  # a footnote, with nothing below it
    ],
)
def test_notes_set_as_quotes_are_none(tmp_path, label, notes):
    def noted(page):
        y = write(page, LEFT, 80, prose(12, "above")) + 6
        y = write(page, LEFT + 20, y, ["They never asked us."], 8, "tiro") + 6
        y = write(page, LEFT, y, prose(12, "between")) + 2 * LEADING
        y = write(page, LEFT + 20, y, [label], 8) if label else y + 200
        y = write(page, LEFT + 20, y, notes, 8, "tiro") + 3 * LEADING
        if label:
            write(page, LEFT, y, prose(12, "below"))

    rows = rows_of(tmp_path, noted)
    assert "They never asked us." in rows
    assert not any(note in row for note in notes for row in rows)


@pytest.mark.parametrize(("shift", "kind"), [(0, "heading"), (-30, "text")])
def test_a_centered_line_between_paragraphs_is_a_heading_even_if_it_asks(shift, kind):
    asked = line("Who of them is at risk?", 110 + shift, 220, 80, page=2, font="italic")
    asked = replace(asked, lead=len(asked.text))
    around = [replace(one, page=2) for top in (80, 240) for one in column(f"from {top}", top, 10)]
    assert kinds_of([BODY, [*around[:10], asked, *around[10:]]])[asked.text] == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I did not know what it was.", True),
        ("“We were all afraid of it …” (P7)", True),
        ("it was not what they had said.", False),  # goes on with a sentence
        ("The effect of the box on the heart", False),
        ("Asked once.", False),
    ],
)
def test_what_reads_as_a_quote(text, expected):
    assert is_quoted(text) is expected
