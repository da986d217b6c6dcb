"""What the page of a study of one small model is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from further.onemodel.arms import ENCODER_DECODER, list_arms
from further.records.onemodel import ArmRecord, OneModelRecord
from further.records.training import RunMetrics
from further.report.results import Provenance, StudyResults, read_jobs
from further.report.wording import count_noun
from further.scaling.record import LawRecord
from further.settings import Settings


@dataclass(frozen=True, kw_only=True)
class OneModelResults(StudyResults[RunMetrics]):
    """The results of one study of one small model, whose arms keep no adapters: it has no runs.

    Attributes:
        record: Arms and their differences.
        error_law: Over cases, of the fraction of wrong answers; `law` is that of the loss.
    """

    base_label: ClassVar[str] = "Pre-trained base for comparison"
    documents: ClassVar[str] = "cases"

    record: OneModelRecord
    error_law: LawRecord

    @property
    def default_run(self) -> str:
        """The arm that the others are compared with."""
        return ENCODER_DECODER

    @property
    def extent(self) -> str:
        """How large the study is."""
        arms = self.record.arms.values()
        return f"{count_noun(len(arms), 'arm')}, {count_noun(sum(arm.num_seeds for arm in arms), 'training run')}"

    @property
    def is_toy(self) -> bool:
        """Never: the models are small by design, and the base is only beside them."""
        return False

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
