"""A scaling law as its stage writes it, made by arithmetic: fitted, or refused."""

from typing import Any

import numpy as np


def open_interval(estimate: float | None, low: float | None, high: float | None) -> dict[str, Any]:
    """An interval of the scaling stage; for a missing end it says that it is open."""
    ends = {"low_open": low is None, "high_open": high is None}
    return {"estimate": estimate, "low": low, "high": high, **ends, "level": 0.95}


def make_cost(tokens: float) -> dict[str, Any]:
    hours = 4 * tokens / 7800 / 3600
    return {
        "tokens": open_interval(tokens, tokens, tokens),
        "papers": open_interval(tokens / 1600, tokens / 1600, tokens / 1600),
        "gpu_hours": open_interval(hours, hours, hours),
        "energy_kwh": None,
        "money": open_interval(20 * hours, 20 * hours, 20 * hours),
        "currency": "SEK",
        "price_date": "2026-11-01",
    }


def make_forecast(factor: float, gain: tuple[float | None, float | None, float | None]) -> dict[str, Any]:
    tokens = 26000 * factor
    return {
        "factor": factor,
        "num_tokens": tokens,
        "loss_nats": open_interval(5.1, 5.0, 5.2),
        "gain_nats": open_interval(*gain),
        "useful": True,
        "cost": make_cost(tokens),
        "extra_papers": 16 * (factor - 1),
    }


def make_points() -> list[dict[str, Any]]:
    """Five sizes and three seeds, named as the runs of the study are; the largest size is the one held out."""
    points = []
    for fraction in (0.0625, 0.125, 0.25, 0.5, 1):
        for seed in (0, 1, 2):
            parts = ([f"fraction-{fraction}"] if fraction != 1 else []) + ([f"seed-{seed}"] if seed else [])
            tokens = 26000 * fraction
            points.append(
                {
                    "run": "_".join(parts) or "default",
                    "num_unique_tokens": tokens,
                    "loss_nats": 12 * tokens**-0.25 + 4.3 + 0.02 * seed,
                    "size": fraction,
                    "seed": seed,
                    "held_out": fraction == 1,
                }
            )
    return points


def make_band() -> list[dict[str, Any]]:
    """The law `12 t**-0.25 + 4.32` from the smallest size to ten times the largest, wider beyond the data."""
    band = []
    for tokens in np.geomspace(1625, 260000, 60).tolist():
        loss = 12 * tokens**-0.25 + 4.32
        half = 0.02 + 0.05 * max(0.0, float(np.log(tokens / 26000)))
        place = {"num_tokens": tokens, "loss_nats": loss, "low": loss - half, "high": loss + half}
        band.append({**place, "extrapolated": tokens > 26000})
    return band


def make_targets() -> list[dict[str, Any]]:
    reachable = {"value": 130, "unit": "perplexity", "loss_nats": 4.8675}
    unreachable = {"value": 3.5, "unit": "nats", "loss_nats": 3.5}
    tokens = open_interval(None, 150000.0, 420000.0)
    return [
        {
            "target": reachable,
            "verdict": "reachable",
            "reason": "The law reaches it beyond the data.",
            "tokens": tokens,
            "extrapolated": True,
            "cost": {
                **make_cost(1e5),
                "gpu_hours": open_interval(None, 0.02, 0.06),
                "money": open_interval(None, 0.4, 1.2),
            },
        },
        {
            "target": unreachable,
            "verdict": "unreachable",
            "reason": "It lies below the interval of c.",
            "tokens": None,
            "extrapolated": None,
            "cost": None,
        },
    ]


def make_law(gain: tuple[float | None, float | None, float | None] = (0.15, 0.11, 0.19)) -> dict[str, Any]:
    """A fitted law; `gain` is estimate, low and high of the gain at twice the data."""
    return {
        **make_refused_law("", make_points()),
        "fitted": True,
        "reason": None,
        "targets": make_targets(),
        "cost_settings": {
            "tokens_per_second": 7800.0,
            "epochs": 4.0,
            "price_per_gpu_hour": 20.0,
            "currency": "SEK",
            "price_date": "2026-11-01",
        },
        "law": {"formula": "a * t**-b + c", "a": 12.0, "b": 0.25, "c": 4.32},
        "fit": {
            "num_points": 15,
            "num_sizes": 5,
            "smallest": 1625.0,
            "largest": 26000.0,
            "span": 16.0,
            "noise_nats": 0.02,
        },
        "intervals": {"b": open_interval(0.25, 0.2, 0.3), "c": open_interval(4.32, 4.1, 4.5)},
        "c_identified": True,
        "c_reason": "The curve bends enough for c.",
        "form_doubtful": False,
        "form_reason": "The residuals show no other form.",
        "holdout": {
            "num_tokens": 26000.0,
            "measured_nats": 5.27,
            "predicted_nats": 5.31,
            "error_percent": 0.76,
            "low": 5.2,
            "high": 5.42,
            "within": True,
            "beats_last_value": True,
        },
        "band": make_band(),
        "reach": {"limit": 8.0, "dares": 8.0, "reason": "Predictions go to 8 times the largest size and no further."},
        "forecasts": [
            make_forecast(2, gain),
            make_forecast(4, (0.27, 0.19, None)),
            make_forecast(8, (None, 0.2, None)),
        ],
        "budget": None,
    }


def make_refused_law(reason: str, points: list[dict[str, Any]]) -> dict[str, Any]:
    """What the scaling stage writes where it cannot fit."""
    return {
        "fitted": False,
        "reason": reason,
        "x_axis": "unique training tokens",
        "loss_unit": "nats per token",
        "epochs": 4.0,
        "effective_tokens_factor": None,
        "conditional_on": {"base": "tiny", "rank": 8, "quantization": "nf4"},
        "points": points,
        "targets": [],
        "cost_settings": None,
    }
