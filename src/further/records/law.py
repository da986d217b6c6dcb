"""`law.json` as its readers see it: what was measured, the law, what more data would bring.

The scaling stage writes the file with more in it. `LawRecord.load` takes what is read elsewhere, and groups it.
"""

from typing import Any, Literal

from pydantic import ConfigDict, model_validator

from further.records.base import Interval, Record

TargetVerdict = Literal["reached", "reachable", "undecided", "unreachable"]


class _Part(Record):
    """A part of the law's file, of which only some fields are read."""

    model_config = ConfigDict(extra="ignore")


class LawPoint(_Part):
    """One run of the curve; `size` labels its amount of data, `held_out` says that the check left it out."""

    run: str
    num_unique_tokens: float
    loss_nats: float
    size: float | str | None
    seed: int | None
    held_out: bool


class LawPlace(_Part):
    """The law at a number of tokens, with its interval; the interval of a new run there, where that is known."""

    num_tokens: float
    loss_nats: float
    low: float | None
    high: float | None
    extrapolated: bool
    run_low: float | None = None
    run_high: float | None = None


class HoldOut(_Part):
    """The largest size, predicted from the others."""

    num_tokens: float
    measured_nats: float
    predicted_nats: float
    error_percent: float
    low: float | None
    high: float | None
    within: bool | None
    beats_last_value: bool


class Forecast(_Part):
    """The law at a larger corpus: `factor` times the largest measured.

    Attributes:
        factor: Tokens there over the largest size measured.
        num_tokens: Unique training tokens.
        loss_nats: The law there.
        gain_nats: Fall in loss from the largest size; above zero is better.
        extra_papers: Beyond the largest size; None where tokens per paper are not known.
        run_gain_nats: The fall of a new run, its noise and a wrong form counted; None where not known.
    """

    factor: float
    num_tokens: float
    loss_nats: Interval
    gain_nats: Interval
    extra_papers: float | None
    run_gain_nats: Interval | None = None

    @property
    def gain(self) -> Interval:
        """What a reader should expect: of a new run where that is known, else of the law."""
        return self.run_gain_nats or self.gain_nats


class TargetLoss(_Part):
    """A loss to reach, as it was given and in nats per token."""

    value: float
    unit: str
    loss_nats: float


class TargetJudgment(_Part):
    """What the law says of a target; tokens are None where none can be named."""

    target: TargetLoss
    verdict: TargetVerdict
    reason: str
    tokens: Interval | None


class LawAnswer(_Part):
    """A fitted law and what follows from it.

    Attributes:
        num_points: Runs.
        num_sizes: Amounts of data.
        smallest: Of these, in tokens.
        largest: Of these, in tokens.
        c: The irreducible loss.
        c_identified: Whether the data say where the curve flattens.
        c_reason: Why, or why not.
        doubt: Why the law is not to be trusted beyond the data; None where it may be.
        furthest_factor: How many times the largest size it dares to predict; None: not known.
        holdout: None where too few sizes would remain.
        band: From the smallest size to ten times the largest.
        forecasts: At twice the largest size and more.
        budget: At what the yearly budget pays for; None without one.
    """

    num_points: int
    num_sizes: int
    smallest: float
    largest: float
    c: Interval
    c_identified: bool
    c_reason: str
    doubt: str | None
    holdout: HoldOut | None
    band: tuple[LawPlace, ...]
    forecasts: tuple[Forecast, ...]
    budget: Forecast | None
    furthest_factor: float | None = None

    @property
    def double(self) -> Forecast:
        """At twice the data."""
        return self.forecasts[0]

    @property
    def span(self) -> float:
        """The largest size over the smallest."""
        return self.largest / self.smallest


class LawRecord(_Part):
    """The scaling law of a study.

    Attributes:
        reason: Why there is none; None where there is one.
        conditional_on: Settings that all runs share, which it holds for.
        points: The runs.
        targets: Judged.
        answer: None where no law could be fitted.
    """

    reason: str | None
    conditional_on: dict[str, Any]
    points: tuple[LawPoint, ...]
    targets: tuple[TargetJudgment, ...]
    answer: LawAnswer | None

    @model_validator(mode="before")
    @classmethod
    def _group(cls, data: Any) -> Any:
        """The file is flat."""
        if "fitted" not in data:
            return data
        if not data["fitted"]:
            return data | {"answer": None}
        doubt = data["form_reason"] if data["form_doubtful"] else None
        return data | {"answer": data | data["fit"] | {"c": data["intervals"]["c"], "doubt": doubt}}

    @property
    def sizes(self) -> list[list[LawPoint]]:
        """The points by size, the smallest first."""
        groups: dict[object, list[LawPoint]] = {}
        for point in self.points:
            groups.setdefault(point.num_unique_tokens if point.size is None else point.size, []).append(point)
        return sorted(groups.values(), key=mean_tokens)


def mean_tokens(points: list[LawPoint]) -> float:
    """Mean of their tokens."""
    return sum(point.num_unique_tokens for point in points) / len(points)


def mean_loss(points: list[LawPoint]) -> float:
    """Mean of their losses, in nats per token."""
    return sum(point.loss_nats for point in points) / len(points)
