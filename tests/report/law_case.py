"""A scaling law made by arithmetic: fitted, or refused."""

from typing import Any

import numpy as np

from further.records import Forecast, Interval, LawAnswer, LawPlace, LawPoint, LawRecord, TargetJudgment
from further.records.law import HoldOut, TargetLoss

CONDITIONS = {"base": "tiny", "rank": 8, "quantization": "nf4"}
Ends = tuple[float | None, float | None, float | None]


def interval(estimate: float | None, low: float | None, high: float | None) -> Interval:
    return Interval(estimate=estimate, low=low, high=high)


def make_points() -> tuple[LawPoint, ...]:
    """Five sizes and three seeds, named as the runs of the study are; the largest size is the one held out."""
    points = []
    for fraction in (0.0625, 0.125, 0.25, 0.5, 1):
        for seed in (0, 1, 2):
            parts = ([f"fraction-{fraction}"] if fraction != 1 else []) + ([f"seed-{seed}"] if seed else [])
            tokens = 26000 * fraction
            loss = 12 * tokens**-0.25 + 4.3 + 0.02 * seed
            points.append(
                LawPoint(
                    run="_".join(parts) or "default",
                    num_unique_tokens=tokens,
                    loss_nats=loss,
                    size=fraction,
                    seed=seed,
                    held_out=fraction == 1,
                )
            )
    return tuple(points)


def make_band() -> tuple[LawPlace, ...]:
    """The law `12 t**-0.25 + 4.32` from the smallest size to ten times the largest, wider beyond the data."""
    band = []
    for tokens in np.geomspace(1625, 260000, 60).tolist():
        loss = 12 * tokens**-0.25 + 4.32
        half = 0.02 + 0.05 * max(0.0, float(np.log(tokens / 26000)))
        ends = {"low": loss - half, "high": loss + half}
        band.append(LawPlace(num_tokens=tokens, loss_nats=loss, extrapolated=tokens > 26000, **ends))
    return tuple(band)


def make_forecast(factor: float, gain: Ends) -> Forecast:
    return Forecast(
        factor=factor,
        num_tokens=26000 * factor,
        loss_nats=interval(5.1, 5.0, 5.2),
        gain_nats=interval(*gain),
        extra_papers=16 * (factor - 1),
    )


def make_target(value: float, unit: str, loss: float, verdict: Any, tokens: Interval | None) -> TargetJudgment:
    target = TargetLoss(value=value, unit=unit, loss_nats=loss)
    return TargetJudgment(target=target, verdict=verdict, reason=f"It is {verdict}.", tokens=tokens)


def make_law(gain: Ends = (0.15, 0.11, 0.19), **answer: Any) -> LawRecord:
    """A fitted law; `gain` is estimate, low and high of the gain at twice the data, `answer` any other part."""
    holdout = HoldOut(
        num_tokens=26000.0,
        measured_nats=5.27,
        predicted_nats=5.31,
        error_percent=0.76,
        low=5.2,
        high=5.42,
        within=True,
        beats_last_value=True,
    )
    forecasts = (make_forecast(2, gain), make_forecast(4, (0.27, 0.19, None)), make_forecast(8, (None, 0.2, None)))
    parts: dict[str, Any] = {
        "num_points": 15,
        "num_sizes": 5,
        "smallest": 1625.0,
        "largest": 26000.0,
        "c": interval(4.32, 4.1, 4.5),
        "c_identified": True,
        "c_reason": "The curve bends enough for c.",
        "doubt": None,
        "holdout": holdout,
        "band": make_band(),
        "forecasts": forecasts,
        "budget": None,
    }
    targets = (
        make_target(130, "perplexity", 4.8675, "reachable", interval(None, 150000.0, 420000.0)),
        make_target(3.5, "nats", 3.5, "unreachable", None),
    )
    return LawRecord(
        reason=None,
        conditional_on=CONDITIONS,
        points=make_points(),
        targets=targets,
        answer=LawAnswer(**parts | answer),
    )


def make_refused_law(reason: str, points: tuple[LawPoint, ...]) -> LawRecord:
    """What the scaling stage says where it cannot fit."""
    return LawRecord(reason=reason, conditional_on=CONDITIONS, points=points, targets=(), answer=None)
