"""Leave out the largest size, predict it from the others, and compare with "it stays as it was"."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from further.scaling.curve import SLACK, Curve, Floats
from further.scaling.families import FAMILIES, Family, fit_family
from further.scaling.fit import best_law
from further.scaling.region import allowed_region, loss_range

SIZES_PER_HELD_OUT = 8  # one size of up to 15, two of 16 to 23


@dataclass(frozen=True)
class FamilyForecast:
    """What one form predicts: loss in nats per token, and its signed error in percent."""

    name: str
    predicted_nats: float
    error_percent: float


@dataclass(frozen=True)
class HoldOut:
    """The largest size, predicted from smaller ones.

    Attributes:
        num_sizes_held, num_points_held: What was left out.
        fitted_up_to: Tokens of the largest run that the fit saw.
        measured_nats: Mean measured loss at `num_tokens`.
        predicted_nats, error_percent: The power law's prediction and its signed error.
        low, high: Prediction interval of the measured mean; None where too few sizes remain.
        within: The measured mean is inside it, None where there is none.
        last_value_nats, last_value_error_percent: The baseline: the mean loss of the largest size that the fit saw.
        beats_last_value: The law's error is the smaller of the two.
    """

    num_sizes_held: int
    num_points_held: int
    num_tokens: float
    fitted_up_to: float
    measured_nats: float
    predicted_nats: float
    error_percent: float
    low: float | None
    high: float | None
    within: bool | None
    last_value_nats: float
    last_value_error_percent: float
    beats_last_value: bool
    families: tuple[FamilyForecast, ...]


def hold_out_largest(
    curve: Curve,
    *,
    factor: float | None = None,
    families: Sequence[Family] = FAMILIES,
    in_logs: bool = False,
    level: float = 0.95,
    by_size: bool = False,
) -> HoldOut | None:
    """Predict the largest size from the smaller ones.

    Args:
        factor: Leave out every size above the largest divided by this; None: an eighth of the sizes, at least one.
        families: Forms to predict with as well; those with more parameters than sizes left are passed over.
        in_logs: The forms are fitted to log losses.
        by_size: The interval counts sizes, not runs, as it must where the runs of a size share an error.

    Returns:
        The comparison, or None where fewer than three sizes would remain.
    """
    means = curve.size_means()
    held = max(1, curve.num_sizes // SIZES_PER_HELD_OUT)
    if factor is not None:
        held = int(np.count_nonzero(means.t > means.t[-1] / factor * (1 + SLACK)))
    left = curve.num_sizes - held
    if held < 1 or left < 3:
        return None
    seen = curve.kept(curve.size < left)  # whole sizes: a seed of the largest would give its loss away
    measured, last = float(means.y[-1]), float(means.y[left - 1])
    law, _ = best_law(seen)
    predicted = float(law.loss_at(means.t[-1:])[0])
    # Three sizes fit three parameters exactly: a prediction, but no interval.
    counted = seen.size_means() if by_size else seen
    low, high = _prediction_interval(counted, means, level) if left > 3 else (None, None)
    return HoldOut(
        num_sizes_held=held,
        num_points_held=int(np.count_nonzero(curve.size >= left)),
        num_tokens=float(means.t[-1]),
        fitted_up_to=float(seen.t.max()),
        measured_nats=measured,
        predicted_nats=predicted,
        error_percent=_percent(predicted, measured),
        low=low,
        high=high,
        within=None if low is None or high is None else low <= measured <= high,
        last_value_nats=last,
        last_value_error_percent=_percent(last, measured),
        beats_last_value=abs(predicted - measured) < abs(last - measured),
        families=tuple(_forecast(seen, family, means, in_logs) for family in families if family.num_parameters < left),
    )


def _percent(predicted: float, measured: float) -> float:
    return 100.0 * (predicted / measured - 1.0)


def _forecast(seen: Curve, family: Family, means: Curve, in_logs: bool) -> FamilyForecast:
    predicted = float(fit_family(seen, family, in_logs=in_logs).loss_at(means.t[-1:])[0])
    return FamilyForecast(family.name, predicted, _percent(predicted, float(means.y[-1])))


def _prediction_interval(seen: Curve, means: Curve, level: float) -> tuple[float, float]:
    """Interval of the law at the largest size, widened by the noise of what is measured there."""
    law, sse = best_law(seen)
    freedom = seen.y.size - 3
    low, high = loss_range(allowed_region(seen, law.b, sse, level), means.t[-1:])
    noise = stats.t.ppf((1 + level) / 2, freedom) * np.sqrt(sse / freedom / means.weights[-1])
    predicted = law.loss_at(means.t[-1:])
    return _widen(predicted, low, -noise), _widen(predicted, high, noise)


def _widen(predicted: Floats, end: Floats, noise: float) -> float:
    return max(float(predicted[0] + np.sign(noise) * np.hypot(end[0] - predicted[0], noise)), 0.0)
