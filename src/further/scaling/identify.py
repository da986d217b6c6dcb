"""Do the data say where the curve flattens?"""

import numpy as np
from scipy import stats

from further.scaling.records import Curve, Interval, Region, ResidualTests
from further.scaling.residuals import SIGNIFICANT

NARROW_SPAN = 10.0  # at 10x, estimates of a true 1.5 ran from 0.01 to 2.07; at 1000x from 1.36 to 1.60
WIDEST_SHARE = 0.5  # of the lowest measured loss: "most of" the range that c could have


def judge_floor(curve: Curve, c: Interval, residuals: ResidualTests, chance: float) -> tuple[bool, str]:
    """Say whether c is identified, and why, in one sentence.

    Args:
        curve: The points.
        c: The interval of c.
        residuals: Tests of the residuals, mentioned where they fail.
        chance: As from `chance_of_fall`.
    """
    reason = _doubt(curve, c, chance)
    if reason is not None:
        return False, reason
    assert c.low is not None and c.high is not None
    sentence = f"The {c.level:.0%} interval of c, {c.low:.3g} to {c.high:.3g} nats per token, excludes 0 and is narrow"
    if residuals.curved:
        return True, sentence + ", provided that the form is right, which the residuals contradict."
    return True, sentence + "."


def chance_of_fall(region: Region, sse: float, num_points: int) -> float:
    """Return the probability that a constant with noise falls as clearly as the law does, by an F test.

    Args:
        region: The parameters allowed, which knows the sum of squares of a constant.
        sse: Sum of squares of the law on the same points.
        num_points: Their number.
    """
    if sse <= 0.0:
        return 0.0
    free = num_points - 3
    return float(stats.f.sf((region.sse_flat - sse) / 2 / (sse / free), 2, free))


def _doubt(curve: Curve, c: Interval, chance: float) -> str | None:
    if chance >= SIGNIFICANT:
        return (
            "c is not identified: the loss does not fall beyond the noise (F test against a constant, p = "
            f"{chance:.2g}); train at sizes further apart."
        )
    span, lowest = curve.t.max() / curve.t.min(), float(curve.size_means().y.min())
    if span <= NARROW_SPAN * (1 + 1e-9):
        return (
            f"c is not identified: the sizes span only {span:.3g}x; train at sizes that span more than "
            f"{NARROW_SPAN:g}x, better 100x."
        )
    if c.low_open or c.low is None:
        return "c is not identified: a curve that never flattens (c = 0) fits as well within the noise."
    if c.high_open or c.high is None:
        return "c is not identified: its interval has no upper end."
    if c.high - c.low > WIDEST_SHARE * lowest:
        return (
            f"c is not identified: its interval, {c.low:.3g} to {c.high:.3g}, spans most of what lies below the lowest "
            f"measured loss, {np.round(lowest, 3):g} nats per token."
        )
    return None
