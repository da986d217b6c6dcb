"""Start a run: here, or in several processes of this node by torch's launcher, one per GPU."""

import logging
import os
import signal
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import torch
from torch.distributed.elastic.multiprocessing.api import DefaultLogsSpecs
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError, ProcessFailure
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from further.batch import share_of_process
from further.io import write_text
from further.job import PROGRESS
from further.training import worker
from further.training.run import Outcome, Recipe, Task, train_run
from further.training.walltime import SIGNALS

log = logging.getLogger(__name__)

GRACE_S = 10  # that the others have to end once a process has failed


def start_run(recipe: Recipe, task: Task) -> Outcome:
    """Train a run in this process, or in `task.processes` of their own; as `further.training.run.train_run` does.

    Raises:
        ValueError: If the batch does not divide among the processes, or there are fewer GPUs than processes.
        SystemExit: If another job trains this run, or if this one was stopped, having saved: run again to continue.
        RuntimeError: If a process failed; with what each says.
    """
    if task.processes == 1:
        return train_run(recipe, task)
    share_of_process(recipe.run, task.processes)
    check_gpus(task.processes, torch.cuda.device_count() if torch.cuda.is_available() else None)
    with tempfile.TemporaryDirectory(prefix="further-") as temporary:
        folder = Path(temporary)
        worker.write_job(folder, recipe, task)
        with _showing_progress(folder), _passing_on_signals(folder):
            _launch(folder, task.processes)
        return worker.read_outcome(folder)


def check_gpus(processes: int, num_gpus: int | None) -> None:
    """Refuse more processes than there are GPUs.

    Args:
        processes: Of the run.
        num_gpus: That this job sees; None on a machine without any, where processes share the processor.

    Raises:
        ValueError: With both numbers.
    """
    if num_gpus is not None and num_gpus < processes:
        raise ValueError(
            f"hardware.gpus_per_run: {processes} GPUs are wanted, this job has {num_gpus}: ask for as many "
            "(in SLURM: gres of train_qlora in profiles/slurm/config.yaml), or lower it"
        )


def _launch(folder: Path, processes: int) -> None:
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=processes,
        run_id=uuid.uuid4().hex,
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        local_addr="localhost",
        max_restarts=0,  # Snakemake runs a job again, which then goes on from its checkpoint
        logs_specs=DefaultLogsSpecs(log_dir=str(folder / "launcher")),
        signals_to_handle="SIGQUIT",  # to the others the run itself listens: it saves, and that may take minutes
        virtual_local_rank=True,  # each process sees its own GPU only, as number 0
        shutdown_timeout=GRACE_S,
    )
    try:
        elastic_launch(config, sys.executable)("-m", worker.__name__, str(folder))
    except ChildFailedError as error:
        _end(error.failures, folder)


def _end(failures: dict[int, ProcessFailure], folder: Path) -> None:
    """End as the first process did: it alone knows whether all was saved."""
    code = failures[0].exitcode if 0 in failures else 0
    stopped = (folder / "stop").exists() and code in {-number for number in SIGNALS}  # before it could listen
    if code == os.EX_TEMPFAIL or stopped:
        raise SystemExit(os.EX_TEMPFAIL)
    said = {_describe(failures[number], folder / f"error-{number}"): None for number in sorted(failures)}
    raise RuntimeError(f"a training process failed: {'; '.join(said)}")


def _describe(failure: ProcessFailure, error: Path) -> str:
    if error.exists():
        return error.read_text(encoding="utf-8")
    if failure.exitcode < 0:
        return f"process {failure.local_rank} was ended by {signal.Signals(-failure.exitcode).name}"
    return f"process {failure.local_rank} ended with code {failure.exitcode}"


@contextmanager
def _showing_progress(folder: Path) -> Iterator[None]:
    """Repeat the first process's progress lines on the terminal that this process has; an empty line ends it."""
    os.mkfifo(folder / "progress")
    pipe = os.fdopen(os.open(folder / "progress", os.O_RDWR), "r+b", buffering=0)  # so that it never ends by itself

    def repeat() -> None:
        while line := pipe.readline().decode(errors="replace").rstrip("\n"):
            PROGRESS.info("%s", line)

    thread = threading.Thread(target=repeat, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        pipe.write(b"\n")
        thread.join()
        pipe.close()


@contextmanager
def _passing_on_signals(folder: Path) -> Iterator[None]:
    """Pass signals on to the first process; a second Ctrl-C is not waited for. Only a main thread can listen."""

    def pass_on(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            signal.signal(number, signal.default_int_handler)
        write_text(folder / "stop", str(int(number)))

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, pass_on) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
