"""Do the data say where the curve flattens?"""

import numpy as np

from further.scaling.records import Curve, Interval, ResidualTests

NARROW_SPAN = 10.0  # at 10x, estimates of a true 1.5 ran from 0.01 to 2.07; at 1000x from 1.36 to 1.60
WIDEST_SHARE = 0.5  # of the lowest measured loss: "most of" the range that c could have


def judge_floor(curve: Curve, c: Interval, residuals: ResidualTests) -> tuple[bool, str]:
    """Say whether c is identified, and why, in one sentence.

    Args:
        curve: The points.
        c: The interval of c.
        residuals: Tests of the residuals, mentioned where they fail.
    """
    reason = _doubt(curve, c)
    if reason is not None:
        return False, reason
    assert c.low is not None and c.high is not None
    sentence = f"The {c.level:.0%} interval of c, {c.low:.3g} to {c.high:.3g} nats per token, excludes 0 and is narrow"
    if residuals.curved:
        return True, sentence + ", provided that the form is right, which the residuals contradict."
    return True, sentence + "."


def _doubt(curve: Curve, c: Interval) -> str | None:
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
