"""The record `results/scaling/law.json`: what the stage writes and everybody reads.

Every field is there in every record; those that need a law are None where `fitted` is False. An open end of an interval
is None with its flag true (for `c` an open low end is 0.0 with the flag true), and an estimate is None where a single
number would mislead. No NaN, no infinity.
"""

from typing import Any

from further.records.base import Record
from further.scaling.cost import Forecast, UnitCosts
from further.scaling.holdout import HoldOut
from further.scaling.interval import Interval
from further.scaling.residuals import ResidualTests
from further.scaling.run_lengths import Schedule
from further.scaling.target_verdict import JudgedTarget


class MeasuredPoint(Record):
    """A run of the curve; `held_out` says that the hold-out predicted it."""

    run: str
    num_unique_tokens: float
    loss_nats: float
    size: str | float | None
    seed: int | None
    num_steps: float | None
    held_out: bool


class LawParameters(Record):
    """Nats per token, t in unique training tokens."""

    formula: str = "a * t**-b + c"
    a: float
    b: float
    c: float


class FitSummary(Record):
    """What the fit rests on; attributes as in `LawFit`, and `span` is the largest size over the smallest."""

    sse: float
    noise_nats: float
    num_points: int
    num_sizes: int
    smallest: float
    largest: float
    span: float
    weighted: bool
    huber_delta_nats: float | None
    basis: str
    at_limit: bool


class ParameterIntervals(Record):
    """Intervals of the law's parameters."""

    b: Interval
    c: Interval


class FamilyRow(Record):
    """A form of the law: parameters for sizes divided by `scale`, and AICc."""

    name: str
    formula: str
    num_parameters: int
    parameters: dict[str, float]
    scale: float
    sse: float
    log_rmsd: float
    aicc: float | None
    delta_aicc: float | None
    residuals: ResidualTests


class BandPlace(Record):
    """The law at a size.

    `law_low` and `law_high` are the law's own interval. `low` and `high` are what people read as its band: the law's
    own interval inside the data, beyond them the prediction interval of a new run.
    """

    num_tokens: float
    loss_nats: float
    low: float
    high: float
    law_low: float
    law_high: float
    extrapolated: bool


class Reach(Record):
    """How far ahead predictions dare to go; attributes as in `Predictor`."""

    limit: float
    dares: float | None
    reason: str


class LawRecord(Record):
    """One curve's law, or why there is none.

    Attributes:
        fitted: Whether there is a law.
        x_axis, loss_unit: What the numbers count.
        effective_tokens_factor: What a unique token is worth at those epochs, in tokens seen once.
        conditional_on: Settings that all runs share: what every verdict is conditional on.
        points, targets, cost_settings: The runs, the judged targets, what turned tokens into money.
        schedule: Whether the runs' lengths match their sizes.
        law, fit, intervals, c_identified, c_reason, residuals: The power law.
        form_doubtful, form_reason: Whether anything speaks against it, in words.
        families, preferred_family: Other forms; the lowest AICc, None where points are too few.
        holdout: The largest size, predicted from the others.
        band: From the smallest size to ten times the largest.
        reach: How far ahead predictions dare to go.
        forecasts: At 2, 4 and 8 times the largest size.
        budget: At the largest corpus that one training's share of the yearly budget pays for.
    """

    fitted: bool
    reason: str | None
    x_axis: str = "unique training tokens"
    loss_unit: str = "nats per token"
    epochs: float | None
    effective_tokens_factor: float | None
    conditional_on: dict[str, Any]
    points: tuple[MeasuredPoint, ...]
    targets: tuple[JudgedTarget, ...]
    cost_settings: UnitCosts | None
    schedule: Schedule | None = None
    law: LawParameters | None = None
    fit: FitSummary | None = None
    intervals: ParameterIntervals | None = None
    c_identified: bool | None = None
    c_reason: str | None = None
    residuals: ResidualTests | None = None
    form_doubtful: bool | None = None
    form_reason: str | None = None
    families: tuple[FamilyRow, ...] | None = None
    preferred_family: str | None = None
    holdout: HoldOut | None = None
    band: tuple[BandPlace, ...] | None = None
    reach: Reach | None = None
    forecasts: tuple[Forecast, ...] | None = None
    budget: Forecast | None = None

    def to_json(self) -> dict[str, Any]:
        """Return dictionaries, lists, numbers, strings, booleans and None only."""
        return self.model_dump(mode="json")
