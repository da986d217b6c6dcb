"""What the report is made from: the files that the other stages left, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from further.io import read_json, read_table

ROW_COLUMNS = ["paper", "section"]
TOKEN_COLUMNS = ["document", "split", "num_tokens", "num_words", "num_bytes", "sha256"]


@dataclass(frozen=True)
class ReportFiles:
    """Where the other stages' results lie.

    Attributes:
        comparison: Scores before and after, JSON.
        law: The fitted scaling law, JSON.
        samples: Continuations of the prompts, JSON.
        rejected: Papers that could not be read, Parquet.
        ledger: Characters by paper and reason, Parquet.
        split: Papers by split, Parquet.
        runs: One folder per run, named as the run, with metrics.json, history.parquet and timing.json.
        rows: Paragraphs of the corpus, Parquet; None leaves their count out.
        tokens: Token streams of the papers, Parquet; None leaves their count out.
        memorization: Paragraphs continued word for word, JSON, null where switched off; None leaves it out.
        terms: Words whose probability changed, JSON, null where switched off; None leaves them out.
        plan: What each run was expected to take, tab-separated; None leaves it out.
        jobs: Snakemake's notes of the time of jobs that train or run a model, by their purpose; None leaves it out.
    """

    comparison: Path
    law: Path
    samples: Path
    rejected: Path
    ledger: Path
    split: Path
    runs: Sequence[Path]
    rows: Path | None = None
    tokens: Path | None = None
    memorization: Path | None = None
    terms: Path | None = None
    plan: Path | None = None
    jobs: Mapping[str, Sequence[str]] | None = None


@dataclass(frozen=True)
class ReportInputs:
    """The loaded results of one study; the shapes are those of the stages' files.

    Attributes:
        title: The study's name, shown as the page's heading.
        comparison: Scores before and after by run, and by quantization.
        law: The fitted scaling law.
        samples: Continuations, one mapping each.
        rejected: Columns paper, file, reason, detail, pages.
        ledger: Columns paper, reason, characters.
        split: Columns paper, split, num_words.
        metrics: By run, what training measured.
        history: By run, the learning curve.
        timing: By run, seconds, speed, memory and hardware.
        provenance: Versions, configuration, hardware, code digest; any nesting of mappings, lists and scalars.
        rows: Columns paper, section; None if not given.
        tokens: Columns document, split, num_tokens, num_words, num_bytes, sha256 (of the text); None if not given.
        memorization: Paragraphs continued word for word by base and adapted model; None if not measured.
        terms: Words whose probability rose and fell; None if not measured.
        plan: By run, columns seconds_low and seconds_high: what it was expected to take; None if not given.
        rules: Pairs of a rule and one that needs its files.
        jobs: Columns kind, job and seconds of every job that trains or runs a model; None if not given.
    """

    title: str
    comparison: Mapping[str, Any]
    law: Mapping[str, Any]
    samples: Sequence[Mapping[str, Any]]
    rejected: pd.DataFrame
    ledger: pd.DataFrame
    split: pd.DataFrame
    metrics: Mapping[str, Mapping[str, Any]]
    history: Mapping[str, pd.DataFrame]
    timing: Mapping[str, Mapping[str, Any]]
    provenance: Mapping[str, Any]
    rows: pd.DataFrame | None = None
    tokens: pd.DataFrame | None = None
    memorization: Mapping[str, Any] | None = None
    terms: Mapping[str, Any] | None = None
    plan: pd.DataFrame | None = None
    rules: Sequence[tuple[str, str]] = ()
    jobs: pd.DataFrame | None = None


def read_inputs(
    files: ReportFiles, title: str, provenance: Mapping[str, Any], rules: Sequence[tuple[str, str]] = ()
) -> ReportInputs:
    """Read every file of a study that the report needs.

    Args:
        files: Where they lie.
        title: The study's name.
        provenance: What the study was made with and from.
        rules: Pairs of a rule and one that needs its files.

    Raises:
        FileNotFoundError: If a file is absent.
    """
    folders = {folder.name: folder for folder in files.runs}
    return ReportInputs(
        title=title,
        comparison=read_json(files.comparison),
        law=read_json(files.law),
        samples=read_json(files.samples),
        rejected=read_table(files.rejected),
        ledger=read_table(files.ledger),
        split=read_table(files.split),
        metrics={run: read_json(folder / "metrics.json") for run, folder in folders.items()},
        history={run: read_table(folder / "history.parquet") for run, folder in folders.items()},
        timing={run: read_json(folder / "timing.json") for run, folder in folders.items()},
        provenance=provenance,
        rows=_read_columns(files.rows, ROW_COLUMNS),
        tokens=_read_columns(files.tokens, TOKEN_COLUMNS),
        memorization=None if files.memorization is None else read_json(files.memorization),
        terms=None if files.terms is None else read_json(files.terms),
        plan=None if files.plan is None else pd.read_csv(files.plan, sep="\t", index_col="run"),
        rules=rules,
        jobs=None if files.jobs is None else read_jobs(files.jobs),
    )


def _read_columns(path: Path | None, columns: list[str]) -> pd.DataFrame | None:
    """Only some columns of a table: the text and the token ids of a large corpus stay on disk."""
    return None if path is None else pq.read_table(path, columns=columns).to_pandas()


def read_jobs(files: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Snakemake's notes of jobs, from their start to their end, of the last attempt where there were several.

    Args:
        files: Paths of the notes by what the jobs were for, named as the job; one that is gone is not known.

    Returns:
        Columns kind, job and seconds, one row per job; seconds are NaN where not known.
    """
    rows = [(kind, Path(file).stem, _read_seconds(Path(file))) for kind, paths in files.items() for file in paths]
    return pd.DataFrame(rows, columns=["kind", "job", "seconds"])


def _read_seconds(file: Path) -> float:
    return float(pd.read_csv(file, sep="\t")["s"].sum()) if file.is_file() else float("nan")


def count_papers(inputs: ReportInputs) -> dict[str, int]:
    """Papers given, rejected and used."""
    used, rejected = len(inputs.split), len(inputs.rejected)
    return {"given": used + rejected, "rejected": rejected, "used": used}


def order_runs(inputs: ReportInputs) -> list[tuple[str, Mapping[str, Any]]]:
    """Runs with their metrics, the default run first."""
    default = inputs.comparison["default_run"]
    return sorted(inputs.metrics.items(), key=lambda item: (item[0] != default, item[0]))
