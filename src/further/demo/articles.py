"""The bundled articles: Markdown text with a fixed set of parts, read into records."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).resolve().parents[3] / "resources" / "demo" / "articles"
HEAD_KEYS = ("title", "running_head", "keywords")
Kind = Literal["heading", "subheading", "paragraph", "item", "table", "figure"]

_CAPTION = re.compile(r"^(Table|Figure) \d+\. \S")
_REFERENCE = re.compile(r"^(\d+)\. (\S.*)$")
_RULE_CELL = re.compile(r"^:?-+:?$")
_UNSUPPORTED = re.compile(r"^(#{4,}|# |[*+] |```|!\[|>)")


@dataclass(frozen=True)
class Block:
    """One part of an article's body; `rows` (header first, cells of equal number) belongs to a table only."""

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


def read_article(path: Path) -> Article:
    """Read one article.

    Args:
        path: Markdown file in UTF-8.

    Raises:
        ValueError: If the file breaks the format; the message names the file and what is wrong.
    """
    try:
        return parse_article(path.read_text(encoding="utf-8"))
    except ValueError as error:  # a UnicodeDecodeError is one, too
        raise ValueError(f"{path.name}: {error}") from None


def parse_article(text: str) -> Article:
    """Parse an article's Markdown: front matter, notice, `## Abstract`, sections, `## References`.

    Raises:
        ValueError: If a part is missing, comes twice or has the wrong form.
    """
    head, chunks = _split_head(text)
    if not chunks or not chunks[0].startswith("> "):
        raise ValueError("the notice ('> Demonstration text ...') must follow the front matter")
    blocks = [block for chunk in chunks[1:] for block in _parse_chunk(chunk)]
    sections = _split_sections(blocks)
    if len(sections) < 3 or sections[0][0] != "Abstract" or sections[-1][0] != "References":
        raise ValueError(f"sections are {[name for name, _ in sections]}; expected Abstract first, References last")
    body = [b for name, part in sections[1:-1] for b in (Block("heading", name), *part)]
    _check_body(body)
    return Article(
        title=head["title"],
        running_head=head["running_head"],
        keywords=tuple(word.strip() for word in head["keywords"].split(";") if word.strip()),
        notice=" ".join(line.removeprefix(">").strip() for line in chunks[0].splitlines()),
        abstract=tuple(_only_paragraphs(sections[0][1])),
        body=tuple(body),
        references=tuple(_parse_references(chunks[-1], sections[-1][1])),
    )


def _split_head(text: str) -> tuple[dict[str, str], list[str]]:
    """Split front matter from the chunks between blank lines."""
    parts = text.replace("\r\n", "\n").split("---\n", 2)
    if len(parts) < 3 or parts[0].strip():
        raise ValueError("the file must begin with front matter between two lines of '---'")
    pairs = [line.partition(":") for line in parts[1].splitlines() if line.strip()]
    head = {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}
    if sorted(head) != sorted(HEAD_KEYS) or not all(head.values()):
        raise ValueError(f"front matter has {sorted(head)}; expected {sorted(HEAD_KEYS)}, none empty")
    # A heading need not be followed by a blank line.
    spaced = re.sub(r"^(#+ .*)$", r"\n\1\n", parts[2], flags=re.MULTILINE)
    return head, [chunk.strip() for chunk in re.split(r"\n\s*\n", spaced) if chunk.strip()]


def _parse_chunk(chunk: str) -> Iterator[Block]:
    """Turn the text between two blank lines into blocks."""
    first, *rest = chunk.splitlines()
    if first.startswith("## "):
        yield Block("heading", first[3:].strip())
    elif first.startswith("### "):
        yield Block("subheading", first[4:].strip())
    elif _UNSUPPORTED.match(first):
        raise ValueError(
            f"{first[:60]!r}: only '##', '###', paragraphs, '- ' items, one table and one figure are known"
        )
    elif first.startswith("- "):
        yield from (Block("item", " ".join(item.split())) for item in re.split(r"^- ", chunk, flags=re.M) if item)
    elif _CAPTION.match(first) and first.startswith("Figure"):
        yield Block("figure", " ".join([first, *rest]))
    elif first.startswith("|"):
        raise ValueError(f"{first[:60]!r}: a table must follow its caption ('Table 1. ...') without a blank line")
    elif _CAPTION.match(first):
        yield Block("table", first, _parse_rows(first, rest))
    else:
        yield Block("paragraph", " ".join([first, *rest]))


def _parse_rows(caption: str, lines: list[str]) -> tuple[tuple[str, ...], ...]:
    """Parse a pipe table: header, rule, rows."""
    rows = [tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in lines]
    if len(rows) < 3 or not all(_RULE_CELL.match(cell) for cell in rows[1]):
        raise ValueError(f"{caption[:60]!r}: a pipe table (header, rule, rows) must follow directly")
    if len({len(row) for row in rows}) > 1:
        raise ValueError(
            f"{caption[:60]!r}: rows have {[len(row) for row in rows]} cells; all must have the same number"
        )
    return (rows[0], *rows[2:])


def _split_sections(blocks: list[Block]) -> list[tuple[str, list[Block]]]:
    """Group blocks under their `##` heading."""
    if not blocks or blocks[0].kind != "heading":
        raise ValueError("'## Abstract' must follow the notice")
    sections: list[tuple[str, list[Block]]] = []
    for block in blocks:
        if block.kind == "heading":
            sections.append((block.text, []))
        else:
            sections[-1][1].append(block)
    empty = [name for name, part in sections if not part]
    if empty:
        raise ValueError(f"sections without text: {empty}")
    return sections


def _check_body(body: list[Block]) -> None:
    """One table and one figure, as the format asks."""
    for kind in ("table", "figure"):
        number = sum(block.kind == kind for block in body)
        if number != 1:
            raise ValueError(f"{number} of kind {kind}; expected exactly one between Abstract and References")


def _only_paragraphs(blocks: list[Block]) -> list[str]:
    """Texts of a section that may hold paragraphs only."""
    wrong = [block.kind for block in blocks if block.kind != "paragraph"]
    if wrong:
        raise ValueError(f"the abstract holds a {wrong[0]}; it may hold paragraphs only")
    return [block.text for block in blocks]


def _parse_references(chunk: str, blocks: list[Block]) -> list[str]:
    """Parse the numbered list; each line is one reference."""
    if len(blocks) != 1:
        raise ValueError("References must be one block of '1. ...' lines without blank lines")
    references = []
    for number, line in enumerate(chunk.splitlines(), start=1):
        match = _REFERENCE.match(line.strip())
        if match is None or int(match[1]) != number:
            raise ValueError(f"reference line {line[:60]!r}; expected it to begin with '{number}. '")
        references.append(match[2])
    return references
