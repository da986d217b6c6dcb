"""Can a target loss be reached with more data, and with how much?"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from further.scaling.cost import Cost
from further.scaling.fit import LawFit, predict_band
from further.scaling.interval import Interval, Target
from further.scaling.prediction import FACTORS, Predictor

Verdict = Literal["reached", "reachable", "undecided", "unreachable"]
NUM_PLACES = 2000  # sizes looked at, in steps of .1 % up to eight times the largest


@dataclass(frozen=True)
class JudgedTarget:
    """A target, what the curve says of it, and what one training that reaches it costs.

    Attributes:
        tokens: Unique training tokens needed; None where undecided or unreachable. Its estimate is None where a
            single count would mislead, its low end open where the smallest size has reached the target.
        extrapolated: The tokens lie beyond the largest measured size; None without tokens.
        cost: None without tokens, or without what turns them into money.
    """

    target: Target
    verdict: Verdict
    reason: str
    tokens: Interval | None = None
    extrapolated: bool | None = None
    cost: Cost | None = None


def judge_target(fit: LawFit, target: Target, predictor: Predictor, doubt: str | None = None) -> JudgedTarget:
    """Judge one target on a fitted curve.

    Reached: a measured size is at or below it. Reachable: a new run's prediction interval falls to it, no further ahead
    than predictions dare to go. Unreachable: it lies below the interval of an identified floor c, below every such
    prediction, and nothing speaks against the law or its runs. Undecided: all else.

    Args:
        doubt: A sentence that says why the law or its floor may not hold; then nothing is unreachable.
    """
    lowest, loss = float(fit.curve.size_means().y.min()), target.loss_nats
    if lowest <= loss:
        reason = f"A measured size has a mean loss of {lowest:.4g} nats per token, at or below {loss:.4g}."
        return JudgedTarget(target, "reached", reason, _tokens_reached(fit, loss), False)
    tokens = tokens_needed(fit, loss, predictor, trusted=doubt is None)
    if tokens is not None:
        reason = (
            f"Runs are predicted to fall to {loss:.4g} nats per token by {(tokens.high or np.inf) / fit.largest:.2g} "
            "times the largest size."
        )
        return JudgedTarget(target, "reachable", reason, tokens, True)
    return _judge_below(fit, target, predictor, doubt)


def _judge_below(fit: LawFit, target: Target, predictor: Predictor, doubt: str | None) -> JudgedTarget:
    """Judge a target that no prediction interval falls to."""
    loss, low, high = target.loss_nats, fit.c.low, fit.c.high
    assert low is not None and high is not None
    floor = f"the {fit.c.level:.0%} interval of c, {low:.4g} to {high:.4g}"
    if loss < low and fit.c_identified:
        if doubt is not None:
            reason = f"By the law {loss:.4g} nats per token would be unreachable, but the law may not hold. {doubt}"
            return JudgedTarget(target, "undecided", reason)
        if float(predictor.at(FACTORS[-1]).low[0]) > loss:
            reason = f"{loss:.4g} nats per token is below {floor}: more such data do not reach it with this set-up."
            return JudgedTarget(target, "unreachable", reason)
    reason = f"{loss:.4g} nats per token lies further ahead than predictions go. {predictor.reason}"
    if not fit.c_identified:
        reason += f" {fit.c_reason}"
    elif loss >= low:
        reason += f" It is inside {floor}." if loss <= high else f" It is above {floor}."
    return JudgedTarget(target, "undecided", reason)


def tokens_needed(fit: LawFit, loss_nats: float, predictor: Predictor, *, trusted: bool) -> Interval | None:
    """Return the unique tokens at which the ends of the prediction interval fall to a loss, None where none does.

    Where the upper end does not fall to it as far ahead as predictions go, but that of an undoubted law with an
    identified floor does, the interval ends there. Such a law's count is the estimate where it is inside.
    """
    if predictor.limit <= 1.0:
        return None
    sizes = np.geomspace(1.0, predictor.limit, NUM_PLACES) * fit.largest
    ahead, law = predictor.predict(sizes), predict_band(fit, sizes)
    # A doubted law or one without a floor says nothing of its own: predictions alone count.
    by_law = trusted and fit.c_identified
    low = ahead.low if not by_law else np.minimum(ahead.low, law.low)
    if (ahead.high <= loss_nats).any():
        high = float(sizes[np.argmax(ahead.high <= loss_nats)])
    elif by_law and (law.high <= loss_nats).any():
        high = float(sizes[-1])
    else:
        return None
    first, count = float(sizes[np.argmax(low <= loss_nats)]), fit.law.tokens_at(loss_nats) if by_law else None
    return Interval(count if count is not None and first <= count <= high else None, first, high, level=fit.c.level)


def _tokens_reached(fit: LawFit, loss_nats: float) -> Interval:
    """Tokens at which a loss that was measured is reached: between the last size above it and the first at it.

    Where the smallest size is at it already, how few would do is open: the law does not look below what was measured.
    """
    means = fit.curve.size_means()
    first = int(np.argmax(means.y <= loss_nats))
    high = float(means.t[first])
    if first == 0:
        return Interval(None, None, high, low_open=True, level=fit.c.level)
    low, by_law = float(means.t[first - 1]), fit.law.tokens_at(loss_nats)
    return Interval(high if by_law is None else float(np.clip(by_law, low, high)), low, high, level=fit.c.level)
