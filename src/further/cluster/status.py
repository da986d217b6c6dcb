"""How the runs of a study stand: done, running, queued, failed, with the last step and loss.

Read from what jobs leave (results, logs, checkpoints), and from SLURM's queue where there is one, so that it works on
a laptop too, while the study runs and after it.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from further.cluster.head import PLACE
from further.cluster.orphans import Queued, list_jobs
from further.io import read_json
from further.lock import LOCK, OWNER

SILENT_S = 600  # a log that grew within it belongs to a running job; progress is logged every ten seconds or every step
BEAT_S = 60  # the lease of a run's lock
ENDINGS = (  # what SLURM writes into a job's output when it ends it; the first that is found counts
    (re.compile("oom.kill", re.I), "failed", "out of memory: raise hardware.memory_mb"),
    (re.compile("DUE TO TIME LIMIT"), "stopped", "at its walltime"),
    (re.compile("DUE TO NODE FAILURE"), "stopped", "its node failed"),
    (re.compile("CANCELLED AT"), "stopped", "cancelled"),
)
PROGRESS = re.compile(r"step (\d+)/(\d+), loss ([0-9.]+)")
STATES = ("done", "running", "queued", "failed", "stopped", "waiting")


@dataclass(frozen=True)
class RunStatus:
    """How one run stands.

    Attributes:
        name: The run's.
        state: One of STATES; stopped: begun, ended without a result or an error, and nobody works on it.
        step: Optimizer steps done; None before the first.
        num_steps: Of the whole run; None where unknown.
        loss_nats: Of the last step that was told, nats per token.
        note: Where to look, or SLURM's number of the job.
    """

    name: str
    state: str
    step: int | None
    num_steps: int | None
    loss_nats: float | None
    note: str


def jobs_by_run(jobs: Iterable[Queued]) -> dict[str, Queued]:
    """Training jobs in SLURM's queue by run; the executor writes rule and wildcards into the comment."""
    mark = "rule_train_qlora_wildcards_"
    return {job.comment.removeprefix(mark): job for job in jobs if job.comment.startswith(mark)}


def read_queue_of(folder: Path) -> tuple[dict[str, Queued] | None, str]:
    """Training jobs in SLURM's queue by run, None where none was ever queued from a folder or SLURM does not answer.

    With the reason why where it does not.
    """
    if shutil.which("squeue") is None or not (folder / PLACE).is_dir():
        return None, ""
    try:
        return jobs_by_run(list_jobs(folder.resolve())), ""
    except ValueError as error:
        return None, f"Queued jobs are not known: {str(error).splitlines()[0]}"


def read_status(folder: Path, runs: Iterable[str], queue: Mapping[str, Queued] | None, now: float) -> list[RunStatus]:
    """How each run of a study stands.

    Args:
        folder: Where results, logs and checkpoints lie.
        runs: Names of the study's runs.
        queue: SLURM's jobs by run; None without SLURM.
        now: Seconds since the epoch.
    """
    return [_status(folder, run, queue, now) for run in runs]


def _status(folder: Path, run: str, queue: Mapping[str, Queued] | None, now: float) -> RunStatus:
    log = folder / "logs" / "train_qlora" / f"{run}.log"
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    state, note = _state(folder, run, queue, log, text, now)
    step, num_steps, loss = max(
        _from_log(text), _from_progress(folder / "checkpoints" / run / "progress.json"), key=_steps
    )
    if state == "done":
        step, num_steps, loss = _from_history(folder / "results" / "runs" / run, (step, num_steps, loss))
    return RunStatus(run, state, step, num_steps, loss, note)


Progress = tuple[int | None, int | None, float | None]


def _steps(progress: Progress) -> int:
    return progress[0] or 0


def _state(
    folder: Path, run: str, queue: Mapping[str, Queued] | None, log: Path, text: str, now: float
) -> tuple[str, str]:
    if queue and run in queue:
        job = queue[run]
        waits = f", waits for {job.reason}" if job.state == "PENDING" else ""
        return ("queued" if waits else "running"), f"SLURM job {job.number}{waits}"
    if (folder / "results" / "runs" / run / "metrics.json").is_file():
        return "done", ""
    if not log.is_file():
        return "waiting", ""
    if "Traceback (most recent call last)" in text:
        return "failed", f"{_last_line(text)} ({log.relative_to(folder)})"
    if (last := _last_line(text).rpartition("further.progress: ")[2]).endswith("run again to continue"):
        return "stopped", last
    silent = queue is not None or now - log.stat().st_mtime > SILENT_S  # what SLURM does not have, it does not run
    if not silent or _beats(folder / "checkpoints" / run, now):
        return "running", ""
    return _read_ending(folder, run) or ("stopped", f"see {log.relative_to(folder)}")


def _beats(checkpoints: Path, now: float) -> bool:
    """Whether a process that is no SLURM job holds a run's lock."""
    try:
        owner, beat_s = read_json(checkpoints / OWNER), (checkpoints / LOCK).stat().st_mtime
        return owner["slurm_job"] is None and now - beat_s < BEAT_S
    except (OSError, ValueError, KeyError):
        return False


def _read_ending(folder: Path, run: str) -> tuple[str, str] | None:
    """What SLURM wrote into the output of a run's last job as it ended it."""
    outputs = (folder / ".snakemake" / "slurm_logs" / "rule_train_qlora" / run).glob("*.log")  # of failed jobs
    if output := max(outputs, key=lambda file: file.stat().st_mtime, default=None):
        said = output.read_text(encoding="utf-8", errors="replace")
        for pattern, state, note in ENDINGS:
            if pattern.search(said):
                return state, f"{note} ({output.relative_to(folder)})"
    return None


def _last_line(text: str) -> str:
    return text.rstrip().rsplit("\n", 1)[-1][:160]


def _from_log(text: str) -> Progress:
    """The last progress line."""
    found = PROGRESS.findall(text)
    return (int(found[-1][0]), int(found[-1][1]), float(found[-1][2])) if found else (None, None, None)


def _from_progress(file: Path) -> Progress:
    """What a run says of itself (`further.training.progress`)."""
    try:
        said = read_json(file)
        return said["step"], said["steps"], said["loss"]
    except (OSError, ValueError, KeyError):
        return None, None, None


def _from_history(results: Path, otherwise: Progress) -> Progress:
    """The last step of a finished run."""
    try:
        metrics = read_json(results / "metrics.json")
        return metrics["num_steps"], metrics["num_steps"], metrics["final_train_loss_nats"]
    except (OSError, ValueError, KeyError):
        return otherwise


def draw_status(statuses: list[RunStatus]) -> str:
    """A line per run, the ones that need a look first, and a line that counts them."""
    order = {state: place for place, state in enumerate(("failed", "stopped", "running", "queued", "waiting", "done"))}
    rows = [_cells(each) for each in sorted(statuses, key=lambda each: (order[each.state], each.name))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    counts = Counter(each.state for each in statuses)
    total = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    return "\n".join([*lines, f"{len(statuses)} runs: {total or 'none'}"])


def _cells(status: RunStatus) -> tuple[str, ...]:
    step = "" if status.step is None else f"step {status.step}/{status.num_steps}"
    loss = "" if status.loss_nats is None else f"loss {status.loss_nats:.3f}"
    return status.name, status.state, step, loss, status.note
