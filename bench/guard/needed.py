"""Is the number of cases that a guard asks for, where it has to defer all, the number that it takes?

    OMP_NUM_THREADS=1 python bench/guard/needed.py [draws]

Printed: the quartiles of the number that 67 and 200 cases ask for, over the draws in which they defer all, and the
fraction of draws of the median number of cases that certify something. It should be near .8.
"""

import sys
from itertools import product

import numpy as np
import pandas as pd
from populations import Population

from further.guard.certify import certify
from further.guard.needed import estimate_needed_cases
from further.settings import GuardSettings

POPULATIONS = (Population(0.10, 2.0), Population(0.20, 2.0), Population(0.30, 2.0), Population(0.10, 1.0))
TARGETS, CASES = (0.05, 0.10), (67, 200)


def ask(population: Population, target: float, num_cases: int, num_draws: int, seed: int) -> dict[str, float]:
    """Quartiles of the numbers asked for, and how often the median of them suffices."""
    generator, settings = np.random.default_rng(seed), GuardSettings(target_error=target)
    asked = []
    for _ in range(num_draws):
        score, correct = population.draw(num_cases, generator)
        if certify(score[:, 0], correct[:, 0], settings).threshold is None:
            asked.append(estimate_needed_cases(score[:, 0], correct[:, 0], settings) or np.inf)
    quartiles = np.quantile(asked, [0.25, 0.5, 0.75], method="lower") if asked else np.full(3, np.nan)
    row = {"error": population.error_rate, "separation": population.separation, "target": target, "cases": num_cases}
    row |= {"deferred": len(asked) / num_draws} | dict(zip(("lower", "median", "upper"), quartiles, strict=True))
    return row | {"certify": suffices(population, settings, quartiles[1], num_draws, generator)}


def suffices(
    population: Population, settings: GuardSettings, num_cases: float, num_draws: int, generator: np.random.Generator
) -> float:
    """Fraction of draws of so many cases that certify something; NaN where their count is not finite."""
    if not np.isfinite(num_cases):
        return float("nan")
    certified = 0
    for _ in range(num_draws):
        score, correct = population.draw(int(num_cases), generator)
        certified += certify(score[:, 0], correct[:, 0], settings).threshold is not None
    return certified / num_draws


def main() -> None:
    num_draws = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    rows = [ask(*point, num_draws, seed) for seed, point in enumerate(product(POPULATIONS, TARGETS, CASES))]
    sys.stdout.write(pd.DataFrame(rows).to_string(index=False, float_format="{:.3g}".format) + "\n")


if __name__ == "__main__":
    main()
