"""The guard's results, its record and the guarded answers, of any kind of study with answers to guard."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from further.guard.records import Certificate, GuardRecord
from further.guard.summary import ErrorsSeen, count_errors
from further.io import read_table

TRIED_ON = "test"  # the split on which a promise is tried


@dataclass(frozen=True)
class Guarded:
    """The guard's results.

    Attributes:
        answers: One row per case and question, with what was decided (`further.guard.schemas.guarded_schema`).
    """

    record: GuardRecord
    answers: pd.DataFrame

    @property
    def tried(self) -> pd.DataFrame:
        """Answers about test cases."""
        return self.answers[self.answers["split"] == TRIED_ON]

    @property
    def certified(self) -> dict[str, Certificate]:
        """Certificates of the question types of which some answers are given."""
        return {name: one for name, one in self.record.certificates.items() if one.promise is not None}

    @property
    def errors(self) -> dict[str, ErrorsSeen]:
        """How often answers about test cases were wrong, by question type."""
        return count_errors(self.answers, TRIED_ON)


def read_guard(files: Mapping[str, Any]) -> Guarded | None:
    """Read `guard` (the record) and `guarded` (the answers); None where they are not among the files."""
    if "guard" not in files:
        return None
    return Guarded(GuardRecord.load(Path(files["guard"])), read_table(Path(files["guarded"])))
