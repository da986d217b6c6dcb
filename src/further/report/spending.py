"""What the study took: every job that trains or runs a model, by Snakemake's notes of its time; and what that costs.

A run has one cost wherever it is shown: the time of its job, from its start to its end, times its GPUs, at the price of
an hour. Other amounts of text cost in proportion to the default run.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import pandas as pd

from further.records.base import Interval
from further.report.results import StudyResults
from further.report.wording import count_noun, fixed, show_count, show_estimate, show_number, show_seconds

# Names that `costly_jobs` of workflow/rules gives.
TRAINING = "training"
FOLDS = "training for the cross-validation"


class Spending:
    """Time and money of a study's jobs.

    Attributes:
        cost: Price of an hour, its currency and date.
    """

    def __init__(self, results: StudyResults[Any]) -> None:
        """Count the jobs of a study."""
        self._results = results
        self.cost = results.settings.cost

    @cached_property
    def jobs(self) -> pd.DataFrame:
        """Columns kind, job, seconds (NaN where not known) and paid_seconds (times the GPUs of the job).

        A run's seconds are those of all its starts, where its own clock says more than Snakemake's note.
        """
        runs, jobs = self._results.runs, self._results.jobs
        if jobs.empty:
            jobs = pd.DataFrame([(TRAINING, run, float("nan")) for run in runs], columns=["kind", "job", "seconds"])
        trained = jobs["job"].where(jobs["kind"] == TRAINING)  # a job that scores may have the same name
        clocks = trained.map({name: run.timing.seconds_total for name, run in runs.items()})
        # A run that went on after a time limit has a note of its last job only, and a clock that ran through all.
        seconds = pd.concat([jobs["seconds"].astype(float), clocks.astype(float)], axis=1).max(axis=1)
        likes = trained.mask(jobs["kind"] == FOLDS, self._results.default_run)  # folds train as the default run does
        devices = likes.map({name: run.timing.devices for name, run in runs.items()}).fillna(1)
        return jobs.assign(seconds=seconds, paid_seconds=seconds * devices)

    @property
    def has_price(self) -> bool:
        """Whether an hour has a price."""
        return self.cost.price_per_gpu_hour > 0

    def paid_seconds_of(self, run: str) -> float:
        """What a run's training job is paid for."""
        jobs = self.jobs
        return float(jobs.loc[(jobs["kind"] == TRAINING) & (jobs["job"] == run), "paid_seconds"].sum())

    @cached_property
    def seconds_per_token(self) -> float:
        """Of one training, per unique token: those of the default run."""
        default = self._results.default_run
        tokens: int = self._results.runs[default].metrics.num_unique_tokens
        return self.paid_seconds_of(default) / tokens

    def money(self, seconds: float) -> float:
        """Price of a stretch of time."""
        return seconds / 3600 * self.cost.price_per_gpu_hour

    def show_money(self, seconds: float) -> str:
        """The same with its currency: `0.20 EUR`."""
        value = self.money(seconds)
        return f"{fixed(value, 2) if 0.01 <= value < 10 else show_number(value)} {self.cost.currency}"

    def show_training(self, tokens: float) -> str:
        """What one training on so many unique tokens costs: money where an hour has a price, else time."""
        seconds = tokens * self.seconds_per_token
        return self.show_money(seconds) if self.has_price else show_seconds(seconds)

    def columns_of(self, tokens: Interval) -> list[str]:
        """Time, energy and money of one training on an interval of tokens, as cells; empty where not known."""
        energy, price = self.cost.kwh_per_gpu_hour, self.cost.price_per_gpu_hour

        def show(per_second: float, show_value: Callable[[float], str]) -> str:
            return show_estimate(tokens.scaled(self.seconds_per_token * per_second), show_value)

        cells = [show(amount / 3600, show_number) if amount else "" for amount in (energy, price)]
        return [show(1, show_seconds), *cells]

    @property
    def header(self) -> list[str]:
        """Names of these columns."""
        return ["time of one training", "energy, kWh", f"cost, {self.cost.currency}"]

    @property
    def _at_least(self) -> str:
        return "at least " if self.jobs["seconds"].isna().any() else ""

    @property
    def is_known(self) -> bool:
        """Whether the time of any job is."""
        return bool(self.jobs["seconds"].notna().any())

    @property
    def hours(self) -> str:
        """Time of all jobs together."""
        return self._at_least + show_seconds(self.jobs["seconds"].sum()) if self.is_known else "not known"

    @property
    def price(self) -> str | None:
        """Money of all jobs together; None without a price, or where no time is known."""
        if not (self.has_price and self.is_known):
            return None
        return self._at_least + self.show_money(self.jobs["paid_seconds"].sum())

    def rows(self) -> list[list[str]]:
        """Jobs, time and money by what they were for, and all together."""
        parts = [*self.jobs.groupby("kind", sort=False), ("together", self.jobs)]
        return [[str(kind), show_count(len(part)), *self._sums(part)] for kind, part in parts]

    def _sums(self, part: pd.DataFrame) -> list[str]:
        """Time and money of some jobs; a lower bound where not all are known."""
        if part["seconds"].isna().all():
            return ["not known"] * (2 if self.has_price else 1)
        least = "at least " if part["seconds"].isna().any() else ""
        time = least + show_seconds(part["seconds"].sum())
        return [time, least + show_number(self.money(part["paid_seconds"].sum()))] if self.has_price else [time]

    def say_time(self) -> str:
        """How many jobs there were, and what they took together."""
        jobs = self.jobs
        said = f"{count_noun(len(jobs), 'job')} that trained or ran a model took {self.hours} together"
        paid = jobs["paid_seconds"].sum()
        return f"{said}, {show_seconds(paid)} of GPUs" if paid > jobs["seconds"].sum() else said

    def say_left_out(self) -> str:
        """What is not among the time of the jobs; where no notes are, only the runs' own clocks are known."""
        if self._results.jobs.empty:
            return "That is training alone, without the jobs' start, a cross-validation and scoring."
        return "Waiting, failed attempts, preparing the data and making the base model are not counted."

    def say_spent(self) -> str:
        """Time, money and energy of all jobs together, and what is not among them."""
        said, paid, cost = self.say_time(), self.jobs["paid_seconds"].sum(), self.cost
        if self.has_price:
            dated = f" ({cost.price_date})" if cost.price_date else ""
            said += f". At {show_number(cost.price_per_gpu_hour)} {cost.currency} an hour{dated} that is {self.price}"
        else:
            said += ". No price of an hour is set, so no money is counted"
        if cost.kwh_per_gpu_hour:
            energy = show_number(paid / 3600 * cost.kwh_per_gpu_hour)
            said += f". At {show_number(cost.kwh_per_gpu_hour)} kW it is {self._at_least}{energy} kWh"
        return f"{said}. {self.say_left_out()}"
