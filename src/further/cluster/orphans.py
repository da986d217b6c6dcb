"""Jobs that an earlier snakemake left in the queue.

A snakemake that is killed cannot cancel its jobs, and the next one cannot find them again: it would queue the same
trainings a second time. Where no other snakemake works in the folder (`further.cluster.queue_lock`), whatever SLURM
still runs for it belongs to a dead one. It is cancelled before anything is queued; trainings go on from their last
checkpoint.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from further.cluster.slurm import ask, ask_for

PATIENCE_S = 120  # for cancelled jobs to end
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")  # the executor's name for the jobs of one snakemake


@dataclass(frozen=True)
class Queued:
    """A job in SLURM's queue.

    Attributes:
        number: SLURM's.
        state: RUNNING, PENDING, COMPLETING and others.
        reason: Why it waits: Priority, Resources, AssocMaxWallDurationPerJobLimit; None for one that does not.
        comment: `rule_train_qlora_wildcards_default`.
    """

    number: str
    state: str
    reason: str
    comment: str


def read_queue(text: str, folder: Path) -> list[Queued]:
    """Jobs that Snakemake queued from a folder, as `squeue --format=%i|%T|%r|%j|%Z|%k` prints them."""
    rows = [line.split("|", 5) for line in text.splitlines()]
    return [
        Queued(number, state, reason, comment)
        for number, state, reason, name, workdir, comment in rows
        if UUID.search(name) and Path(workdir) == folder
    ]


def list_jobs(folder: Path) -> list[Queued]:
    """This user's jobs in SLURM's queue that Snakemake queued from a folder.

    Raises:
        ValueError: If SLURM does not answer.
    """
    return read_queue(ask_for(["squeue", "--me", "--noheader", "--format=%i|%T|%r|%j|%Z|%k"]), folder)


def cancel_orphans(folder: Path) -> list[Queued]:
    """Cancel what an earlier snakemake left in the queue, and wait until it has ended.

    Args:
        folder: Where snakemake is typed; no other may be at work there.

    Returns:
        The jobs that were cancelled.

    Raises:
        ValueError: If some have not ended by then.
    """
    orphans = list_jobs(folder)
    if orphans:
        ask(["scancel", *(job.number for job in orphans)])
    # A training that still writes its last checkpoint holds its run's lock, so its successor would be refused.
    deadline = time.monotonic() + PATIENCE_S
    while orphans and (left := list_jobs(folder)):
        if time.monotonic() > deadline:
            numbers = " ".join(job.number for job in left)
            raise ValueError(
                f"jobs {numbers} of an earlier snakemake have not ended {PATIENCE_S} s after scancel: wait until "
                "`squeue --me` shows them no more, and start again"
            )
        time.sleep(1)
    return orphans
