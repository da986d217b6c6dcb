"""Coverage of nominal 95 % intervals over made-up curves with a known law.

OMP_NUM_THREADS=1 python bench/scaling/coverage.py [curves per scenario] [sizes]
"""

import sys
from itertools import product

import numpy as np
import pandas as pd

from further.scaling.check import check_curve
from further.scaling.fit import fit_curve, predict_band

SPANS, EXPONENTS, NOISES = (10.0, 100.0, 1000.0), (0.1, 0.3, 0.5), (0.005, 0.02)
FLOOR, FALL, SMALLEST = 1.5, 1.5, 1e6  # nats, nats above the floor at the smallest size, tokens


def cover_scenario(
    span: float, b: float, noise: float, num_curves: int, num_sizes: int = 8, seed: int = 0
) -> dict[str, float]:
    """Share of curves whose interval holds the truth: c, b, and the law at 2 and 10 times the largest size."""
    generator = np.random.default_rng(seed)
    t = SMALLEST * np.geomspace(1.0, span, num_sizes)
    ahead = SMALLEST * span * np.array([2.0, 10.0])
    truth, there = (FALL * (sizes / SMALLEST) ** -b + FLOOR for sizes in (t, ahead))
    hits = np.zeros(4)
    for _ in range(num_curves):
        fit = fit_curve(check_curve(t, truth + generator.normal(0.0, noise, num_sizes)))
        band = predict_band(fit, ahead)
        held = [(one.low or 0.0) <= value <= (one.high or np.inf) for one, value in ((fit.c, FLOOR), (fit.b, b))]
        hits += np.array([*held, *((band.low <= there) & (there <= band.high))])
    return dict(zip(("c", "b", "2x", "10x"), hits / num_curves, strict=True))


def main() -> None:
    num_curves = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    num_sizes = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    rows = [
        {"span": span, "exponent": b, "noise": noise, **cover_scenario(span, b, noise, num_curves, num_sizes)}
        for span, b, noise in product(SPANS, EXPONENTS, NOISES)
    ]
    sys.stdout.write(pd.DataFrame(rows).to_string(index=False) + "\n")


if __name__ == "__main__":
    main()
