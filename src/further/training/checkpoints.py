"""Checkpoints: written whole or not at all, checked before use, and used only by the run that made them.

checkpoints/{run}/                 the run's folder, with its lock and what it is doing
  3f0c…/                           one folder per identity: settings, versions, code, data, base model
    identity.json  starts.json
    checkpoint-40/  checkpoint-60/ the last two; manifest.json has size and digest of every file
    .part-…/                       the next one, while it is being written; one folder per start
"""

import hashlib
import json
import logging
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from further.io import read_json, write_json
from further.job import PROGRESS
from further.lock import Lock, hold_lock
from further.training.identity import find_differences

log = logging.getLogger(__name__)

KEPT = 2  # checkpoints
IDENTITY, MANIFEST, STARTS, DOING = "identity.json", "manifest.json", "starts.json", "progress.json"


@dataclass(frozen=True)
class Store:
    """Where the checkpoints of one run under one identity lie.

    Attributes:
        folder: Of this identity, in the run's folder.
        starts: How often the run was started with it, this time included.
        lock: Of the run; a job that lost it adds no checkpoint. None in a process that writes none.
    """

    folder: Path
    starts: int
    lock: Lock | None

    def find_last(self) -> Path | None:
        """The newest whole checkpoint, None if there is none; one that was damaged is said and removed."""
        for checkpoint in _list_checkpoints(self.folder)[::-1]:
            fault = find_fault(checkpoint)
            if fault is None:
                return checkpoint
            PROGRESS.warning("%s is not whole (%s): removed, the one before it is used", checkpoint, fault)
            shutil.rmtree(checkpoint)
        return None

    @contextmanager
    def writing(self, step: int, size_bytes: int) -> Iterator[Path]:
        """Let the caller fill the folder of a step's checkpoint; it is checked in and renamed when whole.

        Args:
            step: Of the run.
            size_bytes: What will about be written; for the message where that fails.

        Yields:
            An empty folder.

        Raises:
            OSError: If it could not be written; the checkpoints before it are as they were.
            SystemExit: If the run's lock was lost.
        """
        part = self.folder / f".part-{uuid.uuid4().hex}"
        try:
            with _removed_at_the_end(part):
                part.mkdir()
                yield part
                self._check_in(part, f"checkpoint-{step}")
        except (OSError, RuntimeError, SafetensorError) as error:  # writers of weights hide the system's own error
            self.check_lock()
            if isinstance(error, torch.OutOfMemoryError):
                raise
            raise OSError(self._explain(step, size_bytes, error)) from error

    def _check_in(self, part: Path, name: str) -> None:
        """Add the manifest, bring everything to the disk, rename, and remove what is older than the last two."""
        files = {file.name: _describe_file(file) for file in part.iterdir()}
        write_json(part / MANIFEST, {"files": files})
        for path in [*part.iterdir(), part]:
            _sync(path)
        self.check_lock()
        os.replace(part, self.folder / name)
        _sync(self.folder)
        for old in _list_checkpoints(self.folder)[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    def check_lock(self) -> None:
        """Stop if another job took the run over.

        Raises:
            SystemExit: If so.
        """
        if self.lock is not None:
            self.lock.check()

    def _explain(self, step: int, size_bytes: int, error: Exception) -> str:
        left = _list_checkpoints(self.folder)
        rest = f"{left[-1].name} stays and is used at the next start" if left else "there is no earlier one"
        free, reason = shutil.disk_usage(self.folder).free, str(error).split("\n")[0]
        return (
            f"the checkpoint of step {step} could not be written to {self.folder}: it needs about "
            f"{_megabytes(size_bytes)}, {_megabytes(free)} are free ({reason}); {rest}. Make room and run again"
        )


def open_store(folder: Path, identity: dict[str, Any], lock: Lock) -> Store:
    """Open the checkpoints that belong to an identity; those of another are said to differ, kept aside and not used.

    Args:
        folder: The run's, whose lock the caller holds.
        identity: What a checkpoint depends on: settings, versions, code, data, base model.
        lock: Of the run.
    """
    wanted = json.loads(json.dumps(identity))
    own = folder / hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:12]
    _set_others_aside(folder, own, wanted)
    for part in own.glob(".part-*"):
        shutil.rmtree(part, ignore_errors=True)
    if not (own / IDENTITY).is_file():
        write_json(own / IDENTITY, wanted)
    starts = 1 + _read_if_whole(own / STARTS, 0)
    write_json(own / STARTS, starts)
    return Store(own, starts, lock)


def _set_others_aside(folder: Path, own: Path, wanted: dict[str, Any]) -> None:
    """Keep the newest checkpoints of another identity until the run has ended: their settings may be put back."""
    others = [path for path in folder.iterdir() if path.is_dir() and path != own]
    others.sort(key=lambda path: max((file.stat().st_mtime for file in _list_checkpoints(path)), default=0.0))
    for other in others[:-1] + [path for path in others[-1:] if not _list_checkpoints(path)]:
        log.info("%s: older checkpoints of another identity, removed", other)
        shutil.rmtree(other)
    for other in (path for path in others[-1:] if path.is_dir()):
        found = _read_if_whole(other / IDENTITY, {})
        PROGRESS.warning(
            "%s, up to %s, is not used, as it was made with other settings, data or code: %s. It is kept until this "
            "run has ended; put back what differs to go on from it",
            other, _list_checkpoints(other)[-1].name, "; ".join(find_differences(found, wanted)),
        )  # fmt: skip


def forget_checkpoints(folder: Path) -> None:
    """Remove all checkpoints of a run that has ended and whose results are written; unless a job has them in use."""
    with suppress(BlockingIOError), hold_lock(folder, wait=False):
        (folder / DOING).unlink(missing_ok=True)
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
    with suppress(OSError):  # not empty: somebody's lock
        folder.rmdir()


def _read_if_whole(file: Path, otherwise: Any) -> Any:
    """A small record; a machine that lost power may have left it empty, which must stop nobody."""
    try:
        return read_json(file)
    except (FileNotFoundError, ValueError):
        return otherwise


@contextmanager
def _removed_at_the_end(folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_fault(checkpoint: Path) -> str | None:
    """What is wrong with a checkpoint, None if every file has the size and digest that its manifest states.

    Raises:
        OSError: If a file is there but cannot be read: that says nothing about the checkpoint.
    """
    try:
        files: dict[str, dict[str, Any]] = read_json(checkpoint / MANIFEST)["files"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return f"no readable {MANIFEST}"
    for name, described in files.items():
        file = checkpoint / name
        if not file.is_file():
            return f"{name} is missing"
        if file.stat().st_size != described["size_bytes"]:
            return f"{name} has {file.stat().st_size} of {described['size_bytes']} bytes"
        if _describe_file(file) != described:
            return f"{name} was changed"
    return None


def _list_checkpoints(folder: Path) -> list[Path]:
    """Checkpoints by step, the newest last."""
    return sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rsplit("-", 1)[1]))


def _describe_file(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        return {"size_bytes": file.stat().st_size, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}


def _sync(path: Path) -> None:
    """Bring a file or a folder's list of names to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.2f} MB"
