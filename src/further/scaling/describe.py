"""A record in words, for a terminal."""

from collections.abc import Iterator
from math import exp

from further.scaling.cost import Cost, Forecast
from further.scaling.interval import Interval
from further.scaling.record import LawRecord
from further.scaling.target_verdict import JudgedTarget


def describe(record: LawRecord) -> str:
    """Return the record as lines of text."""
    lines = list(_law_lines(record)) if record.fitted else [f"No law: {record.reason}."]
    for target in record.targets:
        lines += _target_lines(target)
    return "\n".join([*lines, *_condition_lines(record)]) + "\n"


def _condition_lines(record: LawRecord) -> Iterator[str]:
    values = record.conditional_on.items()
    given = ", ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in values)
    if given:
        yield f"Conditional on {given}: all of this holds for no other set-up."
    elif record.fitted:
        yield "The table names no set-up: all of this holds for that of its runs alone."


def _law_lines(record: LawRecord) -> Iterator[str]:
    law, fit, reach, schedule = record.law, record.fit, record.reach, record.schedule
    assert law is not None and fit is not None and record.intervals is not None
    assert reach is not None and schedule is not None and record.forecasts is not None
    yield f"loss = {law.a:.5g} * t^-{law.b:.5g} + {law.c:.5g} {record.loss_unit}, t in {record.x_axis}"
    yield f"  {fit.num_points} runs at {fit.num_sizes} sizes from {fit.smallest:.4g} to {fit.largest:.4g}"
    lowest = min(point.loss_nats for point in record.points)
    yield f"  lowest loss {lowest:.4g} nats per token, a perplexity of {exp(lowest):.4g}"
    yield f"  b {_interval(record.intervals.b)}; c {_interval(record.intervals.c)}" + (", weighted" * fit.weighted)
    if fit.huber_delta_nats is not None:
        unit = "standard errors" if fit.weighted else "nats"
        yield f"  Huber's loss, straight beyond {fit.huber_delta_nats:g} {unit}"
    yield record.c_reason or ""
    yield record.form_reason or ""
    if schedule.matched is not False:  # else it stands in both reasons above
        yield schedule.reason
    yield _aicc_line(record)
    yield from _holdout_lines(record)
    yield reach.reason
    yield from (_forecast_line(one) for one in record.forecasts)
    if record.budget is not None:
        yield "The yearly budget: " + _forecast_line(record.budget)


def _aicc_line(record: LawRecord) -> str:
    behind = {row.name: row.delta_aicc for row in record.families or () if row.delta_aicc is not None}
    if not behind:
        return "  too few points to compare forms by AICc"
    rest = [row.name for row in record.families or () if row.name not in behind]
    ranked = ", ".join(f"{name} +{behind[name]:.1f}" for name in sorted(behind, key=lambda name: behind[name]))
    return f"  AICc over the lowest: {ranked}" + (f"; too few points for {', '.join(rest)}" if rest else "")


def _holdout_lines(record: LawRecord) -> Iterator[str]:
    held = record.holdout
    if held is None:
        yield "Too few sizes to leave the largest out."
        return
    between = "" if held.low is None or held.high is None else f" [{held.low:.4g}, {held.high:.4g}]"
    yield (
        f"Largest size left out: predicted {held.predicted_nats:.4g}{between}, measured {held.measured_nats:.4g} "
        f"({held.error_percent:+.2f}%){', outside its interval' if held.within is False else ''}; "
        f"last value {held.last_value_nats:.4g} ({held.last_value_error_percent:+.2f}%)"
        + ("" if held.beats_last_value else ": the law does not beat the last value")
    )
    others = [f"{one.name} {one.error_percent:+.2f}%" for one in held.families if one.name != "power"]
    if others:
        yield "  other forms there: " + ", ".join(others)


def _forecast_line(forecast: Forecast) -> str:
    size = f"{forecast.factor:.3g}x the largest size, {forecast.num_tokens:.4g}"
    said = f"{size}: a new run's loss {_interval(forecast.loss_nats)}, the law's own {_interval(forecast.law_nats)}"
    said += "" if forecast.useful else "; undecided, as predictions do not go so far"
    return said + (f"; {_cost(forecast.cost)}" if forecast.cost else "")


def _target_lines(judged: JudgedTarget) -> list[str]:
    target = judged.target
    lines = [f"Target {target.value:g} {target.unit}: {judged.verdict}. {judged.reason}"]
    if judged.tokens is not None:
        beyond = " (partly beyond what was measured)" if judged.extrapolated else ""
        lines.append(
            f"  tokens {_interval(judged.tokens)}{beyond}" + (f"; {_cost(judged.cost)}" if judged.cost else "")
        )
    return lines


def _cost(cost: Cost) -> str:
    parts = [
        ("papers", cost.papers),
        ("GPU-hours", cost.gpu_hours),
        ("kWh", cost.energy_kwh),
        (cost.currency, cost.money),
    ]
    words = ", ".join(f"{name} {_interval(one)}" for name, one in parts if one is not None)
    return words + (f" at the price of {cost.price_date}" if cost.money is not None else "")


def _interval(interval: Interval) -> str:
    """Write an interval; one without width is a number, one that knows only its upper end says so."""
    if interval.low is not None and interval.low == interval.high:
        return f"{interval.low:.4g}"
    if interval.low is None and interval.estimate is None and interval.high is not None:
        return f"at most {interval.high:.4g}"
    low = "open" if interval.low is None else f"{interval.low:.4g}" + (" (open)" if interval.low_open else "")
    high = "open" if interval.high is None else f"{interval.high:.4g}"
    estimate = "" if interval.estimate is None else f"{interval.estimate:.4g} "
    return f"{estimate}[{low}, {high}]"
