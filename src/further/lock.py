"""One job per run, one snakemake per folder: a lock file with its owner's name and a heartbeat, on a shared disk.

The lock's content says who holds it; its time stamp is the heartbeat. A waiting job compares that stamp with the one it
saw before, never with its own clock, so clocks of two nodes may differ.
"""

import fcntl
import json
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from further.job import PROGRESS, stop_job

log = logging.getLogger(__name__)

HEARTBEAT_S = 20.0  # seconds between two signs of life
SILENCE = 3  # heartbeats missed after which an owner is taken for dead


@dataclass(frozen=True)
class _Seen:
    """A lock as it was found: its content, its owner as far as that can be read, and its heartbeat."""

    content: bytes
    owner: dict[str, Any]
    beat_ns: int


class Lock:
    """A lock that this process holds; a thread of its own keeps it fresh."""

    def __init__(self, file: Path, descriptor: int, heartbeat_s: float) -> None:
        """Start the heartbeat."""
        self.file, self.descriptor, self.heartbeat_s = file, descriptor, heartbeat_s
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    def is_held(self) -> bool:
        """Whether the lock file is still this process's own: one that was suspended may have been superseded."""
        try:
            return os.path.samestat(os.stat(self.file), os.fstat(self.descriptor))
        except FileNotFoundError:
            return False

    def check(self) -> None:
        """Stop if the lock was lost.

        Raises:
            SystemExit: If another job took it over.
        """
        if not self.is_held():
            stop_job(f"{self.file} is no longer this job's: another took the run over; stopped without saving")

    def release(self) -> None:
        """Stop the heartbeat and remove the lock."""
        self._released.set()
        self._thread.join()
        if self.is_held():
            self.file.unlink(missing_ok=True)
        os.close(self.descriptor)

    def _beat(self) -> None:
        while not self._released.wait(self.heartbeat_s):
            try:
                os.utime(self.descriptor)  # by descriptor: never another owner's file
            except OSError as error:
                log.warning("no heartbeat of %s: %s", self.file, error)


@contextmanager
def hold_lock(folder: Path, heartbeat_s: float | None = None, wait: bool = True) -> Iterator[Lock]:
    """Hold a run's lock, in its job; a lock whose owner is dead is taken over.

    Args:
        folder: The run's folder of checkpoints.
        heartbeat_s: Seconds between two signs of life; None: `HEARTBEAT_S`.
        wait: Whether to look for a sign of life of an owner.

    Raises:
        BlockingIOError: If there is an owner and `wait` is false.
        SystemExit: If another job holds the lock and is alive; the message names it.
    """
    try:
        lock = take_lock(folder, heartbeat_s, wait)
    except BlockingIOError as error:
        if wait:
            stop_job(f"{error}: wait until that job has ended, or end it")
        raise
    try:
        yield lock
    finally:
        lock.release()


def take_lock(folder: Path, heartbeat_s: float | None = None, wait: bool = True) -> Lock:
    """Take a folder's lock, for the caller to release; a lock whose owner is dead is taken over.

    An owner on this machine is known to be dead at once; one elsewhere after three heartbeats of silence.

    Args:
        folder: What is locked; made if absent.
        heartbeat_s: Seconds between two signs of life; None: `HEARTBEAT_S`.
        wait: Whether to look for a sign of life of an owner.

    Raises:
        BlockingIOError: If another holds the lock; the message names it.
    """
    heartbeat_s = HEARTBEAT_S if heartbeat_s is None else heartbeat_s
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "lock"
    descriptor = _acquire(file, heartbeat_s) if wait else _create(file)
    if descriptor is None:
        raise BlockingIOError(f"{file} is held")
    return Lock(file, descriptor, heartbeat_s)


def find_owner_here(folder: Path) -> str | None:
    """Who holds a folder's lock and runs on this machine, suspended or not; None if nobody who is known to."""
    seen = _look(folder / "lock")
    if seen is None or not seen.owner or seen.owner.get("machine") != _machine() or not _runs(seen.owner):
        return None
    return describe(seen.owner)


def _acquire(file: Path, heartbeat_s: float) -> int:
    """Wait for the lock, at most three heartbeats; returns its open descriptor, or names a living owner."""
    first: _Seen | None = None
    since = time.monotonic()
    while (descriptor := _create(file)) is None:
        seen = _look(file)
        if seen is None:
            continue
        if first is None or first.content != seen.content:
            first, since = seen, time.monotonic()
        if is_dead(seen.owner):
            _take_away(file, seen, "is no longer running")
        elif time.monotonic() - since > SILENCE * heartbeat_s:
            if seen.beat_ns != first.beat_ns:
                raise BlockingIOError(f"{file.parent} is in use by {describe(seen.owner)}")
            _take_away(file, seen, f"gave no sign of life for {SILENCE * heartbeat_s:.3g} s")
        else:
            if seen is first:
                PROGRESS.warning("%s is in use by %s: waiting for a sign of life", file.parent, describe(seen.owner))
            time.sleep(heartbeat_s / 10)
    return descriptor


def _create(file: Path) -> int | None:
    """Make the lock file; None if there is one."""
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644)
    except FileExistsError:
        return None
    os.write(descriptor, json.dumps(this_process(), indent=1).encode())
    return descriptor


def _look(file: Path) -> _Seen | None:
    """The lock as it is now, None if it is gone; opened, so that a network file system asks its server."""
    try:
        with file.open("rb") as stream:
            content, beat_ns = stream.read(), os.fstat(stream.fileno()).st_mtime_ns
    except FileNotFoundError:
        return None
    try:
        return _Seen(content, json.loads(content), beat_ns)
    except ValueError:  # its owner was killed in the very moment between making and filling it
        return _Seen(content, {}, beat_ns)


def _take_away(file: Path, seen: _Seen, why: str) -> None:
    """Remove a dead owner's lock, and that one only: another waiting job may have replaced it in this moment.

    Jobs that find the same dead lock take turns on its file; the second finds another in its place. Where the file
    system knows no such turns, a job that lost its lock to the race notices before it saves.
    """
    try:
        with file.open("r+b") as stream:
            with suppress(OSError):
                fcntl.lockf(stream, fcntl.LOCK_EX)
            if stream.read() == seen.content and os.path.samestat(os.stat(file), os.fstat(stream.fileno())):
                file.unlink()
                PROGRESS.warning("%s was in use by %s, which %s: taken over", file.parent, describe(seen.owner), why)
    except FileNotFoundError:
        return


def this_process() -> dict[str, Any]:
    """What tells this process from any other: its machine, its number, and when it started."""
    return {
        "host": socket.gethostname(),
        "machine": _machine(),
        "pid": os.getpid(),
        "pid_started": _process_start(os.getpid()),
        "slurm_job": os.environ.get("SLURM_JOB_ID"),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "token": uuid.uuid4().hex,
    }


def describe(owner: Mapping[str, Any]) -> str:
    """A process that `this_process` described, in words."""
    if not owner:
        return "an unnamed job"
    queue = f"SLURM job {owner['slurm_job']}, " if owner["slurm_job"] else ""
    return f"{queue}process {owner['pid']} on {owner['host']} since {owner['started']}"


def is_dead(owner: Mapping[str, Any]) -> bool:
    """Whether the owner ran on this machine and does so no more; False where that cannot be known."""
    machine = _machine()
    return machine is not None and owner.get("machine") == machine and not _runs(owner)


def _runs(owner: Mapping[str, Any]) -> bool:
    return owner["pid_started"] is not None and _process_start(owner["pid"]) == owner["pid_started"]


def _machine() -> str | None:
    """This boot of this machine and its namespace of process numbers: where one number means one process."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return None  # no Linux


def _process_start(pid: int) -> int | None:
    """When a process started, in clock ticks since boot; None if it runs no more, so that its number may be another's.

    Source:
        proc_pid_stat(5), fields 3 (state; Z and X are dead) and 22 (start time), counted behind the name.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])
