"""One snakemake per folder queues jobs from it, and so may cancel what an earlier one left in the queue.

Snakemake's own lock covers files, not the folder: two with disjoint targets pass it, and the second would take the
first's jobs for those of a dead one.
"""

from pathlib import Path

from further.cluster.orphans import Queued, cancel_orphans
from further.lock import Lock, find_owner_here, take_lock

PLACE = Path(".snakemake") / "further-head"


def take_queue(folder: Path) -> tuple[Lock, list[Queued]]:
    """Take a folder's part of SLURM's queue: lock out other snakemakes, and end what an earlier one left.

    A lock whose snakemake is dead is taken over: on this machine at once, from another after a minute of silence.
    One that is suspended is alive, where that can be known: on this machine.

    Args:
        folder: Where snakemake is typed.

    Returns:
        The lock, to be released when this snakemake ends, and the jobs that were cancelled.

    Raises:
        ValueError: If another snakemake works in the folder, or jobs cannot be cancelled.
    """
    try:
        # A suspended snakemake gives no sign of life: the lease alone would take it for dead.
        if owner := find_owner_here(folder / PLACE):
            raise BlockingIOError(f"{folder / PLACE} is in use by {owner}")
        lock = take_lock(folder / PLACE)
    except BlockingIOError as error:
        raise ValueError(
            f"another snakemake works in this folder: {error}; wait until it has ended, or end it"
        ) from None
    try:
        # Only who holds the lock may cancel: what another snakemake has queued is no orphan.
        return lock, cancel_orphans(folder)
    except BaseException:
        lock.release()
        raise
