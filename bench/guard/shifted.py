"""What a certificate of one clinic is worth in another, and how often the check of scores warns.

    OMP_NUM_THREADS=1 python bench/guard/shifted.py [draws a clinic]

Thresholds are chosen on 300 cases of one clinic at 10 %, then used on cases of another. Printed: the true error rate of
accepted answers there and their coverage, means over the draws that accept something; the fraction of those draws in
which the target is exceeded; the fraction in which the check warns after 30, 100 and 300 new cases.
"""

import sys

import numpy as np
import pandas as pd
from populations import Population

from further.guard.certify import certify
from further.guard.shift import check_shift
from further.settings import GuardSettings

HOME, NUM_CASES = Population(0.15, 2.0), 300
CLINICS = {
    "the same": HOME,
    "less sure of everything": Population(0.15, 2.0, lowered=1.0),
    "noisier pictures": Population(0.30, 1.5, lowered=0.5),
    "harder cases": Population(0.30, 2.0),
    "wrong more often, as sure as before": Population(0.30, 0.0),
    "a few errors more, all of them sure": Population(0.20, 2.0, sure_and_wrong=0.4),
    "easier cases": Population(0.05, 2.0),
}
NEW_CASES = (30, 100, 300)


def visit(clinic: Population, num_draws: int, seed: int) -> dict[str, float]:
    """Means over draws of validation cases at home and of new cases in the clinic."""
    generator, settings = np.random.default_rng(seed), GuardSettings(target_error=0.10)
    rows = []
    for _ in range(num_draws):
        score, correct = HOME.draw(NUM_CASES, generator)
        threshold = certify(score[:, 0], correct[:, 0], settings).threshold
        if threshold is None:
            continue
        (risk,), (coverage,) = clinic.risk(np.array([threshold])), clinic.coverage(np.array([threshold]))
        warned = {
            f"warns at {number}": check_shift(score[:, 0], clinic.draw(number, generator)[0][:, 0], threshold).warns
            for number in NEW_CASES
        }
        rows.append({"error": risk, "coverage": coverage, "exceeded": risk > settings.target_error} | warned)
    return {str(name): float(value) for name, value in pd.DataFrame(rows).mean().items()}


def main() -> None:
    num_draws = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    table = pd.DataFrame([{"clinic": name} | visit(one, num_draws, 0) for name, one in CLINICS.items()])
    sys.stdout.write(table.to_string(index=False, float_format="{:.3f}".format) + "\n")


if __name__ == "__main__":
    main()
