"""How often a certified error rate is exceeded, and how many answers are accepted, where the truth is known.

    OMP_NUM_THREADS=1 python bench/guard/certificates.py [draws a setting]

Printed: per setting the fraction of draws in which the true error rate at the chosen threshold is above the target, and
the mean coverage, by method; "best" is the largest coverage that keeps the target. The exit code is 1 if the guard
exceeds the target in more than 5 % of the draws of a setting, beyond what chance explains at one in a thousand.
"""

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from methods import METHODS, Method
from populations import Population
from scipy import stats

from further.settings import GuardSettings


@dataclass(frozen=True)
class Setting:
    """Answers of so many validation cases, and the target in percent."""

    name: str
    population: Population
    num_cases: int
    target: int


STRONG, WEAK = Population(0.15, 2.0), Population(0.15, 0.7)
SETTINGS = [
    Setting("strong score", STRONG, 100, 10),
    Setting("strong score", STRONG, 200, 10),
    Setting("strong score", STRONG, 500, 10),
    Setting("strong score", STRONG, 1000, 10),
    Setting("strong score", STRONG, 200, 5),
    Setting("strong score", STRONG, 500, 5),
    Setting("strong score", STRONG, 1000, 5),
    Setting("weak score", WEAK, 200, 10),
    Setting("weak score", WEAK, 500, 10),
    Setting("weak score", WEAK, 1000, 10),
    Setting("weak score", WEAK, 1000, 5),
    Setting("score of few values", Population(0.15, 2.0, step=1.0), 500, 10),
    Setting("useless score, error at target", Population(0.1001, 0.0), 500, 10),
    Setting("useless score, error at target", Population(0.0501, 0.0), 500, 5),
    Setting("some of the surest wrong", Population(0.15, 2.0, sure_and_wrong=0.15), 500, 10),
    Setting("4 alike answers a case", Population(0.15, 2.0, answers_per_case=4, copied=0.8**0.5), 200, 10),
    Setting("4 alike answers a case", Population(0.15, 0.7, answers_per_case=4, copied=0.8**0.5), 500, 5),
    Setting("few cases, strong score", STRONG, 46, 10),
    Setting("few cases, 5 % wrong", Population(0.05, 2.0), 46, 10),
    Setting("few cases, useless score, error at target", Population(0.1001, 0.0), 46, 10),
]


def try_setting(setting: Setting, num_draws: int, seed: int) -> dict[str, object]:
    """Exceeded targets and coverage of every method, and of the guard if it took all answers for independent."""
    generator = np.random.default_rng(seed)
    settings = GuardSettings(target_error=setting.target / 100)
    thresholds: dict[str, list[float]] = {name: [] for name in (*METHODS, "all answers")}
    for _ in range(num_draws):
        score, correct = setting.population.draw(setting.num_cases, generator)
        for name, method in METHODS.items():
            thresholds[name].append(choose(method, score[:, 0], correct[:, 0], settings))
        thresholds["all answers"].append(choose(METHODS["guard"], score.ravel(), correct.ravel(), settings))
    best = setting.population.best_coverage(settings.target_error)
    row: dict[str, object] = {"setting": setting.name, "cases": setting.num_cases, "target": setting.target}
    for name, chosen in thresholds.items():
        exceeded, coverage = judge(setting.population, np.array(chosen), settings.target_error)
        row |= {f"{name} exceeded": exceeded, f"{name} coverage": coverage}
    return row | {"best coverage": best}


def choose(method: Method, score: np.ndarray, correct: np.ndarray, settings: GuardSettings) -> float:
    """The threshold; infinity where all are deferred."""
    threshold = method(score, correct, settings)
    return np.inf if threshold is None else threshold


def judge(population: Population, thresholds: np.ndarray, target: float) -> tuple[float, float]:
    """Fraction of the thresholds with a true error rate above the target, and their mean coverage."""
    used = thresholds[np.isfinite(thresholds)]
    return float((population.risk(used) > target).sum() / thresholds.size), float(
        population.coverage(used).sum() / thresholds.size
    )


def show(table: pd.DataFrame, what: str) -> None:
    columns = ["setting", "cases", "target", *(name for name in table.columns if name.endswith(what))]
    shown = table[columns].rename(columns=lambda name: name.removesuffix(f" {what}"))
    sys.stdout.write(f"{what}\n{shown.to_string(index=False, float_format='{:.3f}'.format)}\n\n")


def main() -> None:
    num_draws = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    table = pd.DataFrame([try_setting(setting, num_draws, seed) for seed, setting in enumerate(SETTINGS)])
    show(table, "exceeded")
    show(table, "coverage")
    allowed = stats.binom.ppf(0.999, num_draws, 0.05) / num_draws
    if (table["guard exceeded"] > allowed).any():
        raise SystemExit(f"the guard's target was exceeded in more than {allowed:.3f} of the draws of a setting")


if __name__ == "__main__":
    main()
