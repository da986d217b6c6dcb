"""Papers and paragraphs that are there twice; no character is lost from the account."""

import random

import pyarrow as pa
import pymupdf
import pytest

from corpus.made import LEADING, SIZE, write
from facts import tells
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.children import parse_papers
from further.corpus.schemas import LEDGER, REJECTED, REPEATS, ROWS, SPLIT
from further.corpus.select.duplicates import drop_repeats, reject_duplicates, without_duplicates

CHARACTERS = 300
NONE = REJECTED.empty_table()
FILES = {name: f"{name.title()} 2020.pdf" for name in ("a", "b", "c", "first", "second", "third")}


def paragraph(seed, number=30):
    chance = random.Random(seed)
    return " ".join(f"word{chance.randrange(9999)}" for _ in range(number))


def corpus(papers):
    """Rows and ledger of papers, from the seeds of their paragraphs; each has 50 characters of references too."""
    rows, ledger = [], []
    for paper, seeds in papers.items():
        for number, seed in enumerate(seeds):
            text = seed if isinstance(seed, str) else paragraph(seed)
            rows.append({"paper": paper, "row": number, "text": text, "characters": CHARACTERS, "page": 1})
        ledger += [
            {"paper": paper, "reason": "kept", "characters": CHARACTERS * len(seeds) + 7},
            {"paper": paper, "reason": "reference", "characters": 50},
        ]
    return pa.Table.from_pylist(rows, ROWS), pa.Table.from_pylist(ledger, LEDGER)


def split_of(**names):
    lines = [{"paper": paper, "split": name, "num_words": 0} for paper, name in names.items()]
    return pa.Table.from_pylist(lines, SPLIT)


def account(ledger):
    count = {}
    for line in ledger.to_pylist():
        count.setdefault(line["paper"], {})[line["reason"]] = line["characters"]
    return count


def places(rows):
    return list(zip(rows["paper"].to_pylist(), rows["row"].to_pylist(), strict=True))


def test_the_second_of_two_papers_is_rejected_and_names_the_first():
    rows, ledger = corpus({"b": [1, 2, 3, 4], "a": [1, 2, 3], "c": [5, 6]})
    rejected = reject_duplicates(rows, NONE, 0.5, FILES)
    assert set(without_duplicates(rows, rejected)["paper"].to_pylist()) == {"a", "c"}
    (line,) = rejected.to_pylist()
    assert (line["paper"], line["file"], line["reason"]) == ("b", "B 2020.pdf", "duplicate")
    # 90 words make 86 sequences and 120 make 116, which hold them all: 86 of 116.
    assert tells(line["detail"], "A 2020.pdf", "74%")
    split = split_of(a="test", c="train")
    rows, ledger, *_ = drop_repeats(rows, ledger, rejected, split, threshold=0.7, min_words=20)
    assert places(rows) == [("a", 0), ("a", 1), ("a", 2), ("c", 0), ("c", 1)]
    assert account(ledger)["b"] == {"rejected paper": 4 * CHARACTERS + 7 + 50}
    assert account(ledger)["a"] == {"kept": 3 * CHARACTERS + 7, "reference": 50}


def test_papers_that_share_a_paragraph_are_two_papers():
    rows, _ = corpus({"a": [1, 2, 3], "b": [1, 4, 5]})
    assert without_duplicates(rows, reject_duplicates(rows, NONE, 0.5, FILES)).num_rows == 6


def test_nothing_is_rejected_when_switched_off_and_what_was_rejected_stays():
    rows, _ = corpus({"a": [1], "b": [1]})
    before = pa.Table.from_pylist([{"paper": "z", "reason": "scanned"}], REJECTED)
    after = reject_duplicates(rows, before, None, FILES)
    assert after.equals(before) and without_duplicates(rows, after).equals(rows)


def test_a_repeated_paragraph_goes_from_the_later_place():
    rows, ledger = corpus({"a": [1, 2, 1], "b": [3, 2]})
    rows, ledger, _, repeats = drop_repeats(
        rows, ledger, NONE, split_of(a="train", b="train"), threshold=0.7, min_words=20
    )
    assert places(rows) == [("a", 0), ("a", 1), ("b", 0)]
    assert repeats.schema == REPEATS
    assert [(r["paper"], r["row"], r["reason"], r["like_paper"], r["like_row"]) for r in repeats.to_pylist()] == [
        ("a", 2, "repeated paragraph", "a", 0),
        ("b", 1, "repeated paragraph", "a", 1),
    ]
    assert account(ledger)["a"] == {"kept": 2 * CHARACTERS + 7, "reference": 50, "repeated paragraph": CHARACTERS}


def test_what_a_held_out_paper_holds_is_dropped_from_training_whatever_the_names():
    papers = {"a": [1, 2, 3], "b": [1, 4], "c": [2, 4, 5]}
    rows, ledger = corpus(papers)
    total = {paper: sum(reasons.values()) for paper, reasons in account(ledger).items()}
    split = split_of(a="train", b="validation", c="test")
    rows, ledger, left, repeats = drop_repeats(rows, ledger, NONE, split, threshold=0.7, min_words=20)
    assert places(rows) == [("a", 2), ("b", 0), ("c", 0), ("c", 1), ("c", 2)]
    reasons = {(r["paper"], r["row"]): r["reason"] for r in repeats.to_pylist()}
    assert reasons == {("a", 0): "also in validation", ("a", 1): "also in test", ("b", 1): "also in test"}
    assert {paper: sum(reasons.values()) for paper, reasons in account(ledger).items()} == total
    assert left["num_words"].to_pylist() == [30, 30, 90]


def test_a_paper_of_which_nothing_is_left_is_in_no_split():
    rows, ledger = corpus({"a": [1], "b": [1, 2]})
    _, ledger, left, _ = drop_repeats(rows, ledger, NONE, split_of(a="train", b="test"), threshold=0.7, min_words=20)
    assert left["paper"].to_pylist() == ["b"]
    assert account(ledger)["a"] == {"also in test": CHARACTERS, "kept": 7, "reference": 50}


def test_headings_and_stock_phrases_repeat_freely():
    rows, ledger = corpus({"a": ["Methods", 1], "b": ["Methods", 2]})
    after = drop_repeats(rows, ledger, NONE, split_of(a="train", b="test"), threshold=0.7, min_words=20)
    assert after[0].num_rows == 4 and after[3].num_rows == 0


def test_nothing_is_dropped_when_switched_off():
    rows, ledger = corpus({"a": [1], "b": [1]})
    after = drop_repeats(rows, ledger, NONE, split_of(a="train", b="test"), threshold=None, min_words=20)
    assert after[0].equals(rows) and after[1].equals(ledger) and after[3].num_rows == 0


def lay_out(path, lines, width):
    """A PDF of one column, its words set to lines of `width` letters."""
    document, line, y = pymupdf.open(), "", 10_000.0
    for word in [*" ".join(lines).split(), ""]:
        if word and len(line) + len(word) < width:
            line = f"{line} {word}".strip()
            continue
        if y > 700:
            page, y = document.new_page(), 80.0
        write(page, 60, y, [line], SIZE)
        line, y = word, y + LEADING
    document.save(path)


@pytest.mark.parametrize("width", [50, 75])
def test_one_text_in_two_layouts_is_one_paper(tmp_path, width):
    from corpus.made import prose

    lay_out(tmp_path / "first.pdf", prose(120, "one"), 90)
    lay_out(tmp_path / "second.pdf", prose(120, "one"), width)
    lay_out(tmp_path / "third.pdf", prose(120, "three"), 90)
    blocks, *_ = parse_papers(sorted(tmp_path.glob("*.pdf")), timeout_s=60, memory_mb=2000)
    settings = CleanSettings(keep_captions=False, keep_headings=True, min_words=100)
    rows, _, rejected, *_ = clean_papers(blocks, settings)
    rejected = reject_duplicates(rows, rejected, 0.5, FILES)
    assert rejected["paper"].to_pylist() == ["second"]
    assert set(without_duplicates(rows, rejected)["paper"].to_pylist()) == {"first", "third"}
