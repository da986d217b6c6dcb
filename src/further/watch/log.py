"""The lines that a study shows while it runs: what was done, of how many, in how long, and how long the rest takes."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from further.io import read_json
from further.watch.job_progress import read_doing
from further.watch.session import Job, read_session
from further.watch.time_left import Running, Weight, estimate_left, read_seconds, weigh_jobs

SHOWN = 2  # jobs at work that a sign of life names
PAST = {  # of verbs that take more than an ending
    "split": "split", "fit": "fitted", "drop": "dropped", "draw": "drew", "write": "wrote", "plan": "planned",
    "read": "read",
}  # fmt: skip
PRESENT = {"split": "splitting", "fit": "fitting", "drop": "dropping", "plan": "planning"}


def name_job(job: Job, verbs: dict[str, str]) -> str:
    """A job in words: `trained fraction-0.5_seed-2`, `scored base nf4`, `parsed papers 01`.

    Args:
        job: Its rule is called verb_noun.
        verbs: `PAST` or `PRESENT`.
    """
    verb, _, noun = job.rule.partition("_")
    ending = "ing" if verbs is PRESENT else "ed"
    word = verbs.get(verb) or f"{verb.removesuffix('e')}{ending}"
    noun = "" if (verb, noun) in (("train", "qlora"), ("score", "run"), ("answer", "run")) else noun.replace("_", " ")
    return " ".join(part for part in (word, noun, *job.wildcards.values()) if part)


class StudyLog:
    """Told which jobs start and end; knows the words for it."""

    def __init__(self, folder: Path, now: float) -> None:
        """Begin a log of a study's folder, at a time in seconds."""
        self.folder, self.began = folder, now
        self.started: dict[int, float] = {}
        self.finished: dict[int, float] = {}
        self._jobs: dict[int, Job] = {}
        self._weights: dict[int, Weight] | None = None

    @property
    def jobs(self) -> dict[int, Job]:
        """What this start has to do, by number; it is written as the first job is about to start."""
        if not self._jobs and (session := read_session(self.folder)):
            self._jobs = session.by_number
        return self._jobs

    def start(self, numbers: Iterable[int], now: float) -> None:
        """Jobs have been handed out."""
        self.started |= {number: now for number in numbers if number not in self.finished}

    def finish(self, number: int, now: float) -> list[str]:
        """A job has ended well; the lines to show for it."""
        begun, job = self.started.pop(number, None), self.jobs.get(number)
        if job is None:  # a target, which does nothing itself
            return []
        noted = read_seconds(self.folder / job.benchmark) if job.benchmark else None
        # Snakemake's own note leaves out how long the job waited in a queue.
        self.finished[number] = noted if noted is not None else now - (begun if begun is not None else now)
        if job.rule == "plan_runs":
            self._weights = None  # of an earlier plan
        line = f"{name_job(job, PAST)}{self._count(job)} in {_say_seconds(self.finished[number])}{self._result(job)}"
        return [f"{line}; {self._stands(now)}", *self._plan_of(job)]

    def fail(self, number: int, now: float) -> str:
        """A job has failed; how long it ran, for the line that says so."""
        begun = self.started.pop(number, None)
        return "" if begun is None else f" after {_say_seconds(now - begun)}"

    def give_sign(self, now: float) -> str | None:
        """What is at work, for a silence of half a minute; None where nothing is."""
        running = sorted((begun, number) for number, begun in self.started.items() if number in self.jobs)
        if not running:
            return None
        words = [self._at_work(self.jobs[number], now - begun) for begun, number in running[:SHOWN]]
        more = [f"{len(running) - SHOWN} more"] if len(running) > SHOWN else []
        return f"{', '.join([*words, *more])}; {self._stands(now)}"

    def _at_work(self, job: Job, seconds: float) -> str:
        doing = read_doing(self.folder, job)
        fresh = doing is not None and doing.updated >= self.began
        said = f": {doing}" if fresh and str(doing) else ""
        return f"{name_job(job, PRESENT)} for {_say_seconds(seconds)}{said}"

    def _count(self, job: Job) -> str:
        """`(4 of 20)` of the jobs of its rule, if there are several."""
        total = Counter(each.rule for each in self.jobs.values())[job.rule]
        done = sum(number in self.finished for number, each in self.jobs.items() if each.rule == job.rule)
        return f" ({done} of {total})" if total > 1 else ""

    def _result(self, job: Job) -> str:
        """The result in words, for the rules that have one."""
        if job.rule == "write_report":
            return f": {job.output}"
        if job.rule != "train_qlora":
            return ""
        try:
            loss = read_json(self.folder / "results" / "runs" / job.run / "metrics.json")["final_train_loss_nats"]
            return f", loss {loss:.2f}"
        except (OSError, ValueError, KeyError):
            return ""

    def _stands(self, now: float) -> str:
        """How far the study is: by the plan, or before there is one by the number of its jobs."""
        # Asked again at each line until there is a plan: before it, nobody knows what a training takes.
        self._weights = self._weights or weigh_jobs(self.folder, list(self.jobs.values()))
        if self._weights is None:
            return f"{len(self.finished)} of {len(self.jobs)} jobs"
        running = {number: self._running(number, now - begun) for number, begun in self.started.items()}
        return str(estimate_left(self._weights, self.finished, running, now - self.began))

    def _running(self, number: int, seconds: float) -> Running:
        job = self.jobs.get(number)
        doing = read_doing(self.folder, job) if job else None
        return Running(seconds, doing.done if doing and doing.updated >= self.began else None)

    def _plan_of(self, job: Job) -> list[str]:
        from further.plan.table import format_plan, read_plan

        if job.rule != "plan_runs":
            return []
        return [f"  {line}" for line in format_plan(read_plan(self.folder / job.output)).splitlines()]


def _say_seconds(seconds: float) -> str:
    """`0.4 s`, `72 s`, `12 min`, `3.4 h`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
