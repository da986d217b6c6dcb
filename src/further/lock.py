"""One job per run, one snakemake per folder: filelock's lease on a shared disk, and words for who holds it.

The lease is a file that its owner touches. An owner that is no longer running on this machine is followed at once; one
elsewhere after a silence that is timed by the waiting job's own clock, so clocks of two nodes may differ. Beside the
lease lies what filelock does not know of an owner: its SLURM job, and since when.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict

import psutil
from filelock import SoftFileLease, Timeout

from further.io import read_json, write_json
from further.job import PROGRESS, stop_job

LEASE_S = 60.0  # silence after which an owner elsewhere is taken for dead; it gives a sign of life every third of it
LOCK, OWNER = "lock", "owner.json"


class Owner(TypedDict, total=False):
    """What tells a process from any other: its machine, its number, and when it started."""

    host: str
    pid: int
    process_started: float | None
    machine: str | None
    slurm_job: str | None
    since: str
    token: str


class Lock:
    """A folder's lock that this process holds; a thread of filelock's keeps it fresh."""

    def __init__(self, folder: Path, lease: SoftFileLease) -> None:
        """Keep the lease, and say beside it whose it is."""
        self.folder, self.lease = folder, lease
        write_json(folder / OWNER, this_process() | {"token": lease.token})

    def is_held(self) -> bool:
        """Whether the lock is still this process's own: one that was suspended may have been superseded."""
        owner = self.lease.owner
        return owner is not None and owner.token == self.lease.token

    def check(self) -> None:
        """Stop if the lock was lost.

        Raises:
            SystemExit: If another job took it over.
        """
        if not self.is_held():
            stop_job(f"{self.folder / LOCK} is no longer this job's: another took the run over; stopped without saving")

    def release(self) -> None:
        """Let others have it."""
        if self.is_held():
            (self.folder / OWNER).unlink(missing_ok=True)
        self.lease.release()


@contextmanager
def hold_lock(folder: Path, wait: bool = True) -> Iterator[Lock]:
    """Hold a run's lock, in its job; a lock whose owner is dead is taken over.

    Args:
        folder: The run's folder of checkpoints.

    Raises:
        BlockingIOError: If there is an owner and `wait` is false.
        SystemExit: If another job holds the lock and is alive; the message names it.
    """
    try:
        lock = take_lock(folder, wait)
    except BlockingIOError as error:
        if wait:
            stop_job(f"{error}: wait until that job has ended, or end it")
        raise
    try:
        yield lock
    finally:
        lock.release()


def take_lock(folder: Path, wait: bool = True) -> Lock:
    """Take a folder's lock, for the caller to release; a lock whose owner is dead is taken over.

    Args:
        folder: What is locked; made if absent.
        wait: Whether to look for a sign of life of an owner.

    Raises:
        BlockingIOError: If another holds the lock; the message names it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lease = SoftFileLease(folder / LOCK, lease_duration=LEASE_S, thread_local=False)
    before = _describe_owner(folder) if (folder / LOCK).exists() else None
    try:
        lease.acquire(timeout=0)
    except Timeout:
        owner = before or _describe_owner(folder)  # which may have come since
        if not wait:
            raise BlockingIOError(f"{folder} is in use by {owner}") from None
        PROGRESS.warning("%s is in use by %s: waiting for a sign of life", folder, owner)
        _wait_for_silence(folder, lease)
    if before is not None:
        PROGRESS.warning("%s was in use by %s, which gives no sign of life: taken over", folder, before)
    return Lock(folder, lease)


def _wait_for_silence(folder: Path, lease: SoftFileLease) -> None:
    """Take over from an owner that stays silent for the length of the lease; give up at its first sign of life."""
    file, seen = folder / LOCK, _last_sign(folder / LOCK)
    try:
        lease.acquire(
            timeout=2 * LEASE_S,
            poll_interval=LEASE_S / 60,
            cancel_check=lambda: _last_sign(file) not in (seen, None),
        )
    except Timeout:
        if file.exists() and file.stat().st_size:
            raise BlockingIOError(f"{folder} is in use by {_describe_owner(folder)}") from None
        lease.force_break()  # its owner was killed in the very moment between making and filling it
        lease.acquire(timeout=0)


def _last_sign(file: Path) -> int | None:
    """Time stamp of a lock; opened, so that a network file system asks its server."""
    try:
        with file.open("rb") as stream:
            return os.fstat(stream.fileno()).st_mtime_ns
    except FileNotFoundError:
        return None


def find_owner_here(folder: Path) -> str | None:
    """Who holds a folder's lock and runs on this machine, suspended or not; None if nobody who is known to."""
    owner = _read_owner(folder)
    known = bool(owner) and owner["machine"] is not None and owner["machine"] == _machine()
    return describe(owner) if known and _runs(owner) else None


def _describe_owner(folder: Path) -> str:
    lease, owner = SoftFileLease(folder / LOCK, lease_duration=LEASE_S).owner, _read_owner(folder)
    if lease is None:
        return "an unnamed job"
    return describe(owner | {"pid": lease.pid, "host": lease.hostname.partition("?")[0]})


def _read_owner(folder: Path) -> dict[str, Any]:
    """What lies beside the lease, if it is its owner's; else nothing."""
    lease = SoftFileLease(folder / LOCK, lease_duration=LEASE_S).owner
    try:
        owner: dict[str, Any] = read_json(folder / OWNER)
    except (FileNotFoundError, ValueError):
        return {}
    return owner if lease is not None and owner.get("token") == lease.token else {}


def describe(owner: Mapping[str, Any]) -> str:
    """A process that `this_process` described, in words."""
    queue = f"SLURM job {owner['slurm_job']}, " if owner.get("slurm_job") else ""
    since = f" since {owner['since']}" if "since" in owner else ""
    return f"{queue}process {owner['pid']} on {owner['host']}{since}"


def is_dead(owner: Mapping[str, Any]) -> bool:
    """Whether a process is gone from this machine, or ran before it was started anew; False where none can know."""
    here, there = _machine(), owner.get("machine")
    if here is None or not there:
        return False
    boots = here.partition(" ")[0], there.partition(" ")[0]
    return not _runs(owner) if here == there else boots[0] != boots[1] and owner.get("host") == socket.gethostname()


def _runs(owner: Mapping[str, Any]) -> bool:
    # A process's start is told from the machine's boot, which moves when its clock is set.
    started, clock_steps_s = _process_start(owner["pid"]), 10.0
    return started is not None and abs(started - owner["process_started"]) < clock_steps_s


def this_process() -> Owner:
    """What tells this process from any other."""
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "process_started": _process_start(os.getpid()),
        "machine": _machine(),
        "slurm_job": os.environ.get("SLURM_JOB_ID"),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _machine() -> str | None:
    """This boot of this machine and its namespace of process IDs: where one ID means one process."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return None  # no Linux


def _process_start(pid: int) -> float | None:
    """When a process started; None if it runs no more, so that its number may be another's."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None
