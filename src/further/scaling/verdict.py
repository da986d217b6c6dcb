"""Can a target loss be reached with more data, and with how much?"""

from dataclasses import dataclass

import numpy as np

from further.scaling.fit import predict_band
from further.scaling.records import Floats, Interval, LawFit, Target, Verdict

FARTHEST_ESTIMATE = 10.0  # times the largest size: beyond, only an interval is given
FARTHEST_SEARCH = 1e6  # times the largest size: beyond, an end is called open
NUM_PLACES = 65
NUM_ZOOMS = 6


@dataclass(frozen=True)
class TargetVerdict:
    """What the curve says about a target.

    Attributes:
        target: The target.
        verdict: "reached", "reachable", "undecided" or "unreachable".
        reason: One sentence with the numbers.
        tokens: Unique training tokens needed; None where undecided or unreachable. Its estimate is None where a
            single count would mislead, its low end open where the smallest size has reached the target.
        extrapolated: The tokens lie beyond the largest measured size; None without tokens.
    """

    target: Target
    verdict: Verdict
    reason: str
    tokens: Interval | None
    extrapolated: bool | None


def judge_target(fit: LawFit, target: Target, doubt: str | None = None) -> TargetVerdict:
    """Judge one target on a fitted curve.

    The target is compared with the lowest mean loss measured, then with the interval of c: above it, some amount of
    data reaches the target; inside it, the data do not say; below it, no amount of data does, with this set-up.

    Args:
        fit: The law.
        target: The loss to reach.
        doubt: A sentence that says why the power law may not hold; what was not measured is then undecided.
    """
    lowest = float(fit.curve.size_means().y.min())
    loss = target.loss_nats
    if lowest <= loss:
        reason = f"A measured size has a mean loss of {lowest:.4g} nats per token, at or below {loss:.4g}."
        return TargetVerdict(target, "reached", reason, _tokens_reached(fit, loss), False)
    verdict = _judge_by_law(fit, target)
    if doubt is None or verdict.verdict == "undecided":
        return verdict
    reason = f"By the law {loss:.4g} nats per token would be {verdict.verdict}, but the law may not hold. {doubt}"
    return TargetVerdict(target, "undecided", reason, None, None)


def _judge_by_law(fit: LawFit, target: Target) -> TargetVerdict:
    loss, low, high = target.loss_nats, fit.c.low, fit.c.high
    if high is not None and loss > high:
        return _reachable(fit, target, high)
    between = f"the {fit.c.level:.0%} interval of c, {low or 0:.4g} to {'open' if high is None else f'{high:.4g}'}"
    if low is not None and loss < low and fit.c_identified:
        reason = f"{loss:.4g} nats per token is below {between}: more such data do not reach it with this set-up."
        return TargetVerdict(target, "unreachable", reason, None, None)
    why = f" {fit.c_reason}" if not fit.c_identified else ""
    inside = "inside" if low is None or loss >= low else "below"
    reason = f"{loss:.4g} nats per token is {inside} {between}: the data do not say whether more of them reach it.{why}"
    return TargetVerdict(target, "undecided", reason, None, None)


def _reachable(fit: LawFit, target: Target, c_high: float) -> TargetVerdict:
    loss = target.loss_nats
    tokens = tokens_needed(fit, loss)
    reason = f"{loss:.4g} nats per token is above the upper end of c, {c_high:.4g}, and below what was measured."
    if tokens.estimate is None:
        far = f"the law's own count is over {FARTHEST_ESTIMATE:g} times the largest size."
        reason += f" Only an interval of tokens is given: {far if fit.c_identified else fit.c_reason}"
    beyond = tokens.high is None or tokens.high > fit.largest
    return TargetVerdict(target, "reachable", reason, tokens, beyond)


def tokens_needed(fit: LawFit, loss_nats: float) -> Interval:
    """Return the unique tokens at which the law and the ends of its band fall to a loss.

    The estimate is None where c is not identified or the law asks for over ten times the largest size; an end over a
    million times the largest size is open.
    """
    low, high = _crossing(fit, loss_nats, use_high=False), _crossing(fit, loss_nats, use_high=True)
    estimate = None
    if fit.c_identified and loss_nats > fit.law.c:
        estimate = float(((loss_nats - fit.law.c) / fit.law.a) ** (-1.0 / fit.law.b))
        estimate = estimate if estimate <= FARTHEST_ESTIMATE * fit.largest else None
    return Interval(estimate, low, high, low is None, high is None, fit.c.level)


def _tokens_reached(fit: LawFit, loss_nats: float) -> Interval:
    """Tokens at which a loss that was measured is reached: by the law, between the smallest size and the first at it.

    Where the smallest size is at it already, how few would do is open: the law does not look below what was measured.
    """
    means = fit.curve.size_means()
    first = float(means.t[np.argmax(means.y <= loss_nats)])
    if first == means.t[0]:
        return Interval(None, None, first, low_open=True, level=fit.c.level)
    ends = (_crossing(fit, loss_nats, use_high=use_high) for use_high in (False, True))
    low, high = (float(np.clip(first if end is None else end, means.t[0], first)) for end in ends)
    by_law = float(((loss_nats - fit.law.c) / fit.law.a) ** (-1.0 / fit.law.b)) if loss_nats > fit.law.c else first
    return Interval(float(np.clip(by_law, low, high)), low, high, level=fit.c.level)


def _crossing(fit: LawFit, loss_nats: float, *, use_high: bool) -> float | None:
    """First size at which an end of the band is at or below a loss; None if none within the search."""
    low, high = np.log(fit.smallest) - np.log(1e3), np.log(fit.largest * FARTHEST_SEARCH)
    for _ in range(NUM_ZOOMS):
        places = np.linspace(low, high, NUM_PLACES)
        below = _end(fit, np.exp(places), use_high) <= loss_nats
        if not below.any():
            return None
        first = int(np.argmax(below))
        low, high = places[max(first - 1, 0)], places[first]
    return float(np.exp(high))


def _end(fit: LawFit, num_tokens: Floats, use_high: bool) -> Floats:
    band = predict_band(fit, num_tokens)
    return band.high if use_high else band.low
