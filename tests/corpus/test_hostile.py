"""Broken and hostile files: each ends as blocks or as a reason; nothing crashes, hangs or stays behind."""

import os
import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.test_parse import children
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.children import parse_papers
from further.corpus.schemas import REASONS
from further.demo.render import render_article

ROOT = Path(__file__).resolve().parents[2]

SETTINGS = CleanSettings(keep_captions=True, keep_headings=True, min_words=1)


def check(files):
    """Parse and clean files; each is in one of the two tables, with a reason of the closed set."""
    before = set(os.listdir("/proc/self/fd"))
    blocks, rejected, readings = parse_papers(files, timeout_s=60, memory_mb=1000)
    assert set(os.listdir("/proc/self/fd")) <= before  # what others left open may be closed meanwhile
    assert children() == []
    papers = set(blocks["paper"].to_pylist())
    assert len(papers) + rejected.num_rows == len(files)
    assert papers.isdisjoint(rejected["paper"].to_pylist())
    assert set(rejected["reason"].to_pylist()) <= set(REASONS)
    # An error of Python's own would be a fault of this code, not of the file.
    assert not [detail for detail in rejected["detail"].to_pylist() if detail.startswith(PYTHON_ERRORS)]
    clean_papers(blocks, SETTINGS)
    return blocks, rejected, readings


PYTHON_ERRORS = (
    "TypeError",
    "AttributeError",
    "KeyError",
    "IndexError",
    "ZeroDivisionError",
    "RecursionError",
    "UnicodeError",
)


KINDS = ("bits", "cut", "zeros", "objects")


def damage_whole(content: bytes, seed: int) -> bytes:
    """A file with bits flipped, its end cut off, a stretch of zeros, or some objects gone, by the seed."""
    chance, data = random.Random(seed), bytearray(content)
    kind = KINDS[seed % 4]
    if kind == "bits":
        for _ in range(chance.randint(1, 60)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == "cut":
        del data[chance.randrange(len(data) // 3, len(data)) :]
    elif kind == "zeros":
        start, length = chance.randrange(len(data)), chance.randint(200, len(data) // 6)
        data[start : start + length] = bytes(len(data[start : start + length]))
    else:
        objects = [found.span() for found in re.finditer(rb"\d+ 0 obj.*?endobj", bytes(data), re.S)]
        for start, end in sorted(chance.sample(objects, min(len(objects), chance.randint(1, 6))), reverse=True):
            del data[start:end]
    return bytes(data)


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
    _, rejected, _ = check(files)
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


def count_words(blocks):
    words = Counter()
    for paper, text in zip(blocks["paper"].to_pylist(), blocks["text"].to_pylist(), strict=True):
        words[paper] += len(text.split())
    return words


@pytest.mark.slow
def test_300_damaged_files_end_as_papers_whose_loss_is_said_or_as_a_reason(tmp_path):
    """Six articles of the demonstration, each damaged in fifty ways; what is kept lacks no word without a sentence."""
    articles = sorted((ROOT / "resources/demo/articles").glob("*.md"))[:6]
    whole, files = {}, []
    for number, article in enumerate(articles):
        render_article(article, tmp_path / f"whole-{number}.pdf")
        content = (tmp_path / f"whole-{number}.pdf").read_bytes()
        for seed in range(50):
            files.append(tmp_path / f"{number}-{seed}.pdf")
            files[-1].write_bytes(damage_whole(content, 1000 * number + seed))
    undamaged, _, readings = parse_papers(sorted(tmp_path.glob("whole-*.pdf")), timeout_s=60, memory_mb=1000)
    assert not [line for line in readings.to_pylist() if line["damaged_pages"] or line["repaired"]]
    whole = count_words(undamaged)
    blocks, rejected, readings = check(files)
    words, silent, said = count_words(blocks), [], 0
    for line in readings.to_pylist():
        lost = bool(line["unread_pages"] or line["damaged_pages"] or line["repaired"])
        kept = words[line["paper"]] / whole[f"whole-{line['paper'].split('-')[0]}"]
        said += lost
        if kept < 0.99 and not lost:
            silent.append((line["paper"], kept))
    assert silent == []
    assert said > 50 and rejected.num_rows > 20  # the damage is real
    settings = replace(SETTINGS, max_damaged_fraction=0.3)
    rows, _, refused, _ = clean_papers(blocks, settings, readings)
    left = {paper for paper in rows["paper"].to_pylist()}
    assert "damaged" in refused["reason"].to_pylist()
    assert min(words[paper] / whole[f"whole-{paper.split('-')[0]}"] for paper in left) > 0.5


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
