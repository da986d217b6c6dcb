"""Start a run: here, or in several processes of this node, one per GPU, by torch's own launcher."""

import logging
import multiprocessing
import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

import torch
from torch import distributed
from torch.multiprocessing.spawn import ProcessContext, ProcessExitedException, ProcessRaisedException, start_processes

from further.batch import share_of_process
from further.job import PROGRESS, join_log
from further.training.distributed import barrier
from further.training.recipe import Outcome, Recipe, Task
from further.training.run import train_run
from further.training.walltime import listening

GRACE_S = 10  # that the others have to end once a process has ended
PATIENCE = timedelta(hours=1)  # of a process that waits for another, which may write to a slow disk


def start_run(recipe: Recipe, task: Task) -> Outcome:
    """Train a run in this process, or in `task.world_size` of their own; as `further.training.run.train_run` does.

    Raises:
        ValueError: If the batch does not divide among the processes, or there are fewer GPUs than processes.
        SystemExit: If another job trains this run, or if this one was stopped, having saved: run again to continue.
        RuntimeError: If a process failed; with what it says.
    """
    if task.world_size == 1:
        return train_run(recipe, task)
    share_of_process(recipe.run, task.world_size)
    check_gpus(task.world_size, torch.cuda.device_count() if torch.cuda.is_available() else None)
    here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="further-") as folder:
        arguments = (recipe, task, Path(folder) / "rendezvous", there)
        processes = start_processes(_work, arguments, nprocs=task.world_size, join=False)
        there.close()
        with _passing_on_signals(processes) as passed:
            return _wait(processes, here, passed)


def check_gpus(world_size: int, num_gpus: int | None) -> None:
    """Refuse more processes than there are GPUs in sight; None without CUDA, where processes share the processor.

    Raises:
        ValueError: With both numbers.
    """
    if num_gpus is not None and num_gpus < world_size:
        raise ValueError(
            f"hardware.gpus_per_run: {world_size} GPUs are wanted, this job has {num_gpus}: ask for as many "
            "(in SLURM: gres of train_qlora in profiles/slurm/config.yaml), or lower it"
        )


def _work(rank: int, recipe: Recipe, task: Task, rendezvous: Path, parent: Connection) -> None:
    """Train as one of the processes; rank 0 sends progress lines, and at the end the outcome, to the parent."""
    os.setpgrp()  # Ctrl-C goes to the parent alone, which passes it on
    join_log(_Sender(parent) if rank == 0 else logging.NullHandler())
    if torch.cuda.is_available():
        torch.cuda.set_device(rank)
    if any(name == "lo" for _, name in socket.if_nameindex()):
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # one node; a host's name need not lead to itself
    backend, place = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo", f"file://{rendezvous}"
    distributed.init_process_group(backend, place, rank=rank, world_size=task.world_size, timeout=PATIENCE)
    outcome = train_run(recipe, task)
    if rank == 0:
        parent.send(outcome)
    barrier()
    distributed.destroy_process_group()


class _Sender(logging.Handler):
    """Sends lines to the parent process."""

    def __init__(self, parent: Connection) -> None:
        super().__init__()
        self.parent = parent

    def emit(self, record: logging.LogRecord) -> None:
        self.parent.send(self.format(record))


def _wait(processes: ProcessContext, here: Connection, passed: list[int]) -> Outcome:
    """Repeat rank 0's progress lines here, where a terminal may be, until all have ended."""
    ended, outcome = False, None
    try:
        while not ended:
            ended = processes.join(timeout=0.2, grace_period=GRACE_S)
            with suppress(EOFError):
                while here.poll():
                    outcome = received = here.recv()
                    if isinstance(received, str):
                        PROGRESS.info("%s", received)
    except ProcessExitedException as error:
        # It stopped, having saved; or a signal came before it could listen.
        if error.exit_code == os.EX_TEMPFAIL or -error.exit_code in passed:
            raise SystemExit(os.EX_TEMPFAIL) from None
        raise RuntimeError(f"a training process failed: {error}") from None
    except ProcessRaisedException as error:
        raise RuntimeError(f"a training process failed: {str(error).strip().splitlines()[-1]}") from None
    finally:
        for process in processes.processes:
            process.kill()
    if not isinstance(outcome, Outcome):
        raise SystemExit(os.EX_TEMPFAIL)
    return outcome


@contextmanager
def _passing_on_signals(processes: ProcessContext) -> Iterator[list[int]]:
    """Pass signals on to rank 0, and keep which; a second Ctrl-C is not waited for. Only a main thread can listen."""
    passed: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            signal.signal(number, signal.default_int_handler)
        passed.append(number)
        with suppress(ProcessLookupError):
            os.kill(processes.pids()[0], number)

    with listening(pass_on):
        yield passed
