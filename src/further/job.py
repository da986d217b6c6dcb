"""A job's log: everything that a script prints, its traceback too, ends in its rule's log file."""

import json
import logging
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NoReturn, TextIO

PROGRESS = logging.getLogger("further.progress")
SHORT_LOG = "FURTHER_SHORT_LOG"  # set where the study's own log tells how jobs go, so that jobs need not

FULL = ("No space left on device", "Disk quota exceeded", "os error 28", "os error 122")
"""What Python, Arrow and safetensors say of a full disk, in errors of no class of their own."""


def start_log(path: str) -> None:
    """Send stdout and stderr of this process, and of its children, to a file; progress lines also to the terminal.

    Temporary files go to the node's own disk, where the queue names one.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    terminal = os.fdopen(os.dup(2), "w", buffering=1)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    # The descriptors, not only sys.stdout: C libraries and children write there, and Snakemake redirects no script.
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, force=True, format="%(asctime)s %(name)s: %(message)s")
    _show_progress(terminal)
    PROGRESS.addHandler(_Note(progress_file(Path(path))))
    _use_scratch()
    sys.excepthook = _end_log


def _end_log(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """End the log with the traceback, and with what to do about a full disk, of which errors do not say which it is."""
    sys.__excepthook__(kind, error, trace)
    if any(words in str(error) for words in FULL):
        places = {"the study": Path.cwd(), "temporary files": Path(tempfile.gettempdir())}
        free = [f"{shutil.disk_usage(place).free / 1e6:,.0f} MB for {what} ({place})" for what, place in places.items()]
        sys.stderr.write(f"A disk is full: free are {', '.join(free)}. Make room, and type the same command again.\n")


def progress_file(log: Path) -> Path:
    """Where the last progress line of the job with a log stands: its words and their Unix time, as JSON."""
    return log.with_suffix(".progress.json")


class _Note(logging.Handler):
    """Keeps the last progress line in a file."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line; a full disk is the job's own to complain of."""
        with suppress(OSError):
            self.file.write_text(json.dumps({"message": record.getMessage(), "updated": time.time()}), encoding="utf-8")


def _use_scratch() -> None:
    """Put temporary files, those of children too, under $SNIC_TMP: what LUNARC's nodes call their scratch disk."""
    if scratch := os.environ.get("SNIC_TMP"):
        os.environ["TMPDIR"] = scratch
        tempfile.tempdir = None  # to be found anew


def join_log(progress: logging.Handler) -> None:
    """Log to the stderr that this process was started with, the log of the job that it belongs to.

    Args:
        progress: Where progress lines go, for the job's own process to repeat.
    """
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, force=True, format="%(asctime)s %(name)s: %(message)s")
    PROGRESS.propagate = False
    PROGRESS.addHandler(progress)


def _show_progress(terminal: TextIO) -> None:
    """Repeat what is logged to `PROGRESS` on the terminal the job was started from."""
    handler = logging.StreamHandler(terminal)
    handler.setFormatter(logging.Formatter("  %(message)s"))
    handler.setLevel(logging.WARNING if os.environ.get(SHORT_LOG) else logging.INFO)
    PROGRESS.addHandler(handler)


def say_left(seconds: float) -> str:
    """Time left, in the unit that suits it: `42 s left`, `12 min left`, `3.4 h left`."""
    if seconds < 90:
        return f"{seconds:.0f} s left"
    return f"{seconds / 60:.0f} min left" if seconds < 5400 else f"{seconds / 3600:.1f} h left"


def stop_job(message: str) -> NoReturn:
    """End the job with a line on the terminal and in the log; its exit code says that running it again will do.

    Raises:
        SystemExit: With `os.EX_TEMPFAIL`, 75.
    """
    PROGRESS.warning("%s", message)
    raise SystemExit(os.EX_TEMPFAIL)
