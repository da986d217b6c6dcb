"""The bundled articles: Markdown text with a fixed set of parts, read into records.

A test holds the articles to the format: front matter, a notice, `## Abstract`, sections with one table and one figure
among them, and `## References`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).resolve().parents[3] / "resources" / "demo" / "articles"
Kind = Literal["heading", "subheading", "paragraph", "item", "table", "figure"]


@dataclass(frozen=True)
class Block:
    """One part of an article's body; `rows` are a table's, the header first."""

    kind: Kind
    text: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Article:
    """One article, in the order in which it is printed."""

    title: str
    running_head: str
    keywords: tuple[str, ...]
    notice: str
    abstract: tuple[str, ...]
    body: tuple[Block, ...]
    references: tuple[str, ...]


def parse_article(text: str) -> Article:
    """Parse an article's Markdown.

    Raises:
        ValueError: If it has no front matter, no Abstract or no References.
    """
    _, front, rest = text.split("---\n", 2)
    pairs = (line.partition(":") for line in front.splitlines())
    head = {key.strip(): value.strip() for key, _, value in pairs}
    # A heading need not be followed by a blank line.
    spaced = re.sub(r"^(#+ .*)$", r"\n\1\n", rest, flags=re.MULTILINE)
    notice, *chunks = [chunk.strip() for chunk in re.split(r"\n\s*\n", spaced) if chunk.strip()]
    blocks = [block for chunk in chunks for block in _parse_chunk(chunk)]
    # The abstract's paragraphs are set apart from the body, which begins at the heading behind them.
    first, last = blocks.index(Block("heading", "Abstract")), blocks.index(Block("heading", "References"))
    body = next(place for place, block in enumerate(blocks) if place > first and block.kind == "heading")
    return Article(
        title=head["title"],
        running_head=head["running_head"],
        keywords=tuple(word.strip() for word in head["keywords"].split(";")),
        notice=" ".join(line.removeprefix(">").strip() for line in notice.splitlines()),
        abstract=tuple(block.text for block in blocks[first + 1 : body]),
        body=tuple(blocks[body:last]),
        references=tuple(re.sub(r"^\d+\. ", "", line.strip()) for line in chunks[-1].splitlines()),
    )


def _parse_chunk(chunk: str) -> Iterator[Block]:
    first, *rest = chunk.splitlines()
    if first.startswith("## "):
        yield Block("heading", first[3:].strip())
    elif first.startswith("### "):
        yield Block("subheading", first[4:].strip())
    elif first.startswith("- "):
        yield from (Block("item", " ".join(item.split())) for item in re.split(r"^- ", chunk, flags=re.M) if item)
    elif re.match(r"Table \d+\. \S", first):
        header, _, *rows = [tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in rest]
        yield Block("table", first, (header, *rows))
    else:
        kind: Kind = "figure" if re.match(r"Figure \d+\. \S", first) else "paragraph"
        yield Block(kind, " ".join([first, *rest]))
