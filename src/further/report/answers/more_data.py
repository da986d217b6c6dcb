"""Is more data worth it: the answer from the predictions of the scaling law, or without a law from the points."""

from math import inf
from typing import Any

from further.records.base import Interval
from further.report.answers.answer import MARGIN_NATS, Answer, Verdict, decide
from further.report.law import Size, change_of, group_sizes, read_interval
from further.report.results import StudyResults
from further.report.spending import Spending
from further.report.varied_runs import say_setting
from further.report.wording import (
    fixed,
    join_words,
    show_count,
    show_estimate,
    show_nats,
    show_number,
    show_plain,
    show_relative,
)
from further.scaling.cost import Forecast
from further.scaling.holdout import HoldOut
from further.scaling.record import FitSummary, LawRecord

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
VERBS: dict[Verdict, str] = {"improved": "should cut perplexity{} by", "worse": "would raise perplexity{} by"}
NOT_SHOWN = "Without a law, nothing can be said about amounts of data that were not tried."


def answer_more_data(results: StudyResults[Any]) -> Answer:
    """What would twice the data bring, and for how much; without a law, did more data lower the loss?"""
    law, sizes = results.law, group_sizes(results.law)
    if law.fit is None or not law.forecasts:
        return _answer_without_law(law, sizes, results.loss_of)
    double = law.forecasts[0]
    change, verdict = change_of(double.gain_nats), judge_forecast(double)
    small = verdict == "improved" and change.estimate is not None and -change.estimate < MARGIN_NATS
    return Answer(
        question=QUESTION,
        verdict=verdict,
        word="A little." if small else WORDS[verdict],
        sentence=_say_double(results, double, change, verdict),
        doubt=_say_doubt(law, law.fit, double),
        details=tuple(_say_details(results, law.fit, double, sizes)),
        sources=(f"{SOURCE}: forecasts, reach, holdout, form_reason, intervals.c, points",),
    )


def judge_forecast(forecast: Forecast) -> Verdict:
    """Whether so much data would lower the loss; an open end of the gain is one without limit."""
    change = change_of(forecast.gain_nats)
    low, high = -inf if change.low is None else change.low, inf if change.high is None else change.high
    return decide(low, high) if forecast.useful else "undecided"


def _say_double(results: StudyResults[Any], double: Forecast, change: Interval, verdict: Verdict) -> str:
    more = "" if double.extra_papers is None else f"{show_count(double.extra_papers)} more, "
    price = Spending(results).show_training(double.num_tokens)
    data = f"{_say_factor(double.factor)} the {results.documents} ({more}{price} a training)"
    verb = VERBS.get(verdict, "could change perplexity{} by").format(results.loss_of)
    return f"{data} {verb} {show_relative(change, signed=verdict not in VERBS)}."


def _say_factor(factor: float) -> str:
    return "Twice" if factor == 2 else f"{show_plain(factor)} times"


def _say_doubt(law: LawRecord, fit: FitSummary, double: Forecast) -> str:
    if not double.useful:
        return "These sizes do not predict that far."
    if law.form_doubtful:
        return "The law is in doubt: see details."
    return f"Extrapolated from {fit.num_sizes} sizes of one collection."


def _say_details(results: StudyResults[Any], fit: FitSummary, double: Forecast, sizes: list[Size]) -> list[str]:
    law, first, last = results.law, sizes[0], sizes[-1]
    said = [
        f"Gain at {_say_factor(double.factor).lower()} the {show_count(fit.largest)} unique tokens, predicted for a "
        f"new run: {show_estimate(read_interval(double.gain_nats), show_nats)} nats per token{results.loss_of}. Mean "
        f"measured loss: {show_number(first.loss_nats)} at {show_count(first.num_tokens)} tokens, "
        f"{show_number(last.loss_nats)} at {show_count(last.num_tokens)}.",
        f"The law rests on {show_count(fit.num_points)} runs at {fit.num_sizes} sizes, the largest "
        f"{show_number(fit.span, 2)} times the smallest, all on the same held-out {results.documents}.",
    ]
    said += [_say_holdout(law.holdout)] if law.holdout else []
    said += [law.form_reason] if law.form_doubtful and law.form_reason else []
    said += [law.reach.reason] if law.reach else []
    conditions = [say_setting(name, law.conditional_on[name]) for name in CONDITIONS if name in law.conditional_on]
    like = f", trained with {join_words(conditions)}" if conditions else ""
    return [*said, f"{_say_floor(law)} The law holds for more {results.documents} of the same kind{like}."]


def _say_holdout(holdout: HoldOut) -> str:
    """How well a fit without the largest size predicted it."""
    interval = Interval(estimate=holdout.predicted_nats, low=holdout.low, high=holdout.high)
    error = holdout.error_percent
    off = f"{fixed(abs(error), 1)}% too {'high' if error > 0 else 'low'}"
    said = (
        f"A fit without the largest size predicted {show_estimate(interval)} nats per token for it. The runs there "
        f"gave {show_number(holdout.measured_nats)}, so the prediction was {off}"
    )
    said += " and the runs lie outside its interval" if holdout.within is False else ""
    return f"{said}{'' if holdout.beats_last_value else ', no better than repeating the loss of the size before'}."


def _say_floor(law: LawRecord) -> str:
    """Where the law flattens, if the data say so."""
    c = read_interval(law.intervals.c) if law.intervals else None
    if c is None or not law.c_identified or c.estimate is None:
        return f"The data do not show where the curve flattens, as {law.c_reason}"
    return f"The curve flattens at a loss of {show_estimate(c)} nats per token."


def _answer_without_law(law: LawRecord, sizes: list[Size], loss_of: str) -> Answer:
    """What the points alone say. Without an interval, only a rise of every run is more than undecided."""
    # Without a law, a fall of the mean decides nothing: it may be the effect of the seed.
    verdict: Verdict = "worse" if _rose(sizes) else "undecided"
    sentence = "Fewer than two amounts of data were tried."
    if len(sizes) > 1:
        first, last = sizes[0], sizes[-1]
        sentence = (
            f"Mean loss{loss_of} {show_number(first.loss_nats)} at {show_count(first.num_tokens)} tokens, "
            f"{show_number(last.loss_nats)} at {show_count(last.num_tokens)}."
        )
    return Answer(
        question=QUESTION,
        verdict=verdict,
        word=WORDS[verdict],
        sentence=sentence,
        doubt="No law could be fitted to these runs.",
        details=(f"Why there is no law: {(law.reason or '').rstrip('.')}.", NOT_SHOWN),
        sources=(f"{SOURCE}: points, reason",),
    )


def _rose(sizes: list[Size]) -> bool:
    """Whether every run at the largest size came out above every run at the smallest, by more than the margin.

    By chance alone, three runs are above three others once in 20, but two above two once in 6.
    """
    if len(sizes) < 2 or min(len(sizes[0].losses), len(sizes[-1].losses)) < FEWEST_RUNS:
        return False
    return min(sizes[-1].losses) > max(sizes[0].losses) + MARGIN_NATS
