"""Coverage of nominal 95 % intervals over made-up curves with a known law.

First table: one run at each of several sizes. Second: three runs at each of six sizes, with an error that the runs of a
size share, as a multiple of the error of a run.

    OMP_NUM_THREADS=1 python bench/scaling/coverage.py [curves per scenario] [sizes]
"""

import sys
from itertools import product

import numpy as np
import pandas as pd

from further.scaling.curve import check_curve
from further.scaling.fit import fit_curve, predict_band

SPANS, EXPONENTS, NOISES = (10.0, 100.0, 1000.0), (0.1, 0.3, 0.5), (0.005, 0.02)
FLOOR, FALL, SMALLEST = 1.5, 1.5, 1e6  # nats, nats above the floor at the smallest size, tokens
NUM_SEEDS = 3


def cover_scenario(
    span: float,
    b: float,
    noise: float,
    num_curves: int,
    num_sizes: int,
    seed: int,
    num_seeds: int = 1,
    shared: float = 0.0,
    by_size: bool | None = None,
) -> dict[str, float]:
    """Fraction of curves whose interval holds the truth: c, b, and the law at 2 and 10 times the largest size."""
    generator = np.random.default_rng(seed)
    t = np.repeat(SMALLEST * np.geomspace(1.0, span, num_sizes), num_seeds)
    ahead = SMALLEST * span * np.array([2.0, 10.0])
    truth, there = (FALL * (sizes / SMALLEST) ** -b + FLOOR for sizes in (t, ahead))
    hits = np.zeros(4)
    for _ in range(num_curves):
        of_sizes = np.repeat(generator.normal(0.0, 1.0, num_sizes), num_seeds) * shared * noise
        fit = fit_curve(check_curve(t, truth + of_sizes + generator.normal(0.0, noise, t.size)), by_size=by_size)
        band = predict_band(fit, ahead)
        held = [(one.low or 0.0) <= value <= (one.high or np.inf) for one, value in ((fit.c, FLOOR), (fit.b, b))]
        hits += np.array([*held, *((band.low <= there) & (there <= band.high))])
    return dict(zip(("c", "b", "2x", "10x"), hits / num_curves, strict=True))


def main() -> None:
    num_curves = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    num_sizes = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    rows = [
        {"span": span, "exponent": b, "noise": noise, **cover_scenario(span, b, noise, num_curves, num_sizes, seed)}
        for seed, (span, b, noise) in enumerate(product(SPANS, EXPONENTS, NOISES))
    ]
    repeated = [
        {
            "shared": shared,
            "by_size": by_size,
            **cover_scenario(100.0, 0.3, 0.01, num_curves, 6, seed, NUM_SEEDS, shared, by_size),
        }
        for by_size in (None, True)
        for seed, shared in enumerate((0.0, 0.5, 1.0, 2.0, 4.0))
    ]
    for table in (rows, repeated):
        sys.stdout.write(pd.DataFrame(table).to_string(index=False) + "\n\n")


if __name__ == "__main__":
    main()
