"""A scaling law made by arithmetic: fitted, or refused."""

from typing import Any

import numpy as np

from further.records.base import Interval
from further.scaling.cost import Forecast
from further.scaling.holdout import HoldOut
from further.scaling.interval import Interval as LawInterval
from further.scaling.interval import Target
from further.scaling.record import (
    BandPlace,
    FitSummary,
    LawParameters,
    LawRecord,
    MeasuredPoint,
    ParameterIntervals,
    Reach,
)
from further.scaling.target_verdict import JudgedTarget

CONDITIONS = {"base": "tiny", "rank": 8, "quantization": "nf4"}
Ends = tuple[float | None, float | None, float | None]


def interval(estimate: float | None, low: float | None, high: float | None) -> Interval:
    return Interval(estimate=estimate, low=low, high=high)


def law_interval(estimate: float | None, low: float | None, high: float | None) -> LawInterval:
    """An interval of the scaling stage; for a missing end it says that it is open."""
    return LawInterval(estimate, low, high, low is None, high is None)


def make_points() -> tuple[MeasuredPoint, ...]:
    """Five sizes and three seeds, named as the runs of the study are; the largest size is the one held out."""
    points = []
    for fraction in (0.0625, 0.125, 0.25, 0.5, 1):
        for seed in (0, 1, 2):
            parts = ([f"fraction-{fraction}"] if fraction != 1 else []) + ([f"seed-{seed}"] if seed else [])
            tokens = 26000 * fraction
            points.append(
                MeasuredPoint(
                    run="_".join(parts) or "default",
                    num_unique_tokens=tokens,
                    loss_nats=12 * tokens**-0.25 + 4.3 + 0.02 * seed,
                    size=fraction,
                    seed=seed,
                    num_steps=None,
                    held_out=fraction == 1,
                )
            )
    return tuple(points)


def make_band() -> tuple[BandPlace, ...]:
    """The law `12 t**-0.25 + 4.32` from the smallest size to ten times the largest, wider beyond the data."""
    band = []
    for tokens in np.geomspace(1625, 260000, 60).tolist():
        loss = 12 * tokens**-0.25 + 4.32
        half = 0.02 + 0.05 * max(0.0, float(np.log(tokens / 26000)))
        ends = {"low": loss - half, "high": loss + half, "law_low": loss - 0.02, "law_high": loss + 0.02}
        band.append(BandPlace(num_tokens=tokens, loss_nats=loss, extrapolated=tokens > 26000, **ends))
    return tuple(band)


def make_forecast(factor: float, gain: Ends, useful: bool = True) -> Forecast:
    loss = law_interval(5.1, 5.0, 5.2)
    parts = {"loss_nats": loss, "law_nats": loss, "cost": None, "extra_papers": 16 * (factor - 1)}
    return Forecast(factor=factor, num_tokens=26000 * factor, gain_nats=law_interval(*gain), useful=useful, **parts)


def make_target(value: float, unit: str, loss: float, verdict: Any, tokens: LawInterval | None = None) -> JudgedTarget:
    parts = {"reason": f"It is {verdict}.", "extrapolated": None, "cost": None}
    return JudgedTarget(target=Target(value, unit, loss), verdict=verdict, tokens=tokens, **parts)


def make_holdout(**changes: Any) -> HoldOut:
    counts = {"num_sizes_held": 1, "num_points_held": 3, "num_tokens": 26000.0, "fitted_up_to": 13000.0, "families": ()}
    losses = {"measured_nats": 5.27, "predicted_nats": 5.31, "error_percent": 0.76, "low": 5.2, "high": 5.42}
    last = {"within": True, "last_value_nats": 5.4, "last_value_error_percent": 2.5, "beats_last_value": True}
    return HoldOut(**{**counts, **losses, **last, **changes})


def make_law(gain: Ends = (0.15, 0.11, 0.19), useful: bool = True, **changes: Any) -> LawRecord:
    """A fitted law; `gain` is estimate, low and high of the gain at twice the data, `changes` any other part."""
    fit = FitSummary(
        sse=0.004,
        noise_nats=0.02,
        num_points=15,
        num_sizes=5,
        smallest=1625.0,
        largest=26000.0,
        span=16.0,
        weighted=False,
        huber_delta_nats=None,
        basis="points",
        at_limit=False,
    )
    longer = (make_forecast(4, (0.27, 0.19, None)), make_forecast(8, (None, 0.2, None), useful=False))
    reachable = make_target(130, "perplexity", 4.8675, "reachable", law_interval(None, 150000.0, 420000.0))
    parts: dict[str, Any] = {
        **vars(make_refused_law("", make_points())),
        "fitted": True,
        "reason": None,
        "targets": (reachable, make_target(3.5, "nats", 3.5, "unreachable")),
        "law": LawParameters(a=12.0, b=0.25, c=4.32),
        "fit": fit,
        "intervals": ParameterIntervals(b=law_interval(0.25, 0.2, 0.3), c=law_interval(4.32, 4.1, 4.5)),
        "c_identified": True,
        "c_reason": "The curve bends enough for c.",
        "form_doubtful": False,
        "form_reason": "The residuals show no other form.",
        "holdout": make_holdout(),
        "band": make_band(),
        "reach": Reach(limit=4.0, dares=4.0, reason="Predictions go up to 4 times the largest size."),
        "forecasts": (make_forecast(2, gain, useful), *longer),
    }
    return LawRecord(**parts | changes)


def make_refused_law(reason: str, points: tuple[MeasuredPoint, ...]) -> LawRecord:
    """What the scaling stage says where it cannot fit."""
    nothing = dict.fromkeys(("epochs", "effective_tokens_factor", "cost_settings"))
    return LawRecord(fitted=False, reason=reason, conditional_on=CONDITIONS, points=points, targets=(), **nothing)
