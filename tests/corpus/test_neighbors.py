"""Articles that end or begin on a paper's own first and last page."""

import pyarrow as pa
import pymupdf
import pytest

from corpus.made import LEFT, RIGHT, make_article, prose, write
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.document import parse_document
from further.corpus.schemas import BLOCKS

SETTINGS = CleanSettings(keep_captions=False, keep_headings=True, min_words=100)
ENTRIES = [f"{n}. Drawer B, Maker A. Lungs kept in a bag. J Made Art. 201{n};{n}(2):21-29." for n in range(1, 6)]


def texts_of(path, add=None):
    """Rows of the made article, with more on its pages."""
    make_article(path)
    if add:
        with pymupdf.open(path) as document:
            add(document)
            document.saveIncr()
    blocks = [{"paper": "a"} | block for block in parse_document(path).blocks]
    return clean_papers(pa.Table.from_pylist(blocks, BLOCKS), SETTINGS)[0]["text"].to_pylist()


def begin_next(document, heading):
    """The beginning of something below the references on the last page."""
    write(document[-1], RIGHT, 330, [heading, "before they are given"], size=18)
    write(document[-1], RIGHT, 380, ["Introduction"], font="hebo")
    for row, seed in enumerate("xyz"):
        write(document[-1], RIGHT, 394 + 120 * row, prose(9, seed))


def test_what_ends_in_references_above_the_title_is_another_article(tmp_path):
    def end_other(document):
        page = document.new_page(0, width=600, height=800)  # the article begins below what is written here
        page.show_pdf_page(pymupdf.Rect(0, 300, 600, 1100), whole, 0, clip=pymupdf.Rect(0, 0, 600, 800))
        write(page, LEFT, 80, prose(12, "of another article"))
        write(page, LEFT, 230, ["References"], font="hebo")
        write(page, LEFT, 244, ENTRIES, size=8)
        document.delete_page(1)

    whole = pymupdf.open(make_article(tmp_path / "whole.pdf"))
    found = texts_of(tmp_path / "a.pdf", end_other)
    assert found[0] == "Cold storage of the donor heart before transplantation"
    assert prose(12, "of another article")[0] not in " ".join(found)


def test_what_begins_with_a_title_behind_the_references_is_another_article(tmp_path):
    alone = texts_of(tmp_path / "b.pdf")
    assert texts_of(tmp_path / "a.pdf", lambda document: begin_next(document, "Warm perfusion of lungs")) == alone


@pytest.mark.parametrize("heading", ["Supplementary material on hearts", "Appendix"])
def test_a_supplement_with_a_title_is_the_articles_own(tmp_path, heading):
    found = texts_of(tmp_path / "a.pdf", lambda document: begin_next(document, heading))
    assert " ".join(prose(9, "x")) in found
