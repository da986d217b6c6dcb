"""Broken and hostile files: each ends as blocks or as a reason; nothing crashes, hangs or stays behind."""

import os
import random

import pytest

from corpus.test_parse import children
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.children import parse_papers
from further.corpus.schemas import REASONS

SETTINGS = CleanSettings(keep_captions=True, keep_headings=True, min_words=1)


def check(files):
    """Parse and clean files; each is in one of the two tables, with a reason of the closed set."""
    before = sorted(os.listdir("/proc/self/fd"))
    blocks, rejected, _ = parse_papers(files, timeout_s=60, memory_mb=1000)
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert children() == []
    papers = set(blocks["paper"].to_pylist())
    assert len(papers) + rejected.num_rows == len(files)
    assert papers.isdisjoint(rejected["paper"].to_pylist())
    assert set(rejected["reason"].to_pylist()) <= set(REASONS)
    # An error of Python's own would be a fault of this code, not of the file.
    assert not [detail for detail in rejected["detail"].to_pylist() if detail.startswith(PYTHON_ERRORS)]
    clean_papers(blocks, SETTINGS)
    return blocks, rejected


PYTHON_ERRORS = (
    "TypeError",
    "AttributeError",
    "KeyError",
    "IndexError",
    "ZeroDivisionError",
    "RecursionError",
    "UnicodeError",
)


def damage(content: bytes, seed: int) -> bytes:
    """A file with up to 30 bits flipped, or cut off, or both."""
    chance = random.Random(seed)
    data = bytearray(content)
    if seed % 3:
        for _ in range(chance.randint(1, 30)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    if seed % 3 != 1:
        del data[chance.randrange(len(data)) :]
    return bytes(data)


def test_each_nasty_file_ends_as_blocks_or_as_a_reason(shared_papers):
    files = sorted((shared_papers / "nasty").glob("*.pdf"))
    assert len(files) == 61
    _, rejected = check(files)
    reasons = dict(zip(rejected["paper"].to_pylist(), rejected["reason"].to_pylist(), strict=True))
    assert reasons["qpdf_encrypted-40-bit-R3"] == "encrypted"
    assert reasons["docling_ocr_test"] == "scanned"
    assert reasons["qpdf_bad1"] == "not a PDF"
    assert reasons["qpdf_issue-263"] == "damaged"
    assert reasons["olmocr_most_content_in_image_form"] == "scanned"  # its pages are pictures; little else is on them


def test_damaged_copies_of_the_made_article(tmp_path, article):
    files = []
    for seed in range(30):
        files.append(tmp_path / f"{seed}.pdf")
        files[-1].write_bytes(damage(article.read_bytes(), seed))
    check(files)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(10))
def test_damaged_copies_of_real_articles(tmp_path, shared_papers, number):
    content = sorted((shared_papers / "articles").glob("*.pdf"), key=lambda file: file.stat().st_size)[
        number
    ].read_bytes()
    files = []
    for seed in range(30):
        files.append(tmp_path / f"{seed}.pdf")
        files[-1].write_bytes(damage(content, 1000 * number + seed))
    check(files)
