"""Is more data worth it: the answer from the fitted scaling law, or from the points where no law could be fitted."""

from math import inf

from further.records import Forecast, Interval, LawAnswer, LawRecord, TargetJudgment
from further.records.law import mean_loss, mean_tokens
from further.report.answers.answer import MARGIN_NATS, Answer, Verdict, decide
from further.report.results import TextResults
from further.report.spent import Spending
from further.report.wording import (
    join_words,
    show_change,
    show_count,
    show_estimate,
    show_nats,
    show_number,
    show_plain,
    show_range,
    show_relative,
)

QUESTION = "Is more data worth it, and at what price?"
SOURCE = "results/scaling/law.json"
CONDITIONS = ("base", "quantization", "target_modules", "rank", "context", "epochs")  # those a reader knows
FEWEST_RUNS = 3  # at the smallest and at the largest size, to call the larger one worse
WORDS: dict[Verdict, str] = {
    "improved": "More data helps.",
    "unchanged": "No.",
    "worse": "No: worse.",
    "undecided": "Not known yet.",
}
VERBS: dict[Verdict, str] = {"improved": "should cut perplexity by", "worse": "would raise perplexity by"}
UNITS = {"nats": "nats per token", "bits_per_byte": "bits per byte"}
NOT_SHOWN = "Without a law nothing can be said of an amount of data that was not tried."


def answer_more_data(results: TextResults) -> Answer:
    """Would twice the data lower the loss, by the law, and for how much; without a law, did more data lower it?"""
    law, spending = results.law, Spending(results)
    if law.answer is None:
        return _answer_without_law(law)
    double, doubt = law.answer.double, law.answer.doubt
    change = change_of(double)
    low, high = -inf if change.low is None else change.low, inf if change.high is None else change.high
    verdict: Verdict = "undecided" if doubt else decide(low, high)
    small = verdict == "improved" and change.estimate is not None and -change.estimate < MARGIN_NATS
    return Answer(
        question=QUESTION,
        verdict=verdict,
        word="A little." if small else WORDS[verdict],
        sentence=_say_double(double, change, spending, verdict),
        doubt=_say_doubt(law.answer),
        details=tuple(_say_details(law, law.answer, double)),
        sources=(f"{SOURCE}: forecasts, intervals.c, points, holdout, form_reason",),
    )


def change_of(forecast: Forecast) -> Interval:
    """A gain (above zero is better) as a difference (below zero is better)."""
    gain = forecast.gain
    estimate, low, high = (None if end is None else -end for end in (gain.estimate, gain.high, gain.low))
    return Interval(estimate=estimate, low=low, high=high, level=gain.level)


def _say_double(double: Forecast, change: Interval, spending: Spending, verdict: Verdict) -> str:
    more = "" if double.extra_papers is None else f"{show_count(double.extra_papers)} more, "
    data = f"{_say_factor(double.factor)} the papers ({more}{spending.show_training(double.num_tokens)} a training)"
    verb = VERBS.get(verdict, "could change perplexity by")
    return f"{data} {verb} {show_relative(change, signed=verdict not in VERBS)}."


def _say_factor(factor: float) -> str:
    return "Twice" if factor == 2 else f"{show_plain(factor)} times"


def _say_doubt(law: LawAnswer) -> str:
    if law.doubt:
        return "The measured losses do not follow the law well enough."
    return f"Extrapolated from {law.num_sizes} sizes of one collection."


def _say_details(law: LawRecord, answer: LawAnswer, double: Forecast) -> list[str]:
    first, last = law.sizes[0], law.sizes[-1]
    said = [
        f"Gain at {_say_factor(double.factor).lower()} the {show_count(answer.largest)} unique tokens: "
        f"{show_estimate(double.gain, show_nats)} nats per token. Mean measured loss: {show_number(mean_loss(first))} "
        f"at {show_count(mean_tokens(first))} tokens, {show_number(mean_loss(last))} at "
        f"{show_count(mean_tokens(last))}.",
        f"The law rests on {show_count(answer.num_points)} runs at {answer.num_sizes} sizes, the largest "
        f"{show_number(answer.span, 2)} times the smallest. Its intervals are for other runs on the same held-out "
        "papers.",
    ]
    said += [_say_holdout(answer)] if answer.holdout else []
    said += [answer.doubt] if answer.doubt else []
    said += [_say_floor(answer), _say_reach(answer, law.conditional_on)]
    return said


def _say_holdout(law: LawAnswer) -> str:
    """How well a fit without the largest size predicted it."""
    holdout = law.holdout
    assert holdout is not None
    interval = Interval(estimate=holdout.predicted_nats, low=holdout.low, high=holdout.high)
    shown = show_number(holdout.predicted_nats) if interval.is_open else show_estimate(interval)
    said = (
        f"A fit without the largest size predicted {shown} nats per token for it; {show_number(holdout.measured_nats)} "
        f"was measured, {show_change(holdout.error_percent, 1)}% off"
    )
    said += " and outside that interval" if holdout.within is False else ""
    return f"{said}{'' if holdout.beats_last_value else ', no better than repeating the loss of the size before'}."


def _say_floor(law: LawAnswer) -> str:
    """Where the law flattens, if the data say so."""
    if not law.c_identified or law.c.estimate is None:
        return f"Where the curve would flatten, the data do not say: {law.c_reason}"
    return f"The curve would flatten at a loss of {show_number(law.c.estimate)} ({show_range(law.c)}) nats per token."


def _say_reach(law: LawAnswer, given: dict[str, object]) -> str:
    """What the law holds for."""
    far = "" if law.furthest_factor is None else f" It predicts up to {show_plain(law.furthest_factor)} times the data."
    conditions = [f"{name.replace('_', ' ')} {given[name]}" for name in CONDITIONS if name in given]
    holds = f" It holds for {join_words(conditions)}." if conditions else ""
    return f"Beyond the largest size the law extrapolates, for more papers of the same kind.{far}{holds}"


def _answer_without_law(law: LawRecord) -> Answer:
    """What the points alone say: no interval stands behind it, so only a rise of every run is more than undecided."""
    verdict: Verdict = "worse" if _rose(law) else "undecided"
    reason = (law.reason or "").rstrip(".")
    if len(law.sizes) > 1:
        first, last = law.sizes[0], law.sizes[-1]
        sentence = (
            f"Mean loss {show_number(mean_loss(first))} at {show_count(mean_tokens(first))} tokens, "
            f"{show_number(mean_loss(last))} at {show_count(mean_tokens(last))}."
        )
    else:
        sentence = "Fewer than two amounts of data were tried."
    return Answer(
        question=QUESTION,
        verdict=verdict,
        word=WORDS[verdict],
        sentence=sentence,
        doubt="No law could be fitted to these runs.",
        details=(f"Why there is no law: {reason}.", NOT_SHOWN),
        sources=(f"{SOURCE}: points, reason",),
    )


def _rose(law: LawRecord) -> bool:
    """Whether every run at the largest size came out above every run at the smallest, by more than the margin.

    By chance alone three runs stand above three others once in 20; two above two once in 6, which says nothing.
    """
    sizes = [[point.loss_nats for point in points] for points in law.sizes]
    enough = len(sizes) > 1 and min(len(sizes[0]), len(sizes[-1])) >= FEWEST_RUNS
    return enough and min(sizes[-1]) > max(sizes[0]) + MARGIN_NATS


def name_target(target: TargetJudgment) -> str:
    """A target in the unit it was given in: `perplexity 120`, `4.5 nats per token`."""
    value, unit = show_plain(target.target.value), target.target.unit
    return f"{value} {UNITS[unit]}" if unit in UNITS else f"{unit} {value}"
