"""The whole answer for one curve: law, intervals, predictions, verdicts and cost, as one record."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from further.scaling.comparable import check_one_curve, common_settings
from further.scaling.cost import Forecast, UnitCosts, corpus_for_budget, cost_of, forecast_at
from further.scaling.curve import SLACK, Curve, Point, TooFewSizesError, check_curve, size_index
from further.scaling.effective_tokens import effective_tokens_factor
from further.scaling.fit import LawFit, check_options, fit_curve, predict_band
from further.scaling.forms import Forms, compare_forms
from further.scaling.holdout import hold_out_largest
from further.scaling.interval import Target
from further.scaling.noise import errors_from_seeds
from further.scaling.prediction import FACTORS, Predictor
from further.scaling.record import (
    BandPlace,
    FamilyRow,
    FitSummary,
    LawParameters,
    LawRecord,
    MeasuredPoint,
    ParameterIntervals,
    Reach,
)
from further.scaling.run_lengths import Schedule, check_schedule
from further.scaling.target_verdict import JudgedTarget, judge_target

BAND_FACTOR, BAND_PLACES = 10.0, 80


def analyse_curve(
    points: Sequence[Point],
    targets: Sequence[Target] = (),
    cost: UnitCosts | None = None,
    *,
    standard_errors: Sequence[float] | None = None,
    level: float = 0.95,
    huber_delta: float | None = None,
    x_axis: str = "unique training tokens",
) -> LawRecord:
    """Analyse one curve of separate runs. A curve that cannot be fitted is a result, not an error.

    Args:
        points: One per run; runs of one size share `size`.
        cost: What turns tokens into hours and money.
        standard_errors: Of each loss, in nats; None: from the spread of seeds where that changes with size, else equal
            (always equal under Huber's loss, whose threshold is then in nats).
        level: Nominal coverage of the intervals.
        huber_delta: As in `fit_curve`; the hold-out and the other forms stay least squares.
        x_axis: What the sizes count.

    Returns:
        The record; `reason` says why there is no law where there is none.

    Raises:
        ValueError: If `level` or `huber_delta` is out of its range.
    """
    check_options(level, huber_delta)
    try:
        check_one_curve(points)
        curve, ordered = _curve_of(points, standard_errors, by_seeds=huber_delta is None)
        fit = fit_curve(curve, level, huber_delta)
    except ValueError as error:
        losses = [point.loss_nats for point in points] if isinstance(error, TooFewSizesError) else []
        judged = [_with_cost(_judge_without_law(losses, target), cost) for target in targets]
        return LawRecord(fitted=False, reason=str(error), x_axis=x_axis, **_shared(points, judged, cost))
    return _fitted_record(points, ordered, curve, fit, targets, cost, x_axis)


def _fitted_record(
    points: Sequence[Point],
    ordered: Sequence[Point],
    curve: Curve,
    fit: LawFit,
    targets: Sequence[Target],
    cost: UnitCosts | None,
    x_axis: str,
) -> LawRecord:
    holdout = hold_out_largest(curve, level=fit.c.level, by_size=fit.basis == "sizes")
    schedule, predictor = check_schedule(ordered, curve), Predictor(curve, fit.c.level)
    forms = compare_forms(fit, holdout)
    doubt = _doubt(forms, schedule, predictor)
    judged = [_with_cost(judge_target(fit, target, predictor, doubt), cost) for target in targets]
    affordable = None if cost is None else corpus_for_budget(cost)
    trusted = doubt is None

    def forecast(num_tokens: float) -> Forecast:
        return forecast_at(fit, predictor, num_tokens, cost, trusted=trusted)

    unmatched = schedule.matched is False
    num_held = 0 if holdout is None else holdout.num_points_held
    return LawRecord(
        fitted=True,
        reason=None,
        x_axis=x_axis,
        **_shared(points, judged, cost, held_out={point.run for point in ordered[len(ordered) - num_held :]}),
        schedule=schedule,
        law=LawParameters(a=fit.law.a, b=fit.law.b, c=fit.law.c),
        fit=_summary(fit),
        intervals=ParameterIntervals(b=fit.b, c=fit.c),
        c_identified=fit.c_identified and not unmatched,
        c_reason=f"c is not identified. {schedule.reason} {schedule.remedy}" if unmatched else fit.c_reason,
        residuals=fit.residuals,
        form_doubtful=not trusted,
        form_reason=doubt or forms.reason,
        families=_family_rows(forms),
        preferred_family=forms.preferred,
        holdout=holdout,
        band=_band(fit, predictor),
        reach=Reach(limit=predictor.limit, dares=predictor.dares, reason=predictor.reason),
        forecasts=tuple(forecast(factor * fit.largest) for factor in FACTORS),
        budget=None if affordable is None else forecast(affordable),
    )


def _curve_of(
    points: Sequence[Point], standard_errors: Sequence[float] | None, *, by_seeds: bool
) -> tuple[Curve, list[Point]]:
    """Checked points, weighted by standard errors, and the runs in their order.

    Errors are taken from seeds only without a threshold in nats.
    """
    t, y = [point.num_unique_tokens for point in points], [point.loss_nats for point in points]
    labels = [point.size for point in points]
    groups = None if any(label is None for label in labels) else labels
    curve = check_curve(t, y, standard_errors, groups)
    order = np.lexsort((np.asarray(t), size_index(np.asarray(t, dtype=np.float64), groups)))
    errors = errors_from_seeds(curve) if by_seeds and standard_errors is None else None
    if errors is not None:
        curve = curve.weighed(errors)
    return curve, [points[place] for place in order]


def _doubt(forms: Forms, schedule: Schedule, predictor: Predictor) -> str | None:
    """The one rule for doubt: what sentence and verdict both use."""
    said = [forms.reason] if forms.doubtful else []
    said += [predictor.rise] if predictor.rise else []
    if schedule.matched is False:
        said += [schedule.reason, schedule.remedy or ""]
    return " ".join(said) or None


def _with_cost(verdict: JudgedTarget, cost: UnitCosts | None) -> JudgedTarget:
    return verdict if cost is None or verdict.tokens is None else replace(verdict, cost=cost_of(verdict.tokens, cost))


def _judge_without_law(losses: Sequence[float], target: Target) -> JudgedTarget:
    """Judge by losses that are in order but too few; of those that were refused themselves, none is given."""
    if losses and min(losses) <= target.loss_nats:
        return JudgedTarget(target, "reached", f"A run has a loss of {min(losses):.4g} nats per token.")
    return JudgedTarget(target, "undecided", "There is no law to judge by.")


def _shared(
    points: Sequence[Point],
    judged: Sequence[JudgedTarget],
    cost: UnitCosts | None,
    held_out: Collection[str] = (),
) -> dict[str, Any]:
    """What every record has, with a law or without; `held_out` are the runs that the hold-out predicted."""
    names = ("run", "num_unique_tokens", "loss_nats", "size", "seed", "num_steps")
    settings = dict(common_settings(points))
    epochs = settings.get("epochs", cost.epochs if cost else None)
    return {
        "epochs": epochs,
        "effective_tokens_factor": None if epochs is None else effective_tokens_factor(float(epochs)),
        "conditional_on": settings,
        "points": tuple(
            MeasuredPoint(**{name: getattr(point, name) for name in names}, held_out=point.run in held_out)
            for point in points
        ),
        "targets": tuple(judged),
        "cost_settings": cost,
    }


def _summary(fit: LawFit) -> FitSummary:
    return FitSummary(
        sse=fit.sse,
        noise_nats=fit.noise_nats,
        num_points=fit.curve.y.size,
        num_sizes=fit.curve.num_sizes,
        smallest=fit.smallest,
        largest=fit.largest,
        span=fit.curve.span,
        weighted=fit.curve.weighted,
        huber_delta_nats=fit.huber_delta_nats,
        basis=fit.basis,
        at_limit=fit.at_limit,
    )


def _family_rows(forms: Forms) -> tuple[FamilyRow, ...]:
    behind = forms.aicc_behind()
    return tuple(
        FamilyRow(
            name=fit.family.name,
            formula=fit.family.formula,
            num_parameters=fit.family.num_parameters,
            parameters=fit.parameters(),
            scale=fit.scale,
            sse=fit.sse,
            log_rmsd=fit.log_rmsd,
            aicc=fit.aicc,
            delta_aicc=behind.get(fit.family.name),
            residuals=tests,
        )
        for fit, tests in zip(forms.fits, forms.residuals, strict=True)
    )


def _band(fit: LawFit, predictor: Predictor) -> tuple[BandPlace, ...]:
    band = predict_band(fit, np.geomspace(fit.smallest, fit.largest * BAND_FACTOR, BAND_PLACES))
    beyond, ahead = band.num_tokens > fit.largest * (1 + SLACK), predictor.predict(band.num_tokens)
    low, high = np.where(beyond, ahead.low, band.low), np.where(beyond, ahead.high, band.high)
    columns = (band.num_tokens, band.loss_nats, low, high, band.low, band.high, beyond)
    names = tuple(BandPlace.model_fields)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(BandPlace(**dict(zip(names, row, strict=True))) for row in rows)
