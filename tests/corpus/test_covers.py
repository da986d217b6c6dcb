"""Covers of repositories and publishers before an article."""

import pyarrow as pa
import pymupdf
import pytest

from corpus.made import make_article, prose, write
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.document import parse_document
from further.corpus.schemas import BLOCKS

SETTINGS = CleanSettings(keep_captions=False, keep_headings=True, min_words=100)

# As these pages word it, of papers of 2014 to 2023.
COVERS = {
    "JSTOR": [
        "Cold storage of the donor heart before transplantation",
        "Author(s): Ada Maker and Ben Drawer",
        "Source: Journal of Made Articles, Vol. 12, No. 3 (Jun., 2014), pp. 345-356",
        "Stable URL: https://www.jstor.org/stable/4123456",
        "Linked references are available on JSTOR for this article:",
        "You may need to log in to JSTOR to access the linked references.",
        "JSTOR is a not-for-profit service that helps scholars, researchers, and students discover, use,",
        "and build upon a wide range of content in a trusted digital archive. We use information technology",
        "and tools to increase productivity and facilitate new forms of scholarship.",
        "Your use of the JSTOR archive indicates your acceptance of the Terms & Conditions of Use.",
    ],
    "Pure": [
        "Published in: Journal of Made Articles",
        "Document Version: Publisher's PDF, also known as Version of record",
        "Link to publication",
        "General rights",
        "Unless other specific re-use rights are stated the following general rights apply:",
        "- Users may download and print one copy of any publication from the public portal for the purpose",
        "of private study or research.",
        "- You may not further distribute the material or use it for any profit-making activity",
        "Take down policy",
        "If you believe that this document breaches copyright please contact us providing details, and we",
        "will remove access to the work immediately and investigate your claim.",
    ],
    "DiVA": [
        "This is the published version of a paper published in Journal of Made Articles.",
        "Citation for the original published paper (version of record):",
        "Maker, A., Drawer, B. (2014) Cold storage of the donor heart before transplantation",
        "Access to the published paper requires subscription.",
        "N.B. When citing this work, cite the original published paper.",
        "Permanent link to this version: http://urn.kb.se/resolve?urn=urn:nbn:se:xx:diva-1",
    ],
    "Taylor & Francis": [
        "ISSN: 1234-5678 (Print) 1234-5679 (Online) Journal homepage: https://www.tandfonline.com/loi/made20",
        "To cite this article: Ada Maker & Ben Drawer (2014) Cold storage of the donor heart before",
        "transplantation, Journal of Made Articles, 12:3, 345-356",
        "To link to this article: https://doi.org/10.1080/12345678",
        "Submit your article to this journal",
        "Article views: 1234",
        "View related articles",
        "Full Terms & Conditions of access and use can be found at the page of the journal.",
    ],
}


def texts_of(path, pages=()):
    """Rows of the made article, with some lines on each of some pages before it."""
    make_article(path)
    with pymupdf.open(path) as document:
        for lines in pages:
            page = document.new_page(0, width=600, height=800)
            y = 100.0
            for line in lines:
                y = 12 + write(page, 50, y, [line] if isinstance(line, str) else line)
        document.saveIncr()
    blocks = [{"paper": "a"} | block for block in parse_document(path).blocks]
    return clean_papers(pa.Table.from_pylist(blocks, BLOCKS), SETTINGS)[0]["text"].to_pylist()


@pytest.mark.parametrize("cover", COVERS.values(), ids=COVERS)
def test_a_cover_adds_nothing_to_the_article(tmp_path, cover):
    assert texts_of(tmp_path / "a.pdf", [cover]) == texts_of(tmp_path / "b.pdf")


def test_a_page_of_the_article_is_no_cover_whatever_is_written_at_its_foot(tmp_path):
    paragraphs = [["In the cold of the box the heart was kept and", *prose(9, seed)] for seed in "ab"]
    found = texts_of(tmp_path / "a.pdf", [[*paragraphs, *COVERS["DiVA"][3:]]])
    assert [" ".join(lines) for lines in paragraphs] == [text for text in found if text.startswith("In the cold of")]
