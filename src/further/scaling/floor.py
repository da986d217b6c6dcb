"""Do the data say where the curve flattens?"""

import numpy as np
from scipy import stats

from further.scaling.curve import SLACK, Curve
from further.scaling.interval import Interval
from further.scaling.region import Region
from further.scaling.residuals import SIGNIFICANT, ResidualTests

NARROW_SPAN = 10.0  # at 10x, estimates of a true 1.5 ran from 0.01 to 2.07; at 1000x from 1.36 to 1.60
WIDEST_SHARE = 0.5  # of the lowest measured loss: "most of" the range that c could have


def judge_floor(
    curve: Curve, c: Interval, residuals: ResidualTests, region: Region, sse: float, num_points: int
) -> tuple[bool, str]:
    """Say whether c is identified, and why, in one sentence; `sse` and `num_points` are of what the region counts."""
    lowest = float(curve.size_means().y.min())
    reason = _why_not(curve, c, lowest, chance_of_fall(region, sse, num_points), num_points)
    if reason is not None:
        return False, f"c is not identified: {reason}."
    assert c.low is not None and c.high is not None
    sentence = f"The {c.level:.0%} interval of c, {c.low:.3g} to {c.high:.3g} nats per token, excludes 0"
    sentence += " and is narrow" if c.high <= lowest else f" and reaches above the lowest measured loss, {lowest:.4g}"
    if residuals.curved:
        return True, sentence + ", provided that the form is right, which the residuals contradict."
    return True, sentence + "."


def chance_of_fall(region: Region, sse: float, num_points: int) -> float:
    """Return the probability that a constant with noise falls as clearly as the law does, by an F test."""
    if sse <= 0.0:
        return 0.0
    free = num_points - 3
    return float(stats.f.sf((region.sse_flat - sse) / 2 / (sse / free), 2, free))


def _why_not(curve: Curve, c: Interval, lowest: float, chance: float, num_points: int) -> str | None:
    assert c.estimate is not None and c.low is not None and c.high is not None  # c is from 0 to about the losses
    span = curve.span
    if chance >= SIGNIFICANT:
        # Of few points the test says little, so this does not contradict a forecast that leaves c open.
        return (
            f"{num_points} points do not tell the law's three parameters from noise (F test against a constant, "
            f"p = {chance:.2g}), so train at more sizes, further apart"
        )
    if span <= NARROW_SPAN * (1 + SLACK):
        return f"the sizes span only {span:.3g}x, so train at sizes that span more than {NARROW_SPAN:g}x, better 100x"
    if c.low_open:
        return "a curve that never flattens (c = 0) fits as well within the noise"
    if c.estimate > lowest * (1 + 1e-9):
        return f"a floor of {c.estimate:.4g} would lie above a measured loss of {lowest:.4g}"
    if c.high - c.low > WIDEST_SHARE * lowest:
        return (
            f"its interval, {c.low:.3g} to {c.high:.3g}, spans most of what lies below the lowest measured loss, "
            f"{np.round(lowest, 3):g} nats per token"
        )
    return None
