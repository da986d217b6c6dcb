"""How the runs of a study stand: done, running, queued, failed, with the last step and loss.

Read from what jobs leave (results, progress.json, SLURM's own words), and from SLURM's queue if there is one, so that
it works on a laptop too, while the study runs and after it.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from further.cluster.orphans import Queued, list_jobs
from further.cluster.queue_lock import PLACE
from further.columns import align
from further.io import read_json
from further.watch.job_progress import Doing, read_doing, read_training
from further.watch.log import PRESENT, name_job
from further.watch.session import Job, Session, read_session
from further.watch.time_left import Running, estimate_left, read_seconds, weigh_jobs

ENDINGS = (  # what SLURM writes into a job's output when it ends it; the first that is found counts
    (re.compile("oom.kill", re.I), "failed", "out of memory: raise hardware.memory_mb"),
    (re.compile("DUE TO TIME LIMIT"), "stopped", "at its time limit"),
    (re.compile("DUE TO NODE FAILURE"), "stopped", "its node failed"),
    (re.compile("CANCELLED AT"), "stopped", "cancelled"),
)
SHOWN = 160  # characters of an error
STATES = ("failed", "stopped", "running", "queued", "waiting", "done")  # the ones that need a look first


@dataclass(frozen=True)
class RunStatus:
    """How one run stands.

    Attributes:
        state: One of STATES; stopped: begun, ended without a result or an error, and nobody works on it.
        step: Optimizer steps done; None before the first.
        num_steps: Of the whole run; None where unknown.
        loss_nats: Of the last reported step, nats per token.
        note: Where to look, or SLURM's number of the job.
    """

    name: str
    state: str
    step: int | None = None
    num_steps: int | None = None
    loss_nats: float | None = None
    note: str = ""


Queue = Mapping[str, Queued] | None


def jobs_by_run(jobs: Iterable[Queued]) -> dict[str, Queued]:
    """Training jobs in SLURM's queue by run; the executor writes rule and wildcards into the comment."""
    mark = "rule_train_qlora_wildcards_"
    return {job.comment.removeprefix(mark): job for job in jobs if job.comment.startswith(mark)}


def read_queue_of(folder: Path) -> tuple[dict[str, Queued] | None, str]:
    """Training jobs in SLURM's queue by run; None, with the reason, where none was ever queued or SLURM is silent."""
    if shutil.which("squeue") is None or not (folder / PLACE).is_dir():
        return None, ""
    try:
        return jobs_by_run(list_jobs(folder.resolve())), ""
    except ValueError as error:
        return None, f"Queued jobs are unknown: {str(error).splitlines()[0]}"


def read_status(folder: Path, runs: Iterable[str], queue: Queue) -> list[RunStatus]:
    """How each run of a study stands; one whose result will be made again is not done.

    Args:
        folder: Where results, logs and checkpoints lie.
        queue: SLURM's jobs by run; None without SLURM.
    """
    session = read_session(folder)
    jobs = session.jobs if session and not session.ended else []
    # A result that is older than the start, which is to make it, belongs to settings that were changed since.
    trainings = [job for job in jobs if job.rule == "train_qlora"]
    old = {job.run for job in trainings if session and not _is_made(folder / job.output, session.started)}
    return [_status(folder, run, queue, run in old) for run in runs]


def _status(folder: Path, run: str, queue: Queue, old: bool) -> RunStatus:
    if not old and (folder / "results" / "runs" / run / "metrics.json").is_file():
        return _done(folder / "results" / "runs" / run)
    doing = read_training(folder, run)
    steps = (doing.step, doing.num_steps, doing.loss_nats) if doing else (None, None, None)
    state, note = _of_queue(queue[run]) if queue and run in queue else _of_files(folder, run, doing)
    return RunStatus(run, state, *steps, note)


def _done(results: Path) -> RunStatus:
    try:
        metrics = read_json(results / "metrics.json")
        steps = metrics["num_steps"]
        return RunStatus(results.name, "done", steps, steps, metrics["final_train_loss_nats"])
    except (OSError, ValueError, KeyError):
        return RunStatus(results.name, "done")


def _of_queue(job: Queued) -> tuple[str, str]:
    if job.state == "PENDING":
        return "queued", f"SLURM job {job.number}, waiting for {job.reason}"
    return "running", f"SLURM job {job.number}"


def _of_files(folder: Path, run: str, doing: Doing | None) -> tuple[str, str]:
    """By the run's own last message; a run without one has not started, or failed before it could write one."""
    log = folder / "logs" / "train_qlora" / f"{run}.log"
    if doing is None:
        told = _read_ending(folder, run) or _read_failure(folder, log)
        return told or ("waiting", "")
    if doing.is_alive:
        return "running", "" if doing.state == "training" else doing.state
    if doing.state in ("stopped", "failed"):
        first = doing.message.splitlines()[0] if doing.message else ""
        return doing.state, f"{shorten(first, SHOWN, placeholder=' …')} (logs/train_qlora/{run}.log)"
    return _read_ending(folder, run) or ("stopped", f"no message since {doing.state}, see logs/train_qlora/{run}.log")


def _read_failure(folder: Path, log: Path) -> tuple[str, str] | None:
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    if "Traceback (most recent call last)" not in text:
        return None
    last = text.rstrip().rsplit("\n", 1)[-1]
    return "failed", f"{shorten(last, SHOWN, placeholder=' …')} ({log.relative_to(folder)})"


def _read_ending(folder: Path, run: str) -> tuple[str, str] | None:
    """What SLURM wrote into the output of a run's last job as it ended it."""
    outputs = (folder / ".snakemake" / "slurm_logs" / "rule_train_qlora" / run).glob("*.log")  # of failed jobs
    if output := max(outputs, key=lambda file: file.stat().st_mtime, default=None):
        said = output.read_text(encoding="utf-8", errors="replace")
        for pattern, state, note in ENDINGS:
            if pattern.search(said):
                return state, f"{note} ({output.relative_to(folder)})"
    return None


def draw_status(statuses: Sequence[RunStatus]) -> list[str]:
    """A line per run, the ones that need a look first, and a line that counts them; none for a study without runs."""
    if not statuses:
        return []
    rows = [_cells(each) for each in sorted(statuses, key=lambda each: (STATES.index(each.state), each.name))]
    counts = Counter(each.state for each in statuses)
    total = ", ".join(f"{counts[state]} {state}" for state in reversed(STATES) if counts[state])
    return [*align(rows, left=range(len(rows[0]))), f"{len(statuses)} run{'' if len(statuses) == 1 else 's'}: {total}"]


def _cells(status: RunStatus) -> tuple[str, ...]:
    step = "" if status.step is None else f"step {status.step}/{status.num_steps}"
    loss = "" if status.loss_nats is None else f"loss {status.loss_nats:.3f}"
    return status.name, status.state, step, loss, status.note


def describe_session(folder: Path, now: float) -> list[str]:
    """What else the last start has to do, and how long it will take."""
    session = read_session(folder)
    if session is None:
        return []
    made = {job.number: job for job in session.jobs if _is_made(folder / job.output, session.started)}
    others = [job.number for job in session.jobs if job.rule != "train_qlora"]
    count = f"{'Other jobs' if session.runs else 'Jobs'}: {len(made.keys() & others)} of {len(others)} done"
    return [count, _tell_end(session) or _tell_left(folder, session, made, now)]


def _tell_end(session: Session) -> str:
    """How the start ended; empty while it goes on."""
    if session.ended:
        return "Snakemake has finished." if session.ended == "finished" else "Snakemake has ended because jobs failed."
    if session.is_dead:
        return "Snakemake is not running: type the same command again to continue."
    return ""


def _tell_left(folder: Path, session: Session, made: Mapping[int, Job], now: float) -> str:
    said = {job.number: read_doing(folder, job) for job in session.jobs if job.number not in made}
    running = {number: doing for number, doing in said.items() if doing and doing.is_alive}
    others = [job for job in session.jobs if job.number in running and job.rule != "train_qlora"]
    names = [", ".join(name_job(job, PRESENT) for job in others)] if others else []
    weights = weigh_jobs(folder, session.jobs)
    if weights is None:
        return "; ".join([*names, f"{len(made)} of {len(session.jobs)} jobs done, no plan yet"])
    finished = {number: read_seconds(folder / job.benchmark) or weights[number].seconds for number, job in made.items()}
    abreast = {number: Running(doing.seconds, doing.done or 0.0) for number, doing in running.items()}
    return "; ".join([*names, str(estimate_left(weights, finished, abreast, now - session.started))])


def _is_made(output: Path, begun: float) -> bool:
    """Whether an output was written since the start."""
    try:
        return output.stat().st_mtime >= begun
    except OSError:
        return False
