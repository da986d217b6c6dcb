"""`further inspect`: one paper through parsing and cleaning, with its pages drawn and its characters counted."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from further.corpus.clean.losses import list_losses, say_losses
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.children import parse_papers
from further.corpus.schemas import BLOCKS, DECISIONS, LOSSES, REJECTED, REPEATS, SPLIT
from further.corpus.view import write_view
from further.corpus.words import count_words
from further.io import write_table


def inspect_paper(paper: Path, folder: Path, corpus: Mapping[str, Any]) -> list[str]:
    """Parse and clean one paper as a study would, and draw its pages.

    What depends on other papers is left out: duplicates and repeated paragraphs.

    Args:
        paper: The PDF.
        folder: Where to write `index.html` and the paper's pages.
        corpus: Section `corpus` of a checked configuration.

    Returns:
        Lines that say what became of its characters.

    Raises:
        ValueError: If there is no such file.
    """
    if not paper.is_file():
        raise ValueError(f"there is no file {paper}")
    blocks, unreadable, readings = parse_papers(
        [paper],
        timeout_s=corpus["timeout_s"],
        memory_mb=corpus["memory_mb"],
        password=corpus["passwords"],
        ocr=corpus["ocr_language"] if corpus["ocr"] else "",
    )
    rows, ledger, short, decisions = clean_papers(blocks, _settings(corpus), readings)
    rejected = pa.concat_tables([unreadable, short])
    losses = list_losses(blocks, decisions, readings, corpus["max_unknown_signs"])
    tables = {"blocks": (blocks, BLOCKS), "decisions": (decisions, DECISIONS), "losses": (losses, LOSSES)}
    _draw(tables | {"rejected": (rejected, REJECTED), "repeats": ([], REPEATS), "split": ([], SPLIT)}, folder)
    lost = [sentence for row in losses.to_pylist() for sentence in say_losses(row)]
    return [
        *_say_paper(paper, rows, rejected),
        *_say_ledger(ledger),
        *lost,
        f"Pages: {(folder / 'index.html').resolve()}",
    ]


def _settings(corpus: Mapping[str, Any]) -> CleanSettings:
    return CleanSettings(
        keep_captions=corpus["keep_captions"],
        keep_citations=corpus["keep_citations"],
        keep_headings=corpus["keep_headings"],
        min_words=corpus["min_words"],
        language=corpus["language"],
        drop_sections=tuple(corpus["drop_sections"]),
        max_damaged_fraction=corpus["max_damaged_fraction"],
    )


def _draw(tables: Mapping[str, tuple[pa.Table | list[Any], pa.Schema]], folder: Path) -> None:
    """The page-by-page view, from the tables that a study would hold."""
    with TemporaryDirectory() as name:
        files = {table: Path(name) / f"{table}.parquet" for table in tables}
        for table, (rows, schema) in tables.items():
            write_table(files[table], rows, schema)
        shard = (files.pop("blocks"), files.pop("decisions"))
        write_view([shard], files, folder / "index.html", folder / "pages")


def _say_paper(paper: Path, rows: pa.Table, rejected: pa.Table) -> list[str]:
    if rejected.num_rows:
        line = rejected.to_pylist()[0]
        return [f"{paper.name} would be rejected: {line['reason']} ({line['detail']})"]
    words = sum(count_words(text) for text in rows["text"].to_pylist())
    return [f"{paper.name}: {rows.num_rows} paragraphs and headings, {words:,} words kept"]


def _say_ledger(ledger: pa.Table) -> list[str]:
    """Characters by reason, kept first, then by number."""
    lines = [line for line in ledger.to_pylist() if line["characters"]]
    total = sum(line["characters"] for line in lines)
    lines.sort(key=lambda line: (line["reason"] != "kept", -line["characters"]))
    return [f"  {line['reason']:<20} {line['characters']:>9,}  {line['characters'] / total:6.1%}" for line in lines]
