"""Time one fit and the whole analysis of a 12-point curve, one core.

OMP_NUM_THREADS=1 python bench/scaling/speed.py
"""

import sys
from statistics import median
from time import perf_counter

import numpy as np

from further.scaling.analysis import analyse_curve
from further.scaling.curve import Point, check_curve
from further.scaling.fit import fit_curve
from further.scaling.prediction import Predictor


def make_curve() -> tuple[np.ndarray, np.ndarray]:
    t = np.geomspace(1e5, 1e9, 12)
    return t, 60.0 * t**-0.35 + 1.8 + np.random.default_rng(0).normal(0.0, 0.01, t.size)


def time_ms(call: object, repeats: int) -> float:
    assert callable(call)
    times = []
    for _ in range(repeats):
        start = perf_counter()
        call()
        times.append(1e3 * (perf_counter() - start))
    return median(times)


def main() -> None:
    t, y = make_curve()
    curve = check_curve(t, y)
    fit = fit_curve(curve)
    points = [Point(f"run {i}", *pair) for i, pair in enumerate(zip(t, y, strict=True))]
    timings = {
        "fit with intervals and tests": time_ms(lambda: fit_curve(check_curve(t, y)), 200),
        "forms weighed by rolling origins": time_ms(lambda: Predictor(fit.curve), 20),
        "Huber fit": time_ms(lambda: fit_curve(curve, huber_delta=0.01), 20),
        "whole analysis (5 forms, hold-out, forecasts)": time_ms(lambda: analyse_curve(points), 5),
    }
    for name, ms in timings.items():
        sys.stdout.write(f"{name:50s}{ms:10.1f} ms\n")


if __name__ == "__main__":
    main()
