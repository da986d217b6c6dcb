"""Pages of the papers as people see them: every block in its place, kept or dropped and why."""

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from jinja2 import Environment, PackageLoader, StrictUndefined

from further.corpus.clean.losses import say_losses
from further.corpus.clean.lost import lost_of_paper
from further.corpus.clean.unknown import UNKNOWN, unknown_length
from further.corpus.schemas import DROP_REASONS, KEPT, REJECTED_PAPER
from further.io import write_text

Record = dict[str, Any]

REASONS = (KEPT, *(reason for reason in DROP_REASONS if reason != REJECTED_PAPER))
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
MAX_TITLE = 240
"""Characters of a block's text that its tooltip shows."""
LETTER_WIDTH = 0.56
"""Of the font size; a line is set smaller where its letters would be wider than its block."""
MARGIN = 24.0
"""Points below a page's last block."""


@dataclass(frozen=True)
class Paper:
    """One paper in the index.

    Attributes:
        name: Its name.
        split: train, validation, test, or "" if it is in none.
        refusal: Why it was rejected, "" if it was not.
        pages: Number of pages, None where not known.
        shares: Reason and share of its characters, kept first; empty if it could not be read.
        lost: Prose that was dropped under a label that seldom holds any, lines of DROPPED_PROSE.
        losses: Sentences on what is missing of it.
        flagged: Whether that is worth a look.
        told: "font: glyph is sign" for signs that were told by their outlines.
    """

    name: str
    split: str
    refusal: str
    pages: int | None
    shares: list[tuple[str, float]]
    lost: list[Record] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    flagged: bool = False
    told: list[str] = field(default_factory=list)

    @property
    def lost_words(self) -> int:
        """Words of the prose that was dropped."""
        return sum(line["num_words"] for line in self.lost)


def write_view(shards: Sequence[tuple[Path, Path]], tables: Mapping[str, Path], index: Path, folder: Path) -> None:
    """Write one HTML file per paper, and an index of them.

    Args:
        shards: Files of blocks (BLOCKS) and of decisions (DECISIONS), shard by shard; one is in memory at a time.
        tables: Files of the tables repeats (REPEATS), rejected (REJECTED), split (SPLIT) and losses (LOSSES).
        index: The index to write.
        folder: Folder for the papers' files, beside the index.
    """
    environment = Environment(
        loader=PackageLoader("further.corpus"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals |= {"colors": {reason: f"r{number}" for number, reason in enumerate(REASONS)}}
    page = environment.get_template("paper.html.jinja")
    folder.mkdir(parents=True, exist_ok=True)
    lines = {name: pq.read_table(path).to_pylist() for name, path in tables.items()}
    repeats = {(line["paper"], line["row"]): line for line in lines["repeats"]}
    refusals = {line["paper"]: f"{line['reason']}: {line['detail']}" for line in lines["rejected"]}
    split = {line["paper"]: line["split"] for line in lines["split"]}
    losses = {line["paper"]: line for line in lines["losses"]}
    drawn = {
        line["paper"]: Paper(line["paper"], "", refusals[line["paper"]], line["pages"], [])
        for line in lines["rejected"]
    }
    for name, blocks in _papers(shards):
        explain(blocks, repeats)
        pages = lay_out(blocks)
        lost = losses[name]
        paper = Paper(
            name,
            split.get(name, ""),
            refusals.get(name, ""),
            lost["pages"],
            count_shares(blocks),
            list(lost_of_paper(blocks)),
            say_losses(lost),
            lost["flagged"],
            lost["told_signs"],
        )
        write_text(folder / f"{name}.html", page.render(paper=paper, pages=pages, index=index.name))
        drawn[name] = paper
    ordered = [drawn[name] for name in sorted(drawn)]
    text = environment.get_template("index.html.jinja").render(papers=ordered, folder=folder.name)
    write_text(index, text)


def _papers(shards: Sequence[tuple[Path, Path]]) -> Iterator[tuple[str, list[Record]]]:
    """Names and blocks of all papers, with what became of each block."""
    for blocks, decisions in shards:
        decided = {(line["paper"], line["block"]): line for line in pq.read_table(decisions).to_pylist()}
        table = pq.read_table(blocks)
        for name, group in groupby(range(table.num_rows), table["paper"].to_pylist().__getitem__):
            numbers = list(group)
            part = table.slice(numbers[0], len(numbers)).to_pylist()
            yield name, [block | decided[name, block["block"]] for block in part]


def explain(blocks: Sequence[Record], repeats: Mapping[tuple[str, int], Record]) -> None:
    """Give each block its final reason, and a `note` on what a repeated paragraph repeats."""
    for block in blocks:
        repeat = repeats.get((block["paper"], block["row"]))
        block["note"] = ""
        if repeat is not None:
            block["reason"] = repeat["reason"]
            block["note"] = f" ({repeat['similarity']:.0%} like row {repeat['like_row']} of {repeat['like_paper']})"


def count_shares(blocks: Sequence[Record]) -> list[tuple[str, float]]:
    """Reasons and their shares of a paper's characters, in the order of REASONS."""
    count = Counter[str]()
    for block in blocks:
        unknown = unknown_length(block["text"]) if block["reason"] == KEPT else 0
        count[block["reason"]] += len(block["text"]) - unknown
        count["unknown sign"] += unknown
    total = max(1, count.total())
    return [(reason, count[reason] / total) for reason in REASONS if count[reason]]


def lay_out(blocks: Sequence[Record]) -> list[Record]:
    """Pages with their size and their blocks, in points.

    The blocks' extent stands for a page's size, which is not kept; a page with little on it is as large as most.

    Args:
        blocks: Blocks of one paper.

    Returns:
        One dictionary per page: number, width, height, blocks; each block with its `lines` to draw.
    """
    left = max(0.0, min(block["x0"] for block in blocks))
    groups: dict[int, list[Record]] = {}
    for block in blocks:
        groups.setdefault(block["page"], []).append(block)
    widths = {number: max(block["x1"] for block in group) + left for number, group in groups.items()}
    heights = {number: max(block["y1"] for block in group) + MARGIN for number, group in groups.items()}
    usual = statistics.median(widths.values()), statistics.median(heights.values())
    return [
        {
            "number": number,
            "width": round(max(usual[0], widths[number]), 1),
            "height": round(max(usual[1], heights[number]), 1),
            "blocks": [_shape(block) for block in groups[number]],
        }
        for number in sorted(groups)
    ]


def _shape(block: Record) -> Record:
    """What is drawn of a block: its box, its lines at even steps, and words for the tooltip."""
    unknown = block["reason"] == KEPT and unknown_length(block["text"]) > 0
    text = CONTROL.sub("\ufffd", UNKNOWN.sub("\ufffd", block["text"]))
    lines = text.split("\n")
    width, step = block["x1"] - block["x0"], (block["y1"] - block["y0"]) / len(lines)
    longest = max(1, *map(len, lines))
    size = min(block["font_size"], 1.1 * step, width / (LETTER_WIDTH * longest))
    placed = [(round(block["y0"] + (number + 0.8) * step, 1), line) for number, line in enumerate(lines)]
    box = {name: round(block[name], 1) for name in ("x0", "y0")}
    kept = block["reason"] == KEPT
    label = "" if block["row"] is None else f", row {block['row']}"
    title = f"{block['reason']}{block['note']}{label}, {block['kind']}: {' '.join(text.split())[:MAX_TITLE]}"
    title += " (� is a sign without a meaning)" if unknown else ""
    return box | {
        "width": round(max(1.0, width), 1),
        "height": round(max(1.0, block["y1"] - block["y0"]), 1),
        "size": round(max(1.0, size), 1),
        "lines": placed,
        "reason": block["reason"],
        "unknown": unknown,
        "mark": (str(block["row"]) if block["row"] is not None else "") if kept else block["reason"],
        "title": title,
    }
