"""Numbers as people read them: signs, units, intervals."""

import math
from collections.abc import Callable, Mapping
from typing import Any

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"


def show_number(value: float | None, digits: int = 3) -> str:
    """A number to some significant digits, thousands apart; "not known" for None, NaN and infinity."""
    if value is None or not math.isfinite(value):
        return "not known"
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}".replace("-", MINUS).replace(",", THIN)


def show_plain(value: float) -> str:
    """A number without needless zeros: `2`, `0.05`, `3.5`."""
    return f"{value:g}".replace("-", MINUS)


def show_count(value: float) -> str:
    """A whole number, thousands apart by a narrow space."""
    return f"{value:,.0f}".replace(",", THIN).replace("-", MINUS)


def show_nats(value: float) -> str:
    """A loss or a gain in nats per token, to the decimals that a verdict looks at."""
    return f"{value:.3f}".replace("-", MINUS)


def show_change(value: float, decimals: int = 3) -> str:
    """A signed number with fixed decimals: `+0.012`, `−0.310`."""
    text = f"{value:+.{decimals}f}"
    return f"{0:.{decimals}f}" if float(text) == 0 else text.replace("-", MINUS)


def show_interval(interval: Mapping[str, Any], decimals: int = 3) -> str:
    """An estimate's interval: `95 % interval −0.40 to −0.22`, with one end `at most −0.22`; or that there is none."""
    if interval["low"] is None and interval["high"] is None:
        return "no interval can be given"
    level = round(100 * interval["level"])
    return f"{level}{THIN}% interval {show_range(interval, lambda end: show_change(end, decimals))}"


def show_percent(ratio: float) -> str:
    """The size of a relative change to a tenth of a per cent, without its sign: 0.734 and 1.266 give `26.6 %`."""
    return show_share(abs(ratio - 1))


def show_share(share: float) -> str:
    """A share to a tenth of a per cent: 0.0589 gives `5.9 %`, 0.0003 gives `less than 0.1 %`."""
    percent = 100 * share
    return f"{percent:.1f}{THIN}%" if percent >= 0.05 or percent == 0 else f"less than 0.1{THIN}%"


def show_seconds(seconds: float) -> str:
    """A duration in the unit that suits it: `42 s`, `3.5 min`, `12.1 h`."""
    if seconds < 90:
        return f"{show_number(seconds, 2)}{THIN}s"
    if seconds < 5400:
        return f"{show_number(seconds / 60)}{THIN}min"
    return f"{show_number(seconds / 3600)}{THIN}h"


def count_noun(number: int, noun: str, plural: str = "") -> str:
    """A count and its noun: `1 paper`, `7 papers`; `plural` where it is not the noun with an s."""
    return f"{show_count(number)} {noun if number == 1 else plural or f'{noun}s'}"


def join_words(words: list[str]) -> str:
    """A list in prose: `a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def show_range(interval: Mapping[str, Any], show: Callable[[float], str] = show_number) -> str:
    """Both ends of an interval, either of which may be open: `3.7 to 4.3`, `at least 3.7`, `no limits`."""
    low = None if interval.get("low_open") else interval["low"]
    high = None if interval.get("high_open") else interval["high"]
    if low is None:
        return "no limits" if high is None else f"at most {show(high)}"
    return f"at least {show(low)}" if high is None else f"{show(low)} to {show(high)}"
