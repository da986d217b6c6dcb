"""What was lost of each paper that was read: pages, fonts, and signs that no font gives a meaning."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from further.corpus.clean.unknown import count_unknown
from further.corpus.schemas import KEPT, LOSSES


def list_losses(blocks: pa.Table, decisions: pa.Table, readings: pa.Table, max_unknown_signs: int) -> pa.Table:
    """One row per paper that was read, with what is missing of it.

    Args:
        blocks: Blocks of the papers (BLOCKS).
        decisions: What became of each block (DECISIONS), in the same order.
        readings: How much of the files was read (READINGS).
        max_unknown_signs: Unknown signs beside numbers or units above which a paper is flagged.

    Returns:
        The losses (LOSSES), sorted by paper.
    """
    signs, at_numbers = Counter[str](), Counter[str]()
    columns = (blocks["paper"].to_pylist(), blocks["text"].to_pylist(), decisions["reason"].to_pylist())
    for paper, text, reason in zip(*columns, strict=True):
        if reason == KEPT:
            found, beside = count_unknown(text)
            signs[paper] += found
            at_numbers[paper] += beside
    rows = []
    for reading in sorted(readings.to_pylist(), key=lambda reading: str(reading["paper"])):
        paper = reading["paper"]
        damaged = bool(reading["unread_pages"] or reading["damaged_pages"] or reading["repaired"])
        row = reading | {"unknown_signs": signs[paper], "unknown_at_numbers": at_numbers[paper]}
        rows.append(row | {"flagged": damaged or at_numbers[paper] > max_unknown_signs})
    return pa.Table.from_pylist(rows, LOSSES)


def say_losses(row: Mapping[str, Any]) -> list[str]:
    """One row of the losses as sentences for people; none if nothing was lost.

    Args:
        row: A row of LOSSES.
    """
    pages, signs, beside = row["pages"], row["unknown_signs"], row["unknown_at_numbers"]
    parts = [
        (row["unread_pages"], f"{_say_pages(row['unread_pages'], pages)} cannot be read."),
        (row["damaged_pages"], f"{_say_pages(row['damaged_pages'], pages)} could be read in part only."),
        (row["repaired"], "The file is damaged: its table of contents was rebuilt, and text may be missing."),
        (row["unread_fonts"], f"Fonts that cannot be read: {', '.join(row['unread_fonts'])}."),
        (signs, f"{signs} signs of the kept text have no meaning, {beside} of them beside a number or a unit."),
    ]
    return [sentence for lost, sentence in parts if lost]


def _say_pages(numbers: Sequence[int], pages: int) -> str:
    """Such as "3 of 12 pages (2, 5, 6)"."""
    return f"{len(numbers)} of {pages} pages ({', '.join(map(str, numbers))})"
