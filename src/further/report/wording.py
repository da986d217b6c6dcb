"""Numbers as people read them, all rounded in one place; and a few words around them."""

import math
from collections.abc import Callable, Sequence

from further.records.base import Interval

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"
DESCRIBE = "Describe the image."  # shown as the question of an answer that is a caption
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALLEST_P = 0.0001
MOST_WRITTEN_OUT = 1e12  # a model that has diverged has a perplexity of a hundred digits
DECIMALS = 3  # of a difference in nats, as shown and as judged


def rounded(value: float, decimals: int = DECIMALS) -> float:
    """A number as it is shown: every number of the report is rounded here."""
    return round(value, decimals) if math.isfinite(value) else value


def fixed(value: float, decimals: int, signed: bool = False) -> str:
    """A number with fixed decimals and commas between thousands; `signed` puts `+` before positive numbers."""
    shown = rounded(value, decimals) + 0.0  # a zero has no sign
    if abs(shown) >= MOST_WRITTEN_OUT:
        digits, exponent = f"{shown:{'+' if signed else ''}.2e}".replace("-", MINUS).split("e+")
        return f"{digits} × 10{exponent.translate(SUPERSCRIPTS)}"
    return f"{shown:{'+' if signed and shown else ''},.{decimals}f}".replace("-", MINUS)


def show_number(value: float | None, digits: int = 3) -> str:
    """A number to some significant digits; "not known" for None, NaN and infinity."""
    if value is None or not math.isfinite(value):
        return "not known"
    return fixed(value, max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else 0)


def show_plain(value: float) -> str:
    """A number without needless zeros: `2`, `0.05`, `3.5`."""
    return f"{value:g}".replace("-", MINUS)


def show_count(value: float) -> str:
    """A whole number."""
    return fixed(value, 0)


def show_nats(value: float) -> str:
    """A loss or a gain in nats per token, to the decimals that a verdict looks at."""
    return fixed(value, DECIMALS)


def show_change(value: float, decimals: int = DECIMALS) -> str:
    """A signed number with fixed decimals: `+0.012`, `−0.310`."""
    return fixed(value, decimals, signed=True)


def show_percent(fraction: float, signed: bool = False) -> str:
    """A fraction to a tenth of a percent: 0.0589 gives `5.9%`, 0.0003 gives `less than 0.1%`."""
    if not signed and 0 < fraction < 0.0005:
        return "less than 0.1%"
    return f"{fixed(100 * fraction, 1, signed)}%"


def show_score(score: Interval) -> str:
    """A fraction in percent with its interval, if that has a width: `73.8% (71.0 to 76.5%)`, `0.5% (at most 2.7%)`."""
    shown, low, high = "not known" if score.estimate is None else show_percent(score.estimate), score.low, score.high
    if low is not None and high is not None:  # resamples that are all alike have no width
        return shown if low == high else f"{shown} ({fixed(100 * low, 1)} to {show_percent(high)})"
    # "At most 100%" and "at least 0%" say nothing of a fraction.
    says_nothing = (high is None or high >= 1) if low is None else low <= 0
    return shown if says_nothing else f"{shown} ({show_range(score, show_percent)})"


def show_points(change: Interval | None, unit: str = " points") -> str:
    """A difference of fractions with its interval: `+1.2 points (−0.3 to +2.7)`; empty where there is none to show.

    No difference of fractions exceeds 100 points: an end beyond, as of two seeds, is shown there.
    """
    if change is None:
        return ""
    return show_estimate(change, lambda end: fixed(100 * min(1.0, max(-1.0, end)), 1, signed=True), unit)


def show_p(value: float) -> str:
    """A p-value: `p = 0.016`; a smaller one than can be trusted, which may be stored as 0, as `p < 0.0001`."""
    return f"p = {show_number(value, 2)}" if value >= SMALLEST_P else f"p < {SMALLEST_P}"


def show_share_of(fraction: float) -> str:
    """A round fraction without needless zeros: `10%`, `2.5%`."""
    return f"{show_plain(100 * fraction)}%"


def relative(nats: float) -> float:
    """What a change of the loss does to perplexity, as a fraction: −0.105 nats give −0.1."""
    return math.expm1(nats)


def show_relative(change: Interval, signed: bool | None = None) -> str:
    """A change of the loss as one of perplexity, with its interval: `45.5% (42.7 to 50.3%)`, `+2.0% (−1.0 to +5.1%)`.

    Args:
        change: In nats per token, after minus before.
        signed: Whether to show signs; without them words have to say which way. None: only where the interval holds
            changes of both directions.
    """
    ends = [end for end in (change.low, change.high) if end is not None]
    falls = (sum(ends) if change.estimate is None else change.estimate) < 0
    if signed is None:
        signed = any(end > 0 if falls else end < 0 for end in ends)
    sizes = sorted(relative(end) if signed else abs(relative(end)) for end in ends)
    if len(sizes) == 2:
        shown = f"{fixed(100 * sizes[0], 1, signed)} to {show_percent(sizes[1], signed)}"
    elif sizes:  # one end is open: its side is that of the interval, mirrored where a fall is shown as a size
        is_floor = (change.low is not None) == (signed or not falls)
        shown = f"{'at least' if is_floor else 'at most'} {show_percent(sizes[0], signed)}"
    else:
        shown = ""
    if change.estimate is None:
        return shown or "an unknown amount"
    size = relative(change.estimate) if signed else abs(relative(change.estimate))
    return f"{show_percent(size, signed)} ({shown})" if shown else show_percent(size, signed)


def show_range(interval: Interval, show: Callable[[float], str]) -> str:
    """Both ends of an interval, either of which may be open: `3.7 to 4.3`, `at least 3.7`, `no limits`."""
    if interval.low is None:
        return "no limits" if interval.high is None else f"at most {show(interval.high)}"
    return (
        f"at least {show(interval.low)}" if interval.high is None else f"{show(interval.low)} to {show(interval.high)}"
    )


def show_difference(interval: Interval, decimals: int = DECIMALS) -> str:
    """A difference with its interval: `−0.310 nats per token (95% interval −0.400 to −0.220)`."""
    ends = show_range(interval, lambda end: show_change(end, decimals))
    known = "no interval can be given" if interval.is_open else f"{fixed(100 * interval.level, 0)}% interval {ends}"
    return f"{show_change(interval.estimate or 0.0, decimals)} nats per token ({known})"


def show_estimate(interval: Interval, show: Callable[[float], str] = show_number, unit: str = "") -> str:
    """An estimate and its unit with its range, if it has one, or the range alone where one number would mislead."""
    if interval.estimate is None:
        return show_range(interval, show) + unit
    shown = show(interval.estimate) + unit
    if interval.is_open or interval.low == interval.high == interval.estimate:
        return shown
    return f"{shown} ({show_range(interval, show)})"


def show_seconds(seconds: float) -> str:
    """A duration in the unit that suits it: `42 s`, `3.5 min`, `12.1 h`."""
    if seconds < 90:
        return f"{show_number(seconds, 2)}{THIN}s"
    return f"{show_number(seconds / 60)}{THIN}min" if seconds < 5400 else f"{show_number(seconds / 3600)}{THIN}h"


def count_noun(number: int, noun: str, plural: str = "") -> str:
    """A count and its noun: `1 paper`, `7 papers`; `plural` where it is not the noun with an s."""
    return f"{show_count(number)} {noun if number == 1 else plural or f'{noun}s'}"


def join_words(words: Sequence[str], most: int | None = None) -> str:
    """A list in prose: `a`, `a and b`, `a, b and c`; of more than `most` the first ones: `a, b and 3 more`."""
    if most and len(words) > most:
        words = [*words[:most], f"{show_count(len(words) - most)} more"]
    return " and ".join([", ".join(words[:-1]), *words[-1:]]) if len(words) > 1 else "".join(words)
