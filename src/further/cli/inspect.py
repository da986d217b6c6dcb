"""`further inspect`: one paper through parsing and cleaning, with its pages drawn and its characters counted."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from further.corpus.clean.losses import list_losses, say_losses
from further.corpus.clean.lost import find_lost
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.children import parse_papers
from further.corpus.schemas import BLOCKS, DECISIONS, LOSSES, REJECTED, REPEATS, SPLIT
from further.corpus.view import write_view
from further.corpus.words import count_words
from further.io import write_table
from further.settings import CorpusSettings


def inspect_papers(papers: Sequence[Path], folder: Path | None, corpus: CorpusSettings) -> list[str]:
    """Inspect papers one after the other; one that is not there stops none of the others.

    Args:
        papers: Files, or folders of them.
        folder: Where to write the pages; of several papers each gets a folder of its name in it. None: beside here.

    Returns:
        Lines that say what became of their characters.

    Raises:
        ValueError: If there is none of the files, or a folder holds none.
    """
    papers = [file for paper in papers for file in (_list_folder(paper) if paper.is_dir() else [paper])]
    absent = [paper for paper in papers if not paper.is_file()]
    if len(absent) == len(papers):
        raise ValueError(f"there is no file {', '.join(map(str, absent))}")
    lines = [f"there is no file {paper}" for paper in absent]
    for paper in papers:
        if paper not in absent:
            own = Path(f"{paper.stem}-pages") if folder is None else folder / paper.stem if papers[1:] else folder
            lines += inspect_paper(paper, own, corpus)
    return lines


def _list_folder(folder: Path) -> list[Path]:
    papers = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".pdf")
    if not papers:
        raise ValueError(f"folder {folder} holds no PDF (no file name ends in .pdf)")
    return papers


def inspect_paper(paper: Path, folder: Path, corpus: CorpusSettings) -> list[str]:
    """Parse and clean one paper as a study would, and draw its pages.

    What depends on other papers is left out: duplicates and repeated paragraphs.

    Args:
        folder: Where to write `index.html` and the paper's pages.

    Returns:
        Lines that say what became of its characters.
    """
    blocks, unreadable, readings = parse_papers(
        [paper],
        timeout_s=corpus.timeout_s,
        memory_mb=corpus.memory_mb,
        password=corpus.passwords,
        ocr=corpus.ocr_language if corpus.ocr else "",
    )
    kept = corpus.pick(*(field.name for field in fields(CleanSettings)))
    cleaning = CleanSettings(**kept | {"drop_sections": tuple(corpus.drop_sections)})
    rows, ledger, short, decisions = clean_papers(blocks, cleaning, readings)
    rejected = pa.concat_tables([unreadable, short])
    losses = list_losses(blocks, decisions, readings, corpus.max_unknown_signs)
    # The last two stay empty: what repeats, and which split a paper is in, only a whole study knows.
    tables = {"blocks": (blocks, BLOCKS), "decisions": (decisions, DECISIONS), "losses": (losses, LOSSES)}
    _draw(tables | {"rejected": (rejected, REJECTED), "repeats": ([], REPEATS), "split": ([], SPLIT)}, folder)
    said = [*_say_paper(paper, rows, rejected), *_say_ledger(ledger), *_say_lost(find_lost(blocks, decisions))]
    said += [sentence for row in losses.to_pylist() for sentence in say_losses(row)]
    return [*said, f"Pages: {(folder / 'index.html').resolve()}"]


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


def _say_lost(lost: pa.Table) -> list[str]:
    """Prose that was dropped under a label that seldom holds any."""
    return [
        f"  {line['num_words']} words dropped as {line['reason']} on page {line['page']}" for line in lost.to_pylist()
    ]
