"""The whole answer for one curve: law, intervals, forecast, verdicts and cost, as one record that JSON can hold.

Shape of `Analysis.as_dict()`. No NaN, no infinity. I is an interval:
`{"estimate", "low", "high", "low_open", "high_open", "level"}`; an end that is open is null with its flag true (for `c`
an open low end is 0.0 with the flag true), and "estimate" is null where a single number would mislead.

    fitted               bool; where false, only the keys marked * are there
    reason *             null, or one sentence: why there is no law
    x_axis *             "unique training tokens"; repeated epochs are not counted
    loss_unit *          "nats per token"
    epochs *             null, or the passes over these tokens that every run made
    effective_tokens_factor *  null, or what a unique token is worth at those epochs, in tokens seen once
    conditional_on *     {setting: value}: what is the same in all runs, and what a verdict is conditional on
    points *             [{"run", "num_unique_tokens", "loss_nats", "size", "seed", "held_out": bool}]
    targets *            [{"target": {"value", "unit", "loss_nats"}, "verdict": "reached" | "reachable" | "undecided"
                         | "unreachable", "reason", "tokens": I | null, "extrapolated": bool | null,
                         "cost": COST | null}]; tokens of a target that the smallest size has reached are open below
    cost_settings *      null, or {"tokens_per_second", "epochs", "price_per_gpu_hour", "currency", "price_date",
                         "kwh_per_gpu_hour", "tokens_per_paper", "speed_source", "hardware", "yearly_budget",
                         "trainings_per_year"}
    law                  {"formula": "a * t**-b + c", "a", "b", "c"}: nats per token, t in unique training tokens
    fit                  {"sse", "noise_nats", "num_points", "num_sizes", "smallest", "largest", "span", "weighted",
                         "huber_delta_nats", "method", "basis", "at_limit"}
    intervals            {"b": I, "c": I}
    c_identified         bool
    c_reason             one sentence
    residuals            {"runs", "runs_p", "autocorrelation", "autocorrelation_p", "lack_of_fit_p": null | number,
                         "curved": bool}
    form_doubtful        bool: another form of the law is needed, the residuals run in one direction, or the held-out
                         size lies outside its interval; then no target is called reachable or unreachable
    form_reason          one sentence
    families             [{"name", "formula", "num_parameters", "parameters": {name: number for t / scale}, "scale",
                         "sse", "log_rmsd", "aicc": null | number, "delta_aicc": null | number,
                         "residuals": as above, of this form,
                         "holdout_predicted_nats": null | number, "holdout_error_percent": null | number}]
    preferred_family     name with the lowest AICc, null where points are too few to score the power law and another;
                         then every delta_aicc is null
    holdout              null, or {"num_sizes_held", "num_points_held", "num_tokens", "fitted_up_to", "measured_nats",
                         "predicted_nats", "error_percent", "low", "high", "within", "last_value_nats",
                         "last_value_error_percent", "beats_last_value", "families": [{"name", "predicted_nats",
                         "error_percent"}]}; low, high and within may be null
    band                 [{"num_tokens", "loss_nats", "low", "high", "extrapolated": bool}], from the smallest size to
                         10 times the largest; the interval is the law's, a single run scatters by noise_nats on top
    forecasts            [FORECAST] at 2, 4 and 8 times the largest size
    budget               null, or FORECAST at the largest corpus that one training's share of the yearly budget pays for

    COST      {"tokens": I, "papers": I | null, "gpu_hours": I, "energy_kwh": I | null, "money": I | null, "currency",
              "price_date"}: one training
    FORECAST  {"factor", "num_tokens", "loss_nats": I, "gain_nats": I (positive: the loss falls), "cost": COST | null,
              "extra_papers": null | number}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from further.scaling.check import TooFewSizesError, check_curve
from further.scaling.comparable import check_one_curve, common_settings
from further.scaling.cost import Cost, CostSettings, Forecast, corpus_for_budget, cost_of, forecast_at
from further.scaling.fit import band_grid, check_options, fit_curve, predict_band
from further.scaling.forms import Forms, compare_forms
from further.scaling.holdout import HoldOut, hold_out_largest
from further.scaling.records import Band, Curve, LawFit, Point, Target
from further.scaling.repeats import effective_tokens
from further.scaling.replicates import errors_from_seeds
from further.scaling.shape import plain
from further.scaling.verdict import TargetVerdict, judge_target

FORECAST_FACTORS = (2.0, 4.0, 8.0)
SLACK = 1e-9  # relative, of a size written twice


@dataclass(frozen=True)
class LawAnswer:
    """What a curve that could be fitted says.

    Attributes:
        fit: The law.
        forms: Other forms of the law.
        holdout: The largest size, predicted from the others; None where too few sizes would remain.
        band: The law with its interval, for a figure.
        forecasts: At 2, 4 and 8 times the largest size.
        budget: At the largest corpus that the budget pays for, None without a budget.
    """

    fit: LawFit
    forms: Forms
    holdout: HoldOut | None
    band: Band
    forecasts: tuple[Forecast, ...]
    budget: Forecast | None


@dataclass(frozen=True)
class Analysis:
    """The answer for one curve, or why there is none.

    Attributes:
        reason: Why there is no law, None where there is one.
        points: The runs.
        conditional_on: Settings that all runs share.
        targets: A verdict for each target, each with its cost (None without settings or tokens).
        cost_settings: What turned tokens into money.
        answer: The law and what follows from it; None where `reason` is given.
    """

    reason: str | None
    points: tuple[Point, ...]
    conditional_on: Mapping[str, Any]
    targets: tuple[tuple[TargetVerdict, Cost | None], ...]
    cost_settings: CostSettings | None
    answer: LawAnswer | None

    def as_dict(self) -> dict[str, Any]:
        """Return what the module's docstring describes."""
        planned = self.cost_settings.epochs if self.cost_settings else None
        epochs = self.conditional_on.get("epochs", planned)
        shared = {
            "fitted": self.answer is not None,
            "reason": self.reason,
            "x_axis": "unique training tokens",
            "loss_unit": "nats per token",
            "epochs": epochs,
            "effective_tokens_factor": None if epochs is None else effective_tokens(1.0, float(epochs)),
            "conditional_on": self.conditional_on,
            "points": _point_rows(self.points, self.answer.holdout if self.answer else None),
            "targets": [{**plain(verdict), "cost": cost} for verdict, cost in self.targets],
            "cost_settings": self.cost_settings,
        }
        return dict(plain(shared if self.answer is None else shared | _answer_rows(self.answer)))


def analyse_curve(
    points: Sequence[Point],
    targets: Sequence[Target] = (),
    cost: CostSettings | None = None,
    *,
    standard_errors: Sequence[float] | None = None,
    level: float = 0.95,
    huber_delta: float | None = None,
    by_size: bool | None = None,
) -> Analysis:
    """Analyse one curve of separate runs. A curve that cannot be fitted is a result, not an error.

    Args:
        points: One per run; runs of one size share `size`.
        targets: Losses to judge.
        cost: What turns tokens into hours and money.
        standard_errors: Of each loss, in nats; None: from the spread of seeds where that changes with size, else equal
            (always equal under Huber's loss, whose threshold is then in nats).
        level: Nominal coverage of the intervals.
        huber_delta: As in `fit_power_law`; the hold-out and the other forms stay least squares.
        by_size: As in `fit_power_law`.

    Returns:
        The analysis; `reason` says why there is no law where there is none.

    Raises:
        ValueError: If `level` or `huber_delta` is out of its range.
    """
    check_options(level, huber_delta)
    try:
        check_one_curve(points)
        curve = _curve_of(points, standard_errors, by_seeds=huber_delta is None)
        answer = _answer(fit_curve(curve, level, huber_delta, by_size), cost)
    except ValueError as error:
        losses = [point.loss_nats for point in points] if isinstance(error, TooFewSizesError) else []
        measured = tuple((_judge_without_law(losses, target), None) for target in targets)
        return Analysis(str(error), tuple(points), common_settings(points), measured, cost, None)
    judged = tuple(_judge(answer, target, cost) for target in targets)
    return Analysis(None, tuple(points), common_settings(points), judged, cost, answer)


def _curve_of(points: Sequence[Point], standard_errors: Sequence[float] | None, *, by_seeds: bool) -> Curve:
    """Checked points, weighted by standard errors; by those of seeds only without a threshold in nats."""
    t, y = [point.num_unique_tokens for point in points], [point.loss_nats for point in points]
    labels = [point.size for point in points]
    groups = None if any(label is None for label in labels) else labels
    curve = check_curve(t, y, standard_errors, groups)
    errors = errors_from_seeds(curve) if by_seeds and standard_errors is None else None
    return curve if errors is None else check_curve(curve.t, curve.y, errors, curve.size.tolist())


def _answer(fit: LawFit, cost: CostSettings | None) -> LawAnswer:
    affordable = None if cost is None else corpus_for_budget(cost)
    holdout = hold_out_largest(fit.curve, level=fit.c.level, by_size=fit.basis == "sizes")
    return LawAnswer(
        fit=fit,
        forms=compare_forms(fit, holdout),
        holdout=holdout,
        band=predict_band(fit, band_grid(fit)),
        forecasts=tuple(forecast_at(fit, factor * fit.largest, cost) for factor in FORECAST_FACTORS),
        budget=None if affordable is None else forecast_at(fit, affordable, cost),
    )


def _judge(answer: LawAnswer, target: Target, cost: CostSettings | None) -> tuple[TargetVerdict, Cost | None]:
    verdict = judge_target(answer.fit, target, answer.forms.reason if answer.forms.doubtful else None)
    return verdict, None if cost is None or verdict.tokens is None else cost_of(verdict.tokens, cost)


def _judge_without_law(losses: Sequence[float], target: Target) -> TargetVerdict:
    """Judge by losses that are in order but too few; of those that were refused themselves, none is given."""
    if losses and min(losses) <= target.loss_nats:
        return TargetVerdict(target, "reached", f"A run has a loss of {min(losses):.4g} nats per token.", None, None)
    return TargetVerdict(target, "undecided", "There is no law to judge by.", None, None)


def _point_rows(points: Sequence[Point], holdout: HoldOut | None) -> list[dict[str, Any]]:
    above = float("inf") if holdout is None else holdout.fitted_up_to * (1 + SLACK)
    names = ("run", "num_unique_tokens", "loss_nats", "size", "seed")
    return [
        {name: getattr(point, name) for name in names} | {"held_out": point.num_unique_tokens > above}
        for point in points
    ]


def _answer_rows(answer: LawAnswer) -> dict[str, Any]:
    fit, forms = answer.fit, answer.forms
    fitted = fit.to_json()
    numbers = ("sse", "noise_nats", "num_points", "num_sizes", "smallest", "largest", "weighted", "huber_delta_nats")
    held = {one.name: one for one in answer.holdout.families} if answer.holdout else {}
    return {
        "law": {"formula": "a * t**-b + c", **fitted["law"]},
        "fit": {name: fitted[name] for name in (*numbers, "method", "basis", "at_limit")}
        | {"span": fit.largest / fit.smallest},
        "intervals": {"b": fit.b, "c": fit.c},
        "c_identified": fit.c_identified,
        "c_reason": fit.c_reason,
        "residuals": fit.residuals,
        "form_doubtful": forms.doubtful,
        "form_reason": forms.reason,
        "families": [row | _held_columns(held.get(row["name"])) for row in forms.rows()],
        "preferred_family": forms.preferred,
        "holdout": answer.holdout,
        "band": _band_rows(answer.band),
        "forecasts": answer.forecasts,
        "budget": answer.budget,
    }


def _band_rows(band: Band) -> list[dict[str, Any]]:
    columns = vars(band)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _held_columns(forecast: Any) -> dict[str, float | None]:
    return {
        "holdout_predicted_nats": None if forecast is None else forecast.predicted_nats,
        "holdout_error_percent": None if forecast is None else forecast.error_percent,
    }
