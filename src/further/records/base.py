"""What every record shares: its checks, how it is written and read, and an interval."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from further.io import write_json
from further.settings import Run

DEFAULT_RUN = "default"
"""Name of the run that no sweep changes: most of what is measured is measured of it."""


class Record(BaseModel):
    """A result with named, typed fields, in a JSON file of its own. Unknown and missing fields are refused."""

    # NaN and infinities are no JSON: other readers of the files refuse them.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def save(self, path: Path) -> None:
        """Write the record as JSON."""
        write_json(path, self.model_dump(mode="json"))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a record.

        Raises:
            ValueError: If the file does not hold such a record, naming the file and its fields.
        """
        record = cls.load_optional(path)
        if record is None:
            raise ValueError(f"{path} is not a record of {cls.__name__}: the file says null")
        return record

    @classmethod
    def load_optional(cls, path: Path) -> Self | None:
        """Read a record, None where the file says null: what it holds was switched off.

        Raises:
            ValueError: As `load`.
        """
        text = path.read_bytes()
        try:
            return None if text.strip() == b"null" else cls.model_validate_json(text)
        except ValidationError as error:
            faults = [(".".join(map(str, fault["loc"])) or "the file", fault["msg"]) for fault in error.errors()]
            told = "; ".join(f"{place}: {message}" for place, message in faults)
            raise ValueError(f"{path} is not a record of {cls.__name__}: {told}") from None


def save_optional(path: Path, record: Record | None) -> None:
    """Write a record, or null for one that is switched off."""
    write_json(path, None if record is None else record.model_dump(mode="json"))


def differing(own: Run, usual: Run) -> dict[str, object]:
    """The settings in which a run differs from another, with its own values."""
    others = usual.model_dump()
    return {key: value for key, value in own.model_dump().items() if value != others[key]}


class Interval(Record):
    """A number with its interval.

    Attributes:
        estimate: The best value; None where a single number would mislead.
        low: Lower end; None where the data leave it open.
        high: Upper end; None where the data leave it open.
        level: Nominal coverage.
    """

    estimate: float | None
    low: float | None
    high: float | None
    level: float = 0.95

    @property
    def is_open(self) -> bool:
        """Whether neither end is known."""
        return self.low is None and self.high is None

    @property
    def ends(self) -> tuple[float | None, float | None, float | None]:
        """Estimate, low and high, as the columns of a table."""
        return self.estimate, self.low, self.high

    @classmethod
    def exactly(cls, value: float) -> Self:
        """A number without width."""
        return cls(estimate=value, low=value, high=value)

    def scaled(self, factor: float) -> "Interval":
        """The interval times a positive factor."""
        estimate, low, high = (None if end is None else end * factor for end in self.ends)
        return Interval(estimate=estimate, low=low, high=high, level=self.level)
