"""What the page of a text study is made from: the records and tables that the other stages left, read once."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import pandas as pd
import pyarrow.parquet as pq

from further.io import read_table
from further.records.comparison import Comparison, TextSet
from further.records.general import GeneralTexts
from further.records.probes import Memorization, Samples, Terms
from further.records.questions import QuestionsFile
from further.records.training import Metrics, RunMetrics, Timing
from further.report.base_model import DEMO_ID
from further.report.guard import Guarded, read_guard
from further.report.wording import count_noun, join_words
from further.scaling.record import LawRecord
from further.settings import Settings

MOST_TEXTS = 4  # names of a user's own files of general text
CORPUS_VIEW = "../corpus/view/index.html"
"""Link from the page to the view of the papers, page by page."""
COLUMNS = {
    "rows": ["paper", "section"],
    "dropped_prose": ["paper", "page", "reason", "num_words"],
    "tokens": ["document", "split", "num_tokens", "num_words", "num_bytes", "sha256"],
}
"""The columns that are read of large tables; text and token ids of a corpus stay on disk."""


@dataclass(frozen=True)
class Corpus:
    """Tables of the papers.

    Attributes:
        rejected: Columns paper, file, reason, detail, pages.
        ledger: Columns paper, reason, characters.
        split: Columns paper, split, num_words.
        rows: Columns paper, section.
        tokens: Columns document, split, num_tokens, num_words, num_bytes, sha256 (of the text).
        dropped_prose: Columns paper, page, reason, num_words: long blocks that read like prose and were dropped.
        losses: Columns paper, pages, unread_pages, damaged_pages, repaired, unread_fonts, unknown_signs,
            unknown_at_numbers, flagged: what is missing of each paper that was read.
    """

    rejected: pd.DataFrame
    ledger: pd.DataFrame
    split: pd.DataFrame
    rows: pd.DataFrame
    tokens: pd.DataFrame
    dropped_prose: pd.DataFrame
    losses: pd.DataFrame

    @property
    def num_papers(self) -> int:
        """Papers that were given."""
        return len(self.split) + len(self.rejected)


M = TypeVar("M", bound=RunMetrics)


@dataclass(frozen=True)
class RunResults(Generic[M]):
    """What one run left; `history` has columns step, num_tokens, loss_nats, learning_rate, validation_loss_nats."""

    metrics: M
    timing: Timing
    history: pd.DataFrame


@dataclass(frozen=True)
class Provenance:
    """What a study was made with: the program's version and commit, packages, and digests of the code by script."""

    program: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StudyResults(Generic[M]):
    """What every kind of study has.

    Attributes:
        law: The scaling law, or why there is none.
        jobs: Columns kind, job and seconds of every job that trains or runs a model.
        runs: Empty for a study that keeps no adapters.
        plan: By run, columns seconds_low and seconds_high: what it was expected to take; None where not given.
        guard: What is answered and what goes to a person; None where no answers are guarded.
        written: The day of the report.
    """

    base_label: ClassVar[str] = "Base model"
    documents: ClassVar[str] = "papers"  # what the data are counted in
    loss_of: ClassVar[str] = ""  # what the loss is of, where that is not all the text

    settings: Settings
    law: LawRecord
    jobs: pd.DataFrame
    runs: Mapping[str, RunResults[M]] = field(default_factory=dict)
    plan: pd.DataFrame | None = None
    provenance: Provenance = field(default_factory=Provenance)
    guard: Guarded | None = None
    written: date | None = None

    @property
    @abstractmethod
    def default_run(self) -> str:
        """Name of the run that most answers are about."""

    @property
    @abstractmethod
    def extent(self) -> str:
        """How large the study is: `25 papers, 20 training runs`."""

    @property
    def title(self) -> str:
        """The page's heading."""
        return self.settings.study.title

    @property
    def is_medical(self) -> bool:
        """Whether the page warns that nothing a model writes is medical advice."""
        return self.settings.study.domain == "medical"

    @property
    def is_toy(self) -> bool:
        """Whether the base model is the one that the demonstration trains."""
        return self.settings.model.source == "toy"

    @property
    def ordered_runs(self) -> list[str]:
        """Names of the runs, the default one first."""
        return sorted(self.runs, key=lambda run: (run != self.default_run, run))


@dataclass(frozen=True, kw_only=True)
class TextResults(StudyResults[Metrics]):
    """The results of one study on text.

    Attributes:
        memorization: None where it was switched off.
        terms: None where they were switched off.
        asked: Questions and instructions, each None where the study has none.
        general_text: The text that forgetting is measured on: its kinds, or the names of its files.
    """

    comparison: Comparison
    samples: Samples
    memorization: Memorization | None
    terms: Terms | None
    asked: QuestionsFile
    corpus: Corpus
    general_text: str

    @property
    def default_run(self) -> str:
        """Name of the run that most answers are about."""
        return self.comparison.default_run

    @property
    def texts(self) -> dict[TextSet, str]:
        """What perplexity is measured on."""
        return {"papers": "held-out papers", "general": f"general text ({self.general_text})"}

    @property
    def extent(self) -> str:
        """How large the study is."""
        papers = count_noun(len(self.corpus.split), "paper")
        return f"{papers}, {count_noun(len(self.runs), 'training run')}"


def read_results(
    named: Mapping[str, Any],
    settings: Settings,
    jobs: Mapping[str, Sequence[str]] | None = None,
    provenance: Provenance | None = None,
    written: date | None = None,
) -> TextResults:
    """Read the files of a study on text.

    Args:
        named: Paths as text by name: `runs` and `corpus` list several, named by their folder and their own name;
            `plan`, and `guard` with `guarded`, may be missing.
        jobs: Snakemake's notes of what jobs took that train or run a model, by what they were for.

    Raises:
        FileNotFoundError: If a file is absent; a note of `jobs` may be.
        ValueError: If a file holds another record than it should.
    """
    files = {name: Path(path) for name, path in named.items() if isinstance(path, str)}
    return TextResults(
        settings=settings,
        comparison=Comparison.load(files["comparison"]),
        law=LawRecord.load(files["law"]),
        samples=Samples.load(files["samples"]),
        memorization=Memorization.load_optional(files["memorization"]),
        terms=Terms.load_optional(files["terms"]),
        asked=QuestionsFile.load(files["questions"]),
        corpus=_read_corpus(named["corpus"], named["tokens"]),
        runs=read_runs(named["runs"], Metrics),
        plan=pd.read_csv(files["plan"], sep="\t", index_col="run") if "plan" in files else None,
        jobs=read_jobs(jobs or {}),
        provenance=provenance or Provenance(),
        general_text=name_texts(GeneralTexts.load(files["general"])),
        guard=read_guard(files),
        written=written,
    )


def read_runs(files: Sequence[str], kind: type[M]) -> dict[str, RunResults[M]]:
    """What the runs left, by name; any number of a run's files name its folder."""
    # Snakemake lists the files of a run one by one, but a run is read from its folder.
    folders = sorted({Path(path).parent for path in files})
    return {
        folder.name: RunResults(
            kind.load(folder / "metrics.json"),
            Timing.load(folder / "timing.json"),
            read_table(folder / "history.parquet"),
        )
        for folder in folders
    }


def _read_corpus(files: Sequence[str], tokens: str) -> Corpus:
    tables = {Path(file).stem: file for file in files} | {"tokens": tokens}
    return Corpus(**{name: pq.read_table(file, columns=COLUMNS.get(name)).to_pandas() for name, file in tables.items()})


def read_jobs(files: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Snakemake's notes of jobs, from their start to their end, of the last attempt where there were several.

    Args:
        files: Paths of the notes by what the jobs were for, named after the job; a missing one gives NaN.

    Returns:
        Columns kind, job and seconds, one row per job; seconds are NaN where not known.
    """
    rows = [(kind, Path(file).stem, _read_seconds(Path(file))) for kind, paths in files.items() for file in paths]
    return pd.DataFrame(rows, columns=["kind", "job", "seconds"])


def _read_seconds(file: Path) -> float:
    # The file has one line per repeat of the job, and Further repeats none.
    return float(pd.read_csv(file, sep="\t")["s"].sum()) if file.is_file() else float("nan")


def name_texts(texts: GeneralTexts) -> str:
    """General text by its kinds (`novels and encyclopedia articles`), or by the names of a user's own files."""
    sources = [source for source in texts.sources if source.heldout_documents]
    kinds = [source.kind for source in sources if source.kind]
    if len(kinds) == len(sources):
        return join_words([kind[0].lower() + kind[1:] for kind in kinds])
    names = [source.name for source in sources]
    return join_words(names, MOST_TEXTS)


def name_base(settings: Settings, digits: int = 40) -> str:
    """The base model: `owner/name at commit 0e9e39f…`, of which some digits; a folder's or file's name; or the toy."""
    model = settings.model
    if model.source == "toy":
        return f"{model.name}, trained from scratch by the demonstration"
    if model.source == "demo":
        return f"{DEMO_ID.rpartition('/')[2]}, restored from 4-bit weights"
    if model.source == "gguf":
        return f"{model.name}, converted from {Path(model.path or '').name}"
    if model.source == "folder":
        return f"{model.name}, a folder called {Path(model.path or '').name}"
    return f"{model.path} at commit {(model.revision or '')[:digits]}"
