"""What the study took: every job that trains or runs a model, by Snakemake's notes of its time."""

import pandas as pd

from further.report.inputs import ReportInputs
from further.report.study import Prices
from further.report.table import Table, make_table
from further.report.wording import count_noun, show_count, show_number, show_seconds

TRAINING = "training"
FOLDS = "training for the cross-validation"


def count_seconds(inputs: ReportInputs) -> pd.DataFrame:
    """Seconds of every costly job: a run's are those of all its starts, where its own clock says more than the note.

    Returns:
        Columns kind, job, seconds (NaN where not known) and paid_seconds (times the GPUs of the job).
    """
    clocks = {run: timing["seconds_total"] for run, timing in inputs.timing.items()}
    jobs = inputs.jobs
    if jobs is None:
        jobs = pd.DataFrame([(TRAINING, run, float("nan")) for run in clocks], columns=["kind", "job", "seconds"])
    own = jobs["job"].map(clocks).where(jobs["kind"] == TRAINING)
    seconds = jobs["seconds"].astype(float)
    longer = pd.concat([seconds, own.astype(float)], axis=1).max(axis=1)
    devices = max(timing["devices"] for timing in inputs.timing.values())
    times = jobs["kind"].isin([TRAINING, FOLDS]).map({True: devices, False: 1})
    return jobs.assign(seconds=longer, paid_seconds=longer * times)


def seconds_of_runs(inputs: ReportInputs) -> dict[str, float]:
    """Seconds of each run's training job, its start-up among them where Snakemake's note is known."""
    jobs = count_seconds(inputs)
    return dict(jobs.loc[jobs["kind"] == TRAINING].set_index("job")["seconds"])


def spent_table(inputs: ReportInputs, prices: Prices | None) -> Table:
    """Jobs and time by what they were for, and all together; money where an hour has a price."""
    jobs = count_seconds(inputs)
    header = ["what for", "jobs", "time", *([f"cost, {prices.currency}"] if prices else [])]
    parts = [(str(kind), part) for kind, part in jobs.groupby("kind", sort=False)] + [("together", jobs)]
    rows = [[kind, show_count(len(part)), *_show_sums(part, prices)] for kind, part in parts]
    return make_table("What the study took", header, rows, numbers=range(1, len(header)))


def _show_sums(part: pd.DataFrame, prices: Prices | None) -> list[str]:
    """Time and money of some jobs; a lower bound where not all are known."""
    if part["seconds"].isna().all():
        return ["not known"] * (2 if prices else 1)
    least = _at_least(part)
    shown = [least + show_seconds(part["seconds"].sum())]
    return [*shown, least + show_number(cost_of(part["paid_seconds"].sum(), prices))] if prices else shown


def cost_of(seconds: float, prices: Prices) -> float:
    """Price of a stretch of time."""
    return seconds / 3600 * prices.per_hour


def say_time(inputs: ReportInputs) -> str:
    """How many costly jobs there were, and what they took together."""
    jobs = count_seconds(inputs)
    seconds, paid = jobs["seconds"].sum(), jobs["paid_seconds"].sum()
    said = f"{count_noun(len(jobs), 'job')} that trained or ran a model took {_at_least(jobs)}{show_seconds(seconds)}"
    return f"{said} together, {show_seconds(paid)} of GPUs" if paid > seconds else f"{said} together"


def say_left_out(inputs: ReportInputs) -> str:
    """What is not among the time of the jobs."""
    if inputs.jobs is None:
        return "That is training alone, without the jobs' start, a cross-validation and scoring."
    return (
        "Not counted are waiting for a machine, attempts that failed, preparing the papers and making the base model."
    )


def say_spent(inputs: ReportInputs, prices: Prices | None) -> str:
    """Time, money and energy of all costly jobs together, and what is not among them."""
    jobs = count_seconds(inputs)
    paid, least = jobs["paid_seconds"].sum(), _at_least(jobs)
    said = say_time(inputs)
    if prices is None:
        return f"{said}. No price of an hour is set, so no money is counted. {say_left_out(inputs)}"
    said += f", which at {show_number(prices.per_hour)} {prices.currency} an hour ({prices.as_of}) is "
    said += f"{least}{show_number(cost_of(paid, prices))} {prices.currency}"
    if prices.kilowatts is not None:
        said += f"; at {show_number(prices.kilowatts)} kW, {least}{show_number(paid / 3600 * prices.kilowatts)} kWh"
    return f"{said}. {say_left_out(inputs)}"


def _at_least(jobs: pd.DataFrame) -> str:
    return "at least " if jobs["seconds"].isna().any() else ""
