"""How much of a study is done, and what the rest will take: the plan's seconds, scaled by those needed so far."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from further.job import say_left
from further.plan.table import PlannedRun, read_plan
from further.watch.session import Job

SMALL_JOB_S = 10.0  # a job that no plan knows and no earlier run of the study has measured
MOST = 0.8  # of a running job that counts as done where it does not say how far it is


@dataclass(frozen=True)
class Weight:
    """What a job is expected to take.

    Attributes:
        planned: Whether the plan says so, and not an earlier run or a guess.
    """

    seconds: float
    planned: bool


@dataclass(frozen=True)
class Running:
    """A job at work.

    Attributes:
        done: How much of it is done, 0 to 1; None where it does not say.
    """

    seconds: float
    done: float | None = None


@dataclass(frozen=True)
class Left:
    """How a start stands.

    Attributes:
        done: Fraction of its work, 0 to 1.
    """

    done: float
    seconds: float

    def __str__(self) -> str:
        """`study 46%, about 24 min left`."""
        return f"study {self.done:.0%}, about {say_left(self.seconds)}"


def weigh_jobs(folder: Path, jobs: Sequence[Job]) -> dict[int, Weight] | None:
    """What each job is expected to take: by the plan, by an earlier run of it, or ten seconds.

    Returns:
        By job number; None as long as there is no plan for the trainings among them.
    """
    plan = _read_plan(folder)
    weights = {job.number: _weigh(folder, job, plan) for job in jobs}
    return {number: weight for number, weight in weights.items() if weight} if all(weights.values()) else None


def _read_plan(folder: Path) -> dict[str, PlannedRun]:
    """The plan's rows by run; empty where there is no plan of this version."""
    try:
        return {row.run: row for row in read_plan(folder / "results" / "plan.tsv")}
    except (OSError, ValueError):
        return {}


def plan_hours(folder: Path, jobs: Sequence[Job]) -> float | None:
    """GPU-hours, or hours of a job's cores, that the plan expects of some jobs; None without a plan of all of them."""
    plan = _read_plan(folder)
    training = [plan.get(job.run) for job in jobs if job.rule == "train_qlora"]
    scoring = [plan.get(job.run) for job in jobs if job.rule.startswith("score_")]
    hours = [row.gpu_hours if row else None for row in training]
    hours += [row.scoring_seconds / 3600 if row and row.scoring_seconds else None for row in scoring]
    known = [number for number in hours if number is not None]
    return sum(known) if known and len(known) == len(hours) else None


def _weigh(folder: Path, job: Job, plan: Mapping[str, PlannedRun]) -> Weight | None:
    row = plan.get(job.run)
    if job.rule == "train_qlora":
        return Weight(row.seconds, True) if row and row.seconds else None
    if job.rule.startswith("score_") and row and row.scoring_seconds:
        return Weight(row.scoring_seconds, True)
    return Weight(read_seconds(folder / job.benchmark) or SMALL_JOB_S, False)


def read_seconds(benchmark: Path) -> float | None:
    """Seconds of a finished job, as Snakemake noted them; None if there is no such note."""
    try:
        with benchmark.open(encoding="utf-8", newline="") as text:
            return float(next(csv.DictReader(text, delimiter="\t"))["s"])
    except (OSError, StopIteration, KeyError, ValueError):
        return None


def estimate_left(
    weights: Mapping[int, Weight], finished: Mapping[int, float], running: Mapping[int, Running], elapsed: float
) -> Left:
    """How much is done, and how long the rest will take at the pace so far.

    Args:
        weights: Of all jobs, by number.
        finished: Seconds that each finished job took.
        elapsed: Seconds since the start.
    """
    # A job that has worked for longer than was expected is weighed anew before its part is taken.
    weights = {number: _stretch(weight, running.get(number)) for number, weight in weights.items()}
    parts = {number: _part(weights[number], job) for number, job in running.items() if number in weights}
    total = sum(weight.seconds for weight in weights.values())
    ended = sum(weight.seconds for number, weight in weights.items() if number in finished)
    under_way = sum(weights[number].seconds * part for number, part in parts.items())
    pace = _pace(weights, finished)
    rest = sum(
        weight.seconds * (pace if weight.planned else 1.0) * (1 - parts.get(number, 0.0))
        for number, weight in weights.items()
        if number not in finished
    )
    # Seconds of work done in a second of the clock: how many jobs ran abreast so far, and will for the rest.
    busy = sum(finished.values()) + sum(job.seconds for job in running.values())
    abreast = max(1.0, busy / elapsed) if elapsed > 0 else 1.0
    return Left((ended + under_way) / total if total else 1.0, rest / abreast)


def _part(weight: Weight, job: Running) -> float:
    if job.done is not None:
        return job.done
    return min(MOST, job.seconds / weight.seconds) if weight.seconds else MOST


def _stretch(weight: Weight, job: Running | None) -> Weight:
    """What a job that does not say how far it is will take, once it has worked for longer than was expected."""
    if job is None or job.done is not None or job.seconds <= MOST * weight.seconds:
        return weight
    return Weight(job.seconds / MOST, planned=False)


def _pace(weights: Mapping[int, Weight], finished: Mapping[int, float]) -> float:
    """Seconds needed for a planned second, of the planned jobs that have ended; 1 before the first."""
    known = [number for number in finished if number in weights and weights[number].planned]
    planned = sum(weights[number].seconds for number in known)
    return sum(finished[number] for number in known) / planned if planned else 1.0
