"""Papers that are there twice, and paragraphs that were there before, also across the splits."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from further.corpus.schemas import DUPLICATE, KEPT, LEDGER, REJECTED, REJECTED_PAPER, REPEATS, SPLIT
from further.corpus.select.similar import SimilarTexts, count_plain_words

log = logging.getLogger(__name__)

SPLITS = ("test", "validation", "train")
"""In the order in which paragraphs are taken: what a held-out paper holds is not trained on."""


def reject_duplicates(
    rows: pa.Table, rejected: pa.Table, threshold: float | None, files: Mapping[str, str]
) -> pa.Table:
    """Reject papers whose text is that of a paper with an earlier name.

    Args:
        rows: Rows of all papers (ROWS).
        rejected: Papers rejected before (REJECTED).
        threshold: Share of word sequences from which two papers are one, in (0, 1]; None rejects none.
        files: What the file of each paper is called.

    Returns:
        Rejected papers, with one line for each duplicate that names the paper it repeats. Rows and ledger stay as they
        are; `without_duplicates` and `drop_repeats` leave its text out.
    """
    found = {} if threshold is None else _find_duplicates(rows, threshold, files)
    lines = [
        {"paper": paper, "file": files[paper], "reason": DUPLICATE, "detail": detail} for paper, detail in found.items()
    ]
    for line in lines:
        log.warning("%(paper)s rejected: duplicate (%(detail)s)", line)
    return pa.concat_tables([rejected, pa.Table.from_pylist(lines, REJECTED)]).sort_by("paper")


def without_duplicates(rows: pa.Table, rejected: pa.Table) -> pa.Table:
    """The rows of papers that no other paper repeats.

    Args:
        rows: Rows of all papers (ROWS).
        rejected: Rejected papers, the duplicates among them (REJECTED).
    """
    found = _name_duplicates(rejected)
    return rows.filter(pa.array([paper not in found for paper in rows["paper"].to_pylist()], pa.bool_()))


def _name_duplicates(rejected: pa.Table) -> set[str]:
    return {line["paper"] for line in rejected.to_pylist() if line["reason"] == DUPLICATE}


def _find_duplicates(rows: pa.Table, threshold: float, files: Mapping[str, str]) -> dict[str, str]:
    """Papers that repeat another, in the order of their names, with what they repeat."""
    texts: dict[str, list[str]] = {}
    for paper, text in zip(rows["paper"].to_pylist(), rows["text"].to_pylist(), strict=True):
        texts.setdefault(paper, []).append(text)
    known, names, found = SimilarTexts(threshold), list[str](), dict[str, str]()
    for paper in sorted(texts):
        match = known.match_or_add("\n".join(texts[paper]))
        if match is None:
            names.append(paper)
        else:
            found[paper] = f"the text of {files[names[match[0]]]}: {match[1]:.0%} of their word sequences are shared"
    return found


def drop_repeats(
    rows: pa.Table,
    ledger: pa.Table,
    rejected: pa.Table,
    split: pa.Table,
    *,
    threshold: float | None,
    min_words: int,
) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """Drop paragraphs that were there before: test papers first, then validation, then training, each by name.

    Args:
        rows: Rows of all papers (ROWS), each paper's together and in order.
        ledger: Characters by paper and reason (LEDGER).
        rejected: Rejected papers (REJECTED); of those that are there twice, all characters are a rejected paper's.
        split: Split of the papers (SPLIT).
        threshold: Share of word sequences from which two paragraphs are one, in (0, 1]; None drops none.
        min_words: Words under which a row is never dropped: headings and stock phrases repeat.

    Returns:
        Rows without the repeated ones, whose numbers are left out; the ledger with their characters moved from kept to
        the reason; the split with the words that are left, without papers that have none; and the repeats (REPEATS).
    """
    rows = without_duplicates(rows, rejected)
    lines, duplicates = rows.to_pylist(), _name_duplicates(rejected)
    by_paper = {line["paper"]: line["split"] for line in split.to_pylist()}
    repeats = [] if threshold is None else _find_repeats(lines, by_paper, threshold, min_words)
    reasons = {(line["paper"], line["row"]): line["reason"] for line in repeats}
    moved, words, kept = Counter[tuple[str, str]](), Counter[str](), []
    for line in ledger.to_pylist():
        moved[line["paper"], REJECTED_PAPER if line["paper"] in duplicates else line["reason"]] += line["characters"]
    for line in lines:
        reason = reasons.get((line["paper"], line["row"]))
        kept.append(reason is None)
        if reason is None:
            words[line["paper"]] += len(line["text"].split())
        else:
            moved[line["paper"], KEPT] -= line["characters"]
            moved[line["paper"], reason] += line["characters"]
    for reason, number in Counter(reasons.values()).items():
        log.info("%d paragraphs dropped: %s", number, reason)
    left = [line | {"num_words": words[line["paper"]]} for line in split.to_pylist() if words[line["paper"]]]
    tables = (rows.filter(pa.array(kept, pa.bool_())), _make_ledger(moved))
    return *tables, pa.Table.from_pylist(left, SPLIT), pa.Table.from_pylist(repeats, REPEATS)


def _find_repeats(
    lines: Sequence[Mapping[str, Any]], split: Mapping[str, str], threshold: float, min_words: int
) -> list[dict[str, Any]]:
    """One line per repeated row (REPEATS), sorted by paper and row."""
    known, kept, repeats = SimilarTexts(threshold), list[Mapping[str, Any]](), []
    # Test papers come first, so that a paragraph in two splits is lost to the one that is not held out.
    for line in sorted(lines, key=lambda line: (SPLITS.index(split[line["paper"]]), line["paper"], line["row"])):
        if count_plain_words(line["text"]) < min_words:
            continue
        match = known.match_or_add(line["text"])
        if match is None:
            kept.append(line)
            continue
        first, own = kept[match[0]], split[line["paper"]]
        reason = "repeated paragraph" if split[first["paper"]] == own else f"also in {split[first['paper']]}"
        place = {name: line[name] for name in ("paper", "row", "characters")} | {"reason": reason}
        repeats.append(place | {"like_paper": first["paper"], "like_row": first["row"], "similarity": match[1]})
    return sorted(repeats, key=lambda line: (line["paper"], line["row"]))


def _make_ledger(counts: Mapping[tuple[str, str], int]) -> pa.Table:
    lines = [
        {"paper": paper, "reason": reason, "characters": characters}
        for (paper, reason), characters in sorted(counts.items())
        if characters
    ]
    return pa.Table.from_pylist(lines, LEDGER)
