"""What the corpus stage's tests share: an article made here, and the folders of real and of broken PDFs."""

from pathlib import Path

import pytest

from corpus.made import make_article
from further.corpus.parse.children import parse_papers

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "papers"


@pytest.fixture(scope="session")
def article(tmp_path_factory):
    return make_article(tmp_path_factory.mktemp("papers") / "made.pdf")


@pytest.fixture(scope="session")
def article_blocks(article):
    blocks, rejected, _ = parse_papers([article], timeout_s=60, memory_mb=2000)
    assert rejected.num_rows == 0
    return blocks


@pytest.fixture(scope="session")
def shared_papers():
    if not SHARED.is_dir():
        pytest.skip("no folder ../shared/papers beside the checkout: real articles are not checked")
    return SHARED


@pytest.fixture(scope="session")
def real_blocks(shared_papers):
    """Blocks of the 25 real articles."""
    blocks, rejected, _ = parse_papers(
        sorted((shared_papers / "articles").glob("*.pdf")), timeout_s=120, memory_mb=2000
    )
    assert rejected.num_rows == 0
    return blocks
