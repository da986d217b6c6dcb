"""Checkpoints: written whole or not at all, checked before use, and used only by the run that made them.

checkpoints/{run}/       the run's folder, with its lock and what it is doing
  3f0c…/                 one folder per identity: settings, versions, code, data, base model
    identity.json  starts.json
    checkpoint-40-8c2e….safetensors  checkpoint-60-….safetensors    the last two, with the digest of their content
"""

import hashlib
import json
import logging
import os
import shutil
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from further.io import read_json, write_json
from further.job import PROGRESS
from further.lock import Lock, hold_lock

log = logging.getLogger(__name__)

KEPT = 2  # checkpoints
IDENTITY, STARTS, DOING = "identity.json", "starts.json", "progress.json"


@dataclass(frozen=True)
class Store:
    """Where the checkpoints of one run under one identity lie.

    Attributes:
        starts: How often the run was started with it, this time included.
        lock: Of the run; a job that lost it adds no checkpoint. None in a process that writes none.
    """

    folder: Path
    starts: int
    lock: Lock | None

    def find_last(self) -> Path | None:
        """The newest whole checkpoint of this run, None if there is none; another is said and removed."""
        for checkpoint in list_checkpoints(self.folder)[::-1]:
            if self._digest(checkpoint) == checkpoint.stem.rsplit("-", 1)[1]:
                return checkpoint
            PROGRESS.warning("%s is damaged, or another run's: removed, the one before it is used", checkpoint)
            checkpoint.unlink()
        return None

    def write(self, step: int, tensors: Mapping[str, torch.Tensor], about: Mapping[str, Any]) -> None:
        """Write a checkpoint, bring it to the disk, rename it, and remove what is older than the last two.

        Raises:
            OSError: If it could not be written; the checkpoints before it are as they were.
            SystemExit: If the run's lock was lost.
        """
        part = self.folder / f".part-{uuid.uuid4().hex}"
        try:
            save_file(dict(tensors), part, {"about": json.dumps(about, allow_nan=False)})
            # The digest is in the name, so that a file cut off by a crash or a full disk is known at the next start.
            checkpoint = self.folder / f"checkpoint-{step}-{self._digest(part)}.safetensors"
            # Content first, then the name, then the folder's list of names: a crash leaves the old or the new one.
            _sync(part)
            self.check_lock()
            os.replace(part, checkpoint)
            _sync(self.folder)
        except (OSError, SafetensorError) as error:  # safetensors hides the system's own error
            self.check_lock()
            left = list_checkpoints(self.folder)
            rest = f"that of step {step_of(left[-1])} is used at the next start" if left else "there is no earlier one"
            raise no_room(f"the checkpoint of step {step}", self.folder, tensors, error, rest) from error
        finally:
            part.unlink(missing_ok=True)
        for old in list_checkpoints(self.folder)[:-KEPT]:
            old.unlink(missing_ok=True)

    def check_lock(self) -> None:
        """Stop if another job took the run over."""
        if self.lock is not None:
            self.lock.check()

    def _digest(self, file: Path) -> str:
        """Of a checkpoint's content and its identity: of two runs, names and shapes of the tensors may be alike."""
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256")
        content.update(self.folder.name.encode())
        return content.hexdigest()[:16]


def no_room(what: str, folder: Path, tensors: Mapping[str, torch.Tensor], error: Exception, rest: str) -> OSError:
    """The error that ends a run whose tensors could not be written; `rest` says what is left of it."""
    free, reason = shutil.disk_usage(folder).free, str(error).split("\n")[0]
    size_bytes = sum(values.nbytes for values in tensors.values())
    return OSError(
        f"{what} could not be written to {folder}: it needs about {size_bytes / 1e6:,.2f} MB, "
        f"{free / 1e6:,.2f} MB are free ({reason}); {rest}. Make room and run again"
    )


def read_checkpoint(checkpoint: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Tensors and what was written about them."""
    with safe_open(checkpoint, "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, json.loads(file.metadata()["about"])  # noqa: SIM118


def list_checkpoints(folder: Path) -> list[Path]:
    """Checkpoints by step, the newest last."""
    return sorted(folder.glob("checkpoint-[0-9]*-*.safetensors"), key=step_of)


def step_of(checkpoint: Path) -> int:
    """The step that a checkpoint was written after."""
    return int(checkpoint.stem.split("-")[1])


def open_store(folder: Path, identity: Mapping[str, Any], lock: Lock) -> Store:
    """Open the checkpoints that belong to an identity; those of another are said to differ, kept aside and not used."""
    wanted = json.loads(json.dumps(identity))  # as it is read again: tuples are lists then
    own = folder / hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:12]
    _set_others_aside(folder, own, wanted)
    for part in own.glob(".part-*"):
        part.unlink()
    write_json(own / IDENTITY, wanted)
    starts = 1 + _read_if_whole(own / STARTS, 0)
    write_json(own / STARTS, starts)
    return Store(own, starts, lock)


def _set_others_aside(folder: Path, own: Path, wanted: dict[str, Any]) -> None:
    """Keep the newest checkpoints of another identity until the run has ended: their settings may be put back."""
    # Of the others only the newest is kept: each edit of a setting would leave one more on the disk.
    others = {path: list_checkpoints(path) for path in folder.iterdir() if path.is_dir() and path != own}
    newest = max(
        others, key=lambda path: max((file.stat().st_mtime for file in others[path]), default=0.0), default=own
    )
    for other, found in others.items():
        if other != newest or not found:
            log.info("%s: older checkpoints of another identity, removed", other)
            shutil.rmtree(other)
            continue
        PROGRESS.warning(
            "%s, up to step %d, is not used, as it was made with other settings, data or code: %s. It is kept until "
            "this run has ended; put back what differs to go on from it",
            other, step_of(found[-1]), "; ".join(find_differences(_read_if_whole(other / IDENTITY, {}), wanted)),
        )  # fmt: skip


def find_differences(found: Any, wanted: Any, key: str = "") -> list[str]:
    """What differs between two identities, one `key old → new` each, nested keys with dots."""
    if not (isinstance(found, dict) and isinstance(wanted, dict)):
        old, new = ("nothing" if value is None else value for value in (found, wanted))
        return [] if found == wanted else [f"{key} {old} → {new}"]
    prefix = f"{key}." if key else ""
    keys = sorted(found.keys() | wanted.keys())
    return [line for name in keys for line in find_differences(found.get(name), wanted.get(name), f"{prefix}{name}")]


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
    """A small record. A machine that lost power may have left it empty: nothing depends on it then."""
    try:
        found = read_json(file)
    except (FileNotFoundError, ValueError):
        return otherwise
    return found if isinstance(found, type(otherwise)) else otherwise


def _sync(path: Path) -> None:
    """Bring a file or a folder's list of names to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
