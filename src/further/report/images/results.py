"""What the page of a study of images is made from: records and tables that the other stages left, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
import pyarrow.parquet as pq

from further.cases.kept_pictures import load_pictures
from further.io import read_table
from further.records.answers import AnswersRecord
from further.records.training import CaseMetrics
from further.report.guard import read_guard
from further.report.images.gallery import Pick, pick_cases
from further.report.results import Provenance, StudyResults, read_jobs, read_runs
from further.report.wording import count_noun
from further.scaling.record import LawRecord
from further.settings import Settings


@dataclass(frozen=True)
class CaseTables:
    """Tables of the cases, as `further.cases.schemas` and `further.evaluation.answers.schemas` describe them.

    Attributes:
        cases, images, questions, ledger, split, leaks: Of the cases stage.
        lengths: Answers in tokens.
    """

    cases: pd.DataFrame
    images: pd.DataFrame
    questions: pd.DataFrame
    ledger: pd.DataFrame
    split: pd.DataFrame
    leaks: pd.DataFrame
    lengths: pd.DataFrame
    before: pd.DataFrame
    after: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class ImageResults(StudyResults[CaseMetrics]):
    """The results of one study of images.

    Attributes:
        pictures: PNG files of their images, by name.
    """

    documents: ClassVar[str] = "cases"
    loss_of: ClassVar[str] = " of the reference answers"

    answers: AnswersRecord
    tables: CaseTables
    gallery: tuple[Pick, ...]
    pictures: Mapping[str, bytes]

    @property
    def default_run(self) -> str:
        """Name of the run that most answers are about."""
        return self.answers.default_run

    @property
    def extent(self) -> str:
        """How large the study is."""
        return f"{count_noun(len(self.tables.cases), 'case')}, {count_noun(len(self.runs), 'training run')}"


def read_image_results(
    named: Mapping[str, Any],
    settings: Settings,
    jobs: Mapping[str, Sequence[str]],
    provenance: Provenance,
    written: date,
) -> ImageResults:
    """Read a study's files.

    Args:
        named: Paths as text by name; `runs`, `tables` and `pictures` list several.
        jobs: Snakemake's notes of what jobs took that train or run a model, by what they were for.
    """
    answers = AnswersRecord.load(Path(named["comparison"]))
    tables = _read_tables(named)
    gallery = tuple(pick_cases(tables.before, tables.after, settings.answers.gallery, settings.evaluation.seed))
    return ImageResults(
        settings=settings,
        answers=answers,
        law=LawRecord.load(Path(named["law"])),
        guard=read_guard(named),
        tables=tables,
        gallery=gallery,
        pictures=_read_pictures([Path(path) for path in named["pictures"]], tables, gallery),
        runs=read_runs(named["runs"], CaseMetrics),
        plan=pd.read_csv(named["plan"], sep="\t", index_col="run"),
        jobs=read_jobs(jobs),
        provenance=provenance,
        written=written,
    )


def _read_tables(named: Mapping[str, Any]) -> CaseTables:
    read = {Path(path).stem: pq.read_table(path).to_pandas() for path in named["tables"]}
    before, after = (read_table(Path(named[name])).query("split == 'test'") for name in ("before", "after"))
    return CaseTables(**read, before=before.reset_index(drop=True), after=after.reset_index(drop=True))


def _read_pictures(shards: Sequence[Path], tables: CaseTables, gallery: Sequence[Pick]) -> dict[str, bytes]:
    """Of the cases that are shown, the images that their questions show."""
    shown = {name for pick in gallery for name in pick.images}
    images = tables.images[tables.images["image"].isin(shown)]
    # Equal pictures of several cases are stored once, under one key.
    names: dict[str, list[str]] = {}
    for image, key in zip(images["image"], images["key"], strict=True):
        names.setdefault(key, []).append(image)
    return {name: png for key, png in load_pictures(shards, names) for name in names[key]}
