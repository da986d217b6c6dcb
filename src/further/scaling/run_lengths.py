"""Did each run train as long as its size asks? If not, a floor is the schedule's, not the data's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from further.scaling.curve import Curve, Floats, Point

SLOWEST_GROWTH = 0.5  # exponent of steps against size; runs of equal epochs have 1, runs of equal steps 0
LAST_SHARE = 0.25  # of a run's steps, over which the fall of its validation loss is read
STILL_FALLING = 1.0  # percent of the loss over that share
LONGER = 3  # times the steps, for the run that would tell


@dataclass(frozen=True)
class Schedule:
    """Whether the runs' lengths match their sizes.

    Attributes:
        matched: False: a floor may be the schedule's. None: the runs' steps are not known.
        num_steps: Mean steps of each size, the smallest first; None where not known.
        growth: Exponent of the steps against the size, None where not known.
        end_fall_percent: Largest fall of the validation loss over the last quarter of a run of the largest size, in
            percent of the loss; None where it was validated too rarely to tell.
        remedy: The one run that would tell, None where it is not needed.
    """

    matched: bool | None
    num_steps: tuple[float, ...] | None
    growth: float | None
    end_fall_percent: float | None
    reason: str
    remedy: str | None


def check_schedule(points: Sequence[Point], curve: Curve) -> Schedule:
    """Compare steps with sizes, and look at the end of the largest runs' validation losses.

    Runs of equal steps are accepted where the largest are known to have stopped falling.

    Args:
        points: The runs, in the order of the curve.
        curve: The checked curve of the same points.
    """
    steps = _mean_steps(points, curve)
    growth = None if steps is None else float(np.polyfit(np.log(curve.size_means().t), np.log(steps), 1)[0])
    falls = [point.end_fall_percent for point, size in zip(points, curve.size, strict=True) if size == curve.size[-1]]
    fall = max((one for one in falls if one is not None), default=None)
    known = None if steps is None else tuple(float(one) for one in steps)
    largest = float(curve.t.max())
    longer = (
        "for three times as long" if known is None else f"for {LONGER * known[-1]:,.0f} steps, {LONGER} times as many"
    )
    remedy = (
        f"Train one run of the largest size, {largest:,.4g}, {longer}: if its loss falls below the floor, the floor "
        "was the schedule's"
    )
    if fall is not None and fall > STILL_FALLING:
        said = f"the validation loss of the largest runs still fell by {fall:.1f}% over their last quarter"
        return Schedule(False, known, growth, fall, f"A floor may be the schedule's: {said}.", f"{remedy}.")
    if growth is None or known is None:
        return Schedule(None, None, None, fall, "The steps of the runs are not known.", None)
    if growth < SLOWEST_GROWTH and fall is None:
        said = (
            f"all sizes trained for about {known[-1]:,.0f} steps"
            if max(known) <= 1.05 * min(known)
            else f"the largest size trained for {known[-1] / known[0]:.2g} times the steps of the smallest"
        )
        said += f", on {largest / float(curve.t.min()):.3g} times the data"
        return Schedule(False, known, growth, None, f"A floor may be the schedule's: {said}.", f"{remedy}.")
    said = "Steps grow with the size" if growth >= SLOWEST_GROWTH else "The largest runs had stopped falling"
    return Schedule(True, known, growth, fall, f"{said}, so the runs' lengths match their data.", None)


def end_fall_percent(steps: ArrayLike, losses: ArrayLike) -> float | None:
    """Return the fall of a validation loss over the last quarter of a run, in percent of its last value.

    Args:
        steps: Steps at which the run was validated, increasing, (validations,).
        losses: The losses there, (validations,).

    Returns:
        None where no validation but the last lies in the last quarter and a half.
    """
    at, values = np.asarray(steps, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    if at.size < 2 or at[-1] <= 0:
        return None
    before = int(np.argmin(np.abs(at[:-1] - (1.0 - LAST_SHARE) * at[-1])))
    share = 1.0 - at[before] / at[-1]
    if not LAST_SHARE / 2 <= share <= 1.5 * LAST_SHARE:
        return None
    return float(100.0 * (values[before] - values[-1]) / values[-1] * LAST_SHARE / share)


def _mean_steps(points: Sequence[Point], curve: Curve) -> Floats | None:
    steps = [point.num_steps for point in points]
    if any(one is None or one <= 0 for one in steps):
        return None
    counts = np.bincount(curve.size)
    return np.asarray(np.bincount(curve.size, np.array(steps, dtype=np.float64)) / counts, dtype=np.float64)
