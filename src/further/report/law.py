"""Reading the law's record: its intervals with open ends, its points by size, its targets by name."""

from typing import NamedTuple

from further.records.base import Interval
from further.report.wording import show_plain
from further.scaling.interval import Interval as LawInterval
from further.scaling.record import LawRecord
from further.scaling.target_verdict import JudgedTarget

UNITS = {"nats": "nats per token", "bits_per_byte": "bits per byte"}


class Size(NamedTuple):
    """One amount of data: mean tokens and mean loss of its runs, and the loss of each."""

    num_tokens: float
    loss_nats: float
    losses: tuple[float, ...]


def read_interval(interval: LawInterval) -> Interval:
    """An interval of the law; an end that is marked as open is None, whatever its number."""
    low, high = None if interval.low_open else interval.low, None if interval.high_open else interval.high
    return Interval(estimate=interval.estimate, low=low, high=high, level=interval.level)


def change_of(gain: LawInterval) -> Interval:
    """A gain (above zero is better) as a difference (below zero is better)."""
    read = read_interval(gain)
    estimate, low, high = (None if end is None else -end for end in (read.estimate, read.high, read.low))
    return Interval(estimate=estimate, low=low, high=high, level=read.level)


def group_sizes(law: LawRecord) -> list[Size]:
    """The measured runs by amount of data, the smallest first."""
    # Seeds of one size have slightly different token counts: points are grouped by the size that was asked for.
    groups: dict[object, list[tuple[float, float]]] = {}
    for point in law.points:
        label = point.num_unique_tokens if point.size is None else point.size
        groups.setdefault(label, []).append((point.num_unique_tokens, point.loss_nats))
    sizes = []
    for runs in groups.values():
        tokens, losses = zip(*runs, strict=True)
        sizes.append(Size(sum(tokens) / len(runs), sum(losses) / len(runs), losses))
    return sorted(sizes)


def name_target(target: JudgedTarget) -> str:
    """A target in its own unit: `perplexity 120`, `4.5 nats per token`."""
    value, unit = show_plain(target.target.value), target.target.unit
    return f"{value} {UNITS[unit]}" if unit in UNITS else f"{unit} {value}"
