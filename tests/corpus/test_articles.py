"""The 25 real articles: every character accounted for, and the text as good as measured."""

import csv
import statistics
import sys
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pymupdf
import pytest

from further.corpus.clean.characters import clean_characters
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.children import parse_papers
from further.corpus.parse.document import blocks_of_pages
from further.corpus.parse.pages import read_page
from further.corpus.schemas import BLOCKS

SETTINGS = CleanSettings(keep_captions=False, keep_headings=True, min_words=200, language="en")

AT_LEAST = {
    "word_F1": 0.99,
    "word_P": 0.99,
    "word_R": 0.99,
    "order_R": 0.985,
    "order_sim": 0.98,
    "para_intact": 0.965,
    "num_R": 0.99,
}
"""Means over the articles, by the scorer's names: words, their order, whole paragraphs, numbers."""
AT_MOST = {
    "junk_share": 0.005,
    "left_refs": 0.01,
    "left_tables": 0.03,
    "left_affs": 0.05,
    "left_licence": 0.05,
    "left_back": 0.05,
    "left_headers": 0.005,
    "left_pagenos": 0.005,
    "hyph_broken_per_k": 0.02,
    "hyph_overjoin_per_k": 0.1,
    "glued_per_k": 0.1,
    "lig_per_k": 0,
    "shy_per_k": 0,
    "bad_per_k": 0,
}
"""The same of what should not be there: shares of it that are left, and cases per 1,000 words."""
AT_LEAST_ELSEWHERE = {"word_F1": 0.985, "word_P": 0.99, "word_R": 0.98, "order_R": 0.975, "order_sim": 0.97}
"""The same for articles of other publishers, those that are not rejected."""
AT_MOST_ELSEWHERE = {
    "left_refs": 0.01,
    "left_affs": 0.01,
    "left_back": 0.01,
    "hyph_overjoin_per_k": 0.1,
    "glued_per_k": 0.1,
}


@pytest.fixture(scope="module")
def cleaned(real_blocks):
    return clean_papers(real_blocks, SETTINGS)


def test_every_character_of_every_article_is_kept_or_dropped_for_a_reason(real_blocks, cleaned):
    lengths = real_blocks.append_column("characters", pc.utf8_length(real_blocks["text"]).cast("int64"))
    sums = [table.group_by("paper").aggregate([("characters", "sum")]) for table in (lengths, cleaned[1])]
    extracted, counted = (dict(zip(t["paper"].to_pylist(), t["characters_sum"].to_pylist(), strict=True)) for t in sums)
    assert len(counted) == 25
    assert counted == extracted


def test_no_article_is_rejected(cleaned):
    assert cleaned[2].num_rows == 0


def test_cleaning_rows_again_changes_nothing(cleaned):
    texts = cleaned[0]["text"].to_pylist()
    assert [clean_characters(text) for text in texts] == texts


def test_text_against_the_truth(shared_papers, cleaned, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(shared_papers), *sys.path])
    mean = mean_scores(shared_papers, "articles.csv", cleaned[0])
    assert {name: mean[name] for name, least in AT_LEAST.items() if mean[name] < least} == {}
    assert {name: mean[name] for name, most in AT_MOST.items() if mean[name] > most} == {}


def mean_scores(shared, manifest, rows):
    """Means of the scorer's columns over the articles of a list that have rows."""
    pytest.importorskip("rapidfuzz")
    pytest.importorskip("lxml")
    import score

    texts: dict[str, list[str]] = {}
    for row in rows.to_pylist():
        texts.setdefault(row["paper"], []).append(row["text"])
    with (shared / manifest).open() as file:
        records = {record["file"].rsplit("/", 1)[-1].removesuffix(".pdf"): record for record in csv.DictReader(file)}
    scores = []
    for stem, parts in texts.items():
        truth = score.truth(str(shared / records[stem]["truth"]), str(shared / records[stem]["file"]))
        scores.append(score.score("\n\n".join(parts), truth))
    return {key: statistics.mean(s[key] for s in scores if s[key] is not None) for key in scores[0]}


def test_text_of_other_publishers_against_the_truth(shared_papers, monkeypatch):
    """Articles of layouts that the 25 do not have; signs and unreadable fonts count here too."""
    monkeypatch.setattr(sys, "path", [str(shared_papers), *sys.path])
    with (shared_papers / "more.csv").open() as file:
        files = [shared_papers / record["file"] for record in csv.DictReader(file)]
    blocks, rejected, readings = parse_papers(files, timeout_s=120, memory_mb=2000)
    rows, *_ = clean_papers(blocks, SETTINGS, readings)
    assert rejected.num_rows == 0
    mean = mean_scores(shared_papers, "more.csv", rows)
    assert {name: mean[name] for name, least in AT_LEAST_ELSEWHERE.items() if mean[name] < least} == {}
    assert {name: mean[name] for name, most in AT_MOST_ELSEWHERE.items() if mean[name] > most} == {}


def test_an_article_reads_the_same_however_its_lines_are_drawn_and_whatever_its_size(shared_papers):
    """Pages scaled by 1.4, and pages whose lines are drawn in rows across the columns."""
    seq = pytest.importorskip("rapidfuzz.distance").LCSseq
    with pymupdf.open(shared_papers / "articles/PMC4521097.pdf") as document:
        pages = [read_page(page) for page in document]
    plain = _words(pages)
    assert seq.normalized_similarity(plain, _words(list(map(_scale, pages)))) > 0.999
    rows = [
        replace(page, lines=tuple(sorted(page.lines, key=lambda line: (round(line.baseline), line.x0))))
        for page in pages
    ]
    assert seq.normalized_similarity(plain, _words(rows)) > 0.97


def _scale(page):
    names = ("x0", "y0", "x1", "y1", "size", "baseline")
    lines = [replace(line, **{name: 1.4 * getattr(line, name) for name in names}) for line in page.lines]
    return replace(page, width=1.4 * page.width, height=1.4 * page.height, lines=tuple(lines))


def _words(pages):
    """Kept words of an article, from its pages."""
    blocks = pa.Table.from_pylist([block | {"paper": "one"} for block in blocks_of_pages(pages)], schema=BLOCKS)
    return " ".join(clean_papers(blocks, SETTINGS)[0]["text"].to_pylist()).split()
