"""The snakemakes at work in a folder, one record each: what a killed one left is cleared away before the next starts.

Snakemake's own locks name no process. A snakemake that is killed with -9, or by a power cut, leaves its lock, and the
jobs that it had started run on without it.
"""

import os
import re
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from further.io import read_json, write_json
from further.lock import describe, hold_lock, is_dead, this_process

PLACE = Path(".snakemake") / "further-heads"
LOCKS = Path(".snakemake") / "locks"
SNAKEMAKE = re.compile(r"-m snakemake\b|(?:^|[/ ])snakemake(?: |$)|\.snakemake/scripts/")
JOB = ("--mode subprocess", ".snakemake/scripts/")
"""What the command lines of a snakemake's own jobs hold, and its own does not."""
GRACE_S = 10.0
"""Seconds that a job has to end once it is asked to."""


def enter_folder(folder: Path, takes_over: bool = True) -> tuple[Path, list[str]]:
    """Record this snakemake in a folder, and take over what dead ones left there: locks, and jobs that run on.

    A lock is removed only if each snakemake recorded here ran on this machine and does so no more, and no other one
    works here. Where one is alive, or ran elsewhere, everything stays, and Snakemake says that the folder is locked.

    Args:
        folder: Where the study's results lie.
        takes_over: False for a snakemake that starts no job, as a dry run: it leaves all as it is.

    Returns:
        The record, to be removed when this snakemake ends, and sentences on what was taken over.

    Raises:
        ValueError: If nothing can be written there: a full disk, or one that can only be read.
    """
    try:
        return _enter(folder, takes_over)
    except OSError as error:
        raise ValueError(
            f"{folder} cannot be written to ({error.strerror or error}), and even a dry run keeps notes there: make "
            "room, or ask for the right, or copy the study elsewhere with cp -a: nothing is done again there"
        ) from None


def _enter(folder: Path, takes_over: bool) -> tuple[Path, list[str]]:
    place = folder / PLACE
    # Of two that start at once, the second must see the record of the first, or both would take over.
    with hold_lock(place / "entering"):
        records = {file: _read(file) for file in place.glob("*.json")}
        dead = {file: owner for file, owner in records.items() if takes_over and is_dead(owner)}
        said = []
        if dead and len(dead) == len(records) and not _find_processes(folder, jobs=False):
            said = _take_over(folder, list(dead.values())[-1])
        for file in dead:
            file.unlink(missing_ok=True)
        record = place / f"{uuid.uuid4().hex}.json"
        write_json(record, this_process())
    return record, said


def find_others(folder: Path, *, dead: bool = False) -> list[str]:
    """The snakemakes recorded in a folder besides this process, in words.

    Args:
        folder: Where the study's results lie.
        dead: Those that are known to run no more, in place of all others.
    """
    records = [_read(file) for file in sorted((folder / PLACE).glob("*.json"))]
    return [describe(one) for one in records if one and is_dead(one) == dead and one["pid"] != os.getpid()]


def _read(file: Path) -> dict[str, Any]:
    """A record; {} for one whose snakemake was killed in the moment of writing, which counts as alive."""
    try:
        return dict(read_json(file))
    except (OSError, ValueError):
        return {}


def _take_over(folder: Path, owner: Mapping[str, Any]) -> list[str]:
    jobs = _find_processes(folder, jobs=True)
    _end(jobs)  # before their locks go: they would write into what the next start makes
    locks = list((folder / LOCKS).glob("*.lock"))
    for lock in locks:
        lock.unlink(missing_ok=True)
    said = []
    if locks:
        said.append(f"The folder was locked by {describe(owner)}, which is no longer running: taken over.")
    if jobs:
        left = "A process" if len(jobs) == 1 else f"{len(jobs)} processes"
        said.append(f"{left} that it had left at work here {'was' if len(jobs) == 1 else 'were'} ended.")
    return said


def _find_processes(folder: Path, *, jobs: bool) -> list[psutil.Process]:
    """Snakemakes in a folder besides this one and those that started it, or the processes of their jobs."""
    own = psutil.Process()
    # The shell, make or python that started this snakemake has its words on the command line, too.
    near = {own.pid, *(parent.pid for parent in own.parents()), *(child.pid for child in own.children(recursive=True))}
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            words = " ".join(process.cmdline())
            is_job = any(mark in words for mark in JOB)
            known = SNAKEMAKE.search(words) and is_job == jobs and process.pid not in near
            if known and Path(process.cwd()) == folder.resolve():
                found.append(process)
    return found


def _end(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=GRACE_S)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=GRACE_S)
