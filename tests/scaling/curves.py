"""Curves made for the tests, and those with known answers beside the checkout."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from further.scaling.curve import check_curve
from further.scaling.fit import LawFit, fit_curve

LAWS = Path(__file__).resolve().parents[2] / ".." / "shared" / "laws"


def make_curve(
    a: float = 60.0, b: float = 0.35, c: float = 1.8, smallest: float = 1e5, span: float = 1e4, num_sizes: int = 9,
    noise: float = 0.0, seeds: int = 1, seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Sizes and losses of `a * t**-b + c` with normal noise, `seeds` runs at each size."""
    t = np.repeat(smallest * np.geomspace(1.0, span, num_sizes), seeds)
    return t, a * t**-b + c + np.random.default_rng(seed).normal(0.0, noise, t.size)


def fit_power_law(t: Any, y: Any, *, standard_errors: Any = None, groups: Any = None, **options: Any) -> LawFit:
    """Check a curve and fit it."""
    return fit_curve(check_curve(t, y, standard_errors, groups), **options)


def known_answers() -> dict[str, Any]:
    """What is known of the curves beside the checkout, or a skip."""
    if not (LAWS / "expected.json").is_file():
        pytest.skip("no curves with known answers at ../shared/laws beside the checkout")
    return json.loads((LAWS / "expected.json").read_text())


def read_curve(name: str) -> dict[str, np.ndarray]:
    """Columns of one of these curves."""
    with (LAWS / f"{name}.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    return {column: np.array([float(row[column]) for row in rows]) for column in rows[0]}
