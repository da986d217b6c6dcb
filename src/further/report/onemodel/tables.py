"""The tables of the page, each number with its interval over seeds and test cases."""

from collections.abc import Mapping

from further.onemodel.arms import ADAPTED, ENCODER_DECODER, LONGER, NO_OBJECTIVE, PREFIX, PREFIX_EQUAL
from further.records.base import Interval
from further.records.onemodel import ArmRecord
from further.report.law import group_sizes, read_interval
from further.report.onemodel.results import OneModelResults
from further.report.shown_table import ShownTable, show_filled, show_table
from further.report.spending import Spending
from further.report.wording import (
    fixed,
    show_count,
    show_estimate,
    show_nats,
    show_number,
    show_plain,
    show_points,
    show_seconds,
)
from further.scaling.cost import Forecast

LAYOUTS = {
    ENCODER_DECODER: "encoder–decoder",
    PREFIX: "prefix-LM, equal steps",
    PREFIX_EQUAL: "prefix-LM, equal compute",
    ADAPTED: "LoRA on the pre-trained base, equal compute",
}
OBJECTIVES = {
    NO_OBJECTIVE: "none: longer fine-tuning",
    "captions": "captions (prefix-LM)",
    "spans": "span corruption (T5)",
    "mixture": "mixture of denoisers (UL2)",
    "patches": "masked patches",
    "patches_captions": "masked patches and captions in turn",
}
ADDITIONS = {
    "all_replay": "all weights, half the rows old images",
    "all": "all weights, no old images",
    "lora": "LoRA and the new embedding",
    "embedding": "the new embedding alone",
    "tower": "a tower of its own before the frozen model",
}
TERA = 1e12


def show_accuracy(interval: Interval) -> str:
    """A fraction in percent with its interval, under a head that says so: `84.0 (82.1 to 85.9)`."""
    return show_estimate(interval, lambda end: fixed(100 * end, 1))


def show_loss(interval: Interval) -> str:
    """A loss with its interval."""
    return show_estimate(interval, show_nats)


def show_bytes(size: float) -> str:
    """A size in the unit that suits it."""
    return f"{show_number(size / 1e6)} MB" if size >= 1e6 else f"{show_number(size / 1e3)} kB"


def _compute(arm: ArmRecord) -> list[str]:
    return [show_count(arm.num_steps), show_number(arm.flops / TERA), _show_time(arm)]


def _show_time(arm: ArmRecord) -> str:
    return show_seconds(arm.seconds.estimate or 0.0)


def layouts_table(results: OneModelResults) -> ShownTable:
    """Layouts from scratch and the adapted base: size, compute, accuracy, difference."""
    rows = []
    for name, arm in results.arms("layouts").items():
        sizes = map(show_count, (arm.num_parameters, arm.num_trained_parameters))
        scores = (show_accuracy(arm.accuracy), show_points(arm.difference, unit=""), show_loss(arm.loss_nats))
        rows.append([LAYOUTS[name], show_plain(arm.learning_rate), *sizes, *_compute(arm), *scores])
    header = ["model", "learning rate", "parameters", "trained", "steps", "10¹² operations", "time", "right, %",
              "difference, points", "loss, nats"]  # fmt: skip
    return show_table("All from scratch, except LoRA; differences are to the first row", header, rows, range(1, 10))


def rates_table(results: OneModelResults) -> ShownTable:
    """How each layout's learning rate was chosen."""
    rates = sorted({float(rate) for tried in results.record.rates.values() for rate in tried})
    rows = []
    for layout, tried in results.record.rates.items():
        losses = (tried.get(f"{rate:g}") for rate in rates)
        rows.append([LAYOUTS[layout].split(",")[0], *("" if loss is None else fixed(loss, 3) for loss in losses)])
    header = ["model", *(show_plain(rate) for rate in rates)]
    caption = "Validation loss after half the steps by learning rate, with a seed of its own. The lowest is used"
    return show_table(caption, header, rows, range(1, len(header)))


def objectives_tables(results: OneModelResults) -> list[ShownTable]:
    """Objectives against longer fine-tuning, by the number of cases with questions."""
    groups: dict[int, dict[str, ArmRecord]] = {}
    for name, arm in results.arms("objectives").items():
        groups.setdefault(arm.num_cases, {})[name.split("-")[1]] = arm
    return [_objectives_table(number, arms) for number, arms in groups.items()]


def _objectives_table(number: int, arms: Mapping[str, ArmRecord]) -> ShownTable:
    rows = [
        [OBJECTIVES[name], *_compute(arm), show_accuracy(arm.accuracy), show_points(arm.difference, unit="")]
        for name, arm in arms.items()
    ]
    header = ["pre-training", "steps", "10¹² operations", "time", "right, %", "difference, points"]
    caption = f"Questions of {show_count(number)} cases; differences are to longer fine-tuning at equal compute"
    return show_table(caption, header, rows, range(1, 6))


def additions_table(results: OneModelResults) -> ShownTable:
    """Methods of adding a modality: what they learn, what they forget, what they take."""
    rows = []
    for name, arm in results.arms("additions").items():
        taken = (show_count(arm.num_trained_parameters), show_bytes(arm.stored_bytes), _show_time(arm))
        scores = (show_accuracy(arm.accuracy), show_points(arm.old_difference, unit=""))
        rows.append([ADDITIONS[name.removeprefix("addition-")], *taken, *scores])
    header = ["method", "parameters trained", "stored", "time", "new modality right, %", "change on images, points"]
    caption = "A drawn signal added to the encoder–decoder; with all else frozen, answers about images cannot change"
    return show_table(caption, header, rows, range(1, 6))


def budget_table(results: OneModelResults) -> ShownTable:
    """Cases, time, money, loss and accuracy of one fine-tuning a year: measured, then predicted."""
    law, spending = results.law, Spending(results)
    own = results.arms("layouts")[ENCODER_DECODER]
    arms = sorted([*results.arms("cases").values(), own], key=lambda arm: (arm.num_cases, arm.num_steps))
    rows = []
    for arm in arms:
        longer = f", {arm.num_steps / own.num_steps:g} × the steps" if arm.num_steps > own.num_steps else ""
        scores = (show_loss(arm.loss_nats), show_accuracy(arm.accuracy))
        money = _show_money(arm.seconds.estimate or 0.0, spending)
        rows.append([show_count(arm.num_cases), f"measured{longer}", _show_time(arm), money, *scores])
    forecasts = [*(law.forecasts or ()), *([law.budget] if law.budget else [])]
    # Both laws forecast the same amounts of cases, so that a row has the loss of one and the error of the other.
    errors = {one.num_tokens: one for one in [*(results.error_law.forecasts or ()), results.error_law.budget] if one}
    rows += [_forecast_row(one, errors.get(one.num_tokens), one is law.budget, spending) for one in forecasts]
    header = ["cases", "known from", "time", f"cost, {spending.cost.currency}", "loss, nats", "right, %"]
    return show_filled("One fine-tuning a year", header, rows, first_number=2)


def _show_money(seconds: float, spending: Spending) -> str:
    return show_number(spending.money(seconds), 2) if spending.has_price else ""


def _forecast_row(loss: Forecast, error: Forecast | None, is_budget: bool, spending: Spending) -> list[str]:
    """A prediction; "not known" beyond the reach of the law."""
    seconds = (loss.cost.gpu_hours.estimate or 0.0) * 3600 if loss.cost else 0.0
    shown = show_loss(read_interval(loss.loss_nats)) if loss.useful else "not known"
    right = "not known"
    if error is not None and error.useful:
        wrong = read_interval(error.loss_nats)
        # Right answers are one minus the wrong ones, so the ends change places.
        ends = [None if end is None else 1 - end for end in (wrong.estimate, wrong.high, wrong.low)]
        right = show_accuracy(Interval(estimate=ends[0], low=ends[1], high=ends[2], level=wrong.level))
    kind = "the yearly budget" if is_budget else "predicted"
    return [show_count(loss.num_tokens), kind, show_seconds(seconds), _show_money(seconds, spending), shown, right]


def law_lines(results: OneModelResults) -> list[str]:
    """The floor of the law, its schedule and reach, and what longer training says about the floor."""
    law = results.law
    if law.intervals is None or law.schedule is None:
        return [f"No law of the loss: {law.reason}", *_longer_lines(results, None)]
    c, unmatched = read_interval(law.intervals.c), law.schedule.matched is False
    floor = (
        f"No floor can be given. {law.schedule.reason} {law.schedule.remedy}"
        if unmatched
        else f"Irreducible loss c: {show_loss(c)} nats per token. {law.c_reason or law.schedule.reason}"
    )
    said = [f"The law is fitted to {len(group_sizes(law))} sizes. {floor}", *_longer_lines(results, c.estimate)]
    said += [law.form_reason or ""] if not unmatched else []
    return [line for line in [*said, law.reach.reason if law.reach else ""] if line]


def _longer_lines(results: OneModelResults, floor: float | None) -> list[str]:
    """The loss of the largest size trained for longer, beside the fitted floor."""
    arm = results.arms("cases").get(LONGER)
    if arm is None:
        return []
    times = results.settings.onemodel.law_longer
    said = f"With all cases and {times} times the steps: {show_loss(arm.loss_nats)} nats per token"
    if floor is None or arm.loss_nats.high is None:
        return [f"{said}."]
    below = arm.loss_nats.high < floor
    return [f"{said}, {'below' if below else 'not shown to be below'} the fitted c of {fixed(floor, 3)}."]
