"""An analysis in words, for a terminal."""

from collections.abc import Iterator
from math import exp

from further.scaling.analysis import Analysis, LawAnswer
from further.scaling.cost import Cost, Forecast
from further.scaling.forms import Forms
from further.scaling.records import Interval
from further.scaling.verdict import TargetVerdict


def describe(analysis: Analysis) -> str:
    """Return the analysis as lines of text."""
    lines = [f"No law: {analysis.reason}."] if analysis.answer is None else list(_law_lines(analysis.answer))
    for verdict, cost in analysis.targets:
        lines += _target_lines(verdict, cost)
    return "\n".join([*lines, *_condition_lines(analysis)]) + "\n"


def _condition_lines(analysis: Analysis) -> Iterator[str]:
    values = analysis.conditional_on.items()
    given = ", ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in values)
    if given:
        yield f"Conditional on {given}: all of this holds for no other set-up."
    elif analysis.answer is not None:
        yield "The table names no set-up: all of this holds for that of its runs alone."


def _law_lines(answer: LawAnswer) -> Iterator[str]:
    fit = answer.fit
    yield f"loss = {fit.law.a:.5g} * t^-{fit.law.b:.5g} + {fit.law.c:.5g} nats per token, t in unique training tokens"
    yield f"  {fit.num_points} runs at {fit.num_sizes} sizes from {fit.smallest:.4g} to {fit.largest:.4g} tokens"
    lowest = float(fit.curve.y.min())
    yield f"  lowest loss {lowest:.4g} nats per token, a perplexity of {exp(lowest):.4g}"
    yield f"  b {_interval(fit.b)}; c {_interval(fit.c)}; by {fit.method}" + (", weighted" if fit.weighted else "")
    if fit.huber_delta_nats is not None:
        unit = "standard errors" if fit.weighted else "nats"
        yield f"  Huber's loss, straight beyond {fit.huber_delta_nats:g} {unit}"
    yield fit.c_reason
    yield answer.forms.reason
    yield _aicc_line(answer.forms)
    yield from _holdout_lines(answer)
    yield from (_forecast_line(one) for one in answer.forecasts)
    if answer.budget is not None:
        yield "The yearly budget: " + _forecast_line(answer.budget)


def _aicc_line(forms: Forms) -> str:
    behind = forms.aicc_behind()
    if not behind:
        return "  too few points to compare forms by AICc"
    rest = [one.family.name for one in forms.fits if one.family.name not in behind]
    ranked = ", ".join(f"{name} +{behind[name]:.1f}" for name in sorted(behind, key=lambda name: behind[name]))
    return f"  AICc over the lowest: {ranked}" + (f"; too few points for {', '.join(rest)}" if rest else "")


def _holdout_lines(answer: LawAnswer) -> Iterator[str]:
    held = answer.holdout
    if held is None:
        yield "Too few sizes to leave the largest out."
        return
    between = "" if held.low is None or held.high is None else f" [{held.low:.4g}, {held.high:.4g}]"
    yield (
        f"Largest size left out: predicted {held.predicted_nats:.4g}{between}, measured {held.measured_nats:.4g} "
        f"({held.error_percent:+.2f} %){', outside its interval' if held.within is False else ''}; "
        f"last value {held.last_value_nats:.4g} ({held.last_value_error_percent:+.2f} %)"
        + ("" if held.beats_last_value else ": the law does not beat the last value")
    )
    others = [f"{one.name} {one.error_percent:+.2f} %" for one in held.families if one.name != "power"]
    if others:
        yield "  other forms there: " + ", ".join(others)


def _forecast_line(forecast: Forecast) -> str:
    size = f"{forecast.factor:.3g}x the largest size, {forecast.num_tokens:.4g} tokens"
    return f"{size}: loss {_interval(forecast.loss_nats)}" + (f"; {_cost(forecast.cost)}" if forecast.cost else "")


def _target_lines(verdict: TargetVerdict, cost: Cost | None) -> list[str]:
    target = verdict.target
    lines = [f"Target {target.value:g} {target.unit}: {verdict.verdict}. {verdict.reason}"]
    if verdict.tokens is not None:
        beyond = " (partly beyond what was measured)" if verdict.extrapolated else ""
        lines.append(f"  tokens {_interval(verdict.tokens)}{beyond}" + (f"; {_cost(cost)}" if cost else ""))
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
