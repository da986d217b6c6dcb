"""What the page of a study of one small model is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from further.onemodel.arms import list_arms
from further.records.onemodel import ArmRecord, OneModelRecord
from further.report.results import Provenance, read_jobs
from further.scaling.record import LawRecord
from further.settings import Settings


@dataclass(frozen=True, kw_only=True)
class OneModelResults:
    """The results of one study.

    Attributes:
        settings: The whole study file, checked.
        record: Arms and their differences.
        law, error_law: Over cases, of the loss and of the fraction of wrong answers.
        jobs: Columns kind, job and seconds of the jobs that trained.
        provenance: What the study was made with.
        written: The day of the report.
    """

    settings: Settings
    record: OneModelRecord
    law: LawRecord
    error_law: LawRecord
    jobs: pd.DataFrame
    provenance: Provenance = field(default_factory=Provenance)
    written: date | None = None

    def arms(self, table: str) -> dict[str, ArmRecord]:
        """The arms of a table, in its order."""
        return {name: self.record.arms[name] for name in list_arms(self.settings.onemodel)[table]}


def read_onemodel_results(
    named: Mapping[str, Any],
    settings: Settings,
    jobs: Mapping[str, Sequence[str]],
    provenance: Provenance,
    written: date | None,
) -> OneModelResults:
    """Read a study's files, paths by name."""
    return OneModelResults(
        settings=settings,
        record=OneModelRecord.load(Path(named["comparison"])),
        law=LawRecord.load(Path(named["law"])),
        error_law=LawRecord.load(Path(named["error_law"])),
        jobs=read_jobs(jobs),
        provenance=provenance,
        written=written,
    )
