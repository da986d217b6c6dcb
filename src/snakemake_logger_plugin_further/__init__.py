"""A short log of a study: what was done, how far the study is, and nothing else.

`snakemake --logger further`, as the profiles say. Snakemake's own full log is in `.snakemake/log`, and on the
terminal with `--printshellcmds` (`snakemake -np`) or `--verbose`.
"""

import os
import re
import sys
import threading
import time
from collections.abc import Mapping
from logging import WARNING, LogRecord
from pathlib import Path
from typing import Any, TextIO

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from further.job import SHORT_LOG
from further.watch.dry_run import DryRun
from further.watch.log import StudyLog
from further.watch.refusals import explain

SILENCE_S = 25.0  # after which a sign of life is given
TAIL = 25  # lines of a failed job's log
FRAMES = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)*", re.MULTILINE)
CHATTER = (  # beginnings of what Snakemake says without telling anything about the study
    "Assuming unrestricted shared", "Building DAG", "Using shell", "host: ", "Conda environments", "Singularity",
    "Group jobs: inactive", "Select jobs to execute", "Execute ", "Workflow runtime", "Reasons:",
    "Some jobs were triggered by provenance", "This was a dry-run", "SLURM run ID", "No wall time", "Using workflow",
    "Shutting down, this might", "Elapsed time",
)  # fmt: skip
REPEATED = ("RuleException:\nCalledProcessError", "Exiting because a job execution failed")  # of a job's error
LOG_FILE = "Complete log(s): "
SHUT = "WorkflowError:\nAt least one job did not complete successfully."


class LogHandler(LogHandlerBase):
    """Writes to the terminal; a thread of its own breaks silences."""

    def __post_init__(self) -> None:
        """Choose between the study's words and Snakemake's own."""
        settings = self.common_settings
        self.stream: TextIO = sys.stdout if settings.stdout else sys.stderr
        self.own = not (settings.verbose or settings.debug_dag or settings.printshellcmds)
        self.dry_run = DryRun()
        self._log: StudyLog | None = None
        self.last_line, self.closed, self.mouth = time.monotonic(), threading.Event(), threading.Lock()
        if self.own and not settings.dryrun:
            os.environ[SHORT_LOG] = "1"  # for jobs started from here
            threading.Thread(target=self._break_silence, name="further-log", daemon=True).start()

    @property
    def log(self) -> StudyLog:
        """Of the folder where results land: Snakemake goes there after this handler is made."""
        self._log = self._log or StudyLog(Path.cwd(), time.time())
        return self._log

    def emit(self, record: LogRecord) -> None:
        """Show what a record means for the study, if anything."""
        if not self.own:
            return self._say(self.format(record))
        try:
            self._handle(getattr(record, "event", None), record)
        except Exception:
            self.handleError(record)
        return None

    def _handle(self, event: LogEvent | None, record: LogRecord) -> None:
        about, now = vars(record), time.time()
        if event == LogEvent.JOB_STARTED:
            self.log.start(about["jobs"], now)
        elif event == LogEvent.JOB_FINISHED:
            self._say(*self.log.finish(about["job_id"], now))
        elif event == LogEvent.JOB_INFO and self.common_settings.dryrun and about["output"]:  # a target has none
            self.dry_run.add(about["rule_name"], about["wildcards"], about["reason"])
        elif event in (LogEvent.JOB_ERROR, LogEvent.GROUP_ERROR):
            self._say(*self._tell_failure(about, now))
        elif event is None or event == LogEvent.ERROR:
            self._say_other(record)

    def _say_other(self, record: LogRecord) -> None:
        """What has no event: warnings, errors, and what is not known to be chatter."""
        text = record.getMessage().strip("\n")
        if said := explain(text, sys.argv[1:], Path.cwd()):
            self._say(*said)
        elif text.startswith("This was a dry-run"):
            self._say(*self.dry_run.lines())
        elif text.startswith(SHUT):
            self._say(
                "The study has stopped. Finished results are kept. Fix the cause, and type the same command again."
            )
        elif text.startswith(LOG_FILE):
            self._say(f"Snakemake's own log: {os.path.relpath(text.removeprefix(LOG_FILE))}")
        elif text not in ("", "None") and not text.startswith(REPEATED if record.levelno >= WARNING else CHATTER):
            self._say(text)

    def _tell_failure(self, about: Mapping[str, Any], now: float) -> list[str]:
        """The rule, what it was for, and the end of its log."""
        if "job_error_info" in about:  # each job of a group tells its own
            return []
        wildcards = ", ".join(map(str, self._wildcards(about["jobid"]).values()))
        named = f" ({wildcards})" if wildcards else ""
        ends = [tail[-1] for log in about["log"] if (tail := read_tail(Path(log)))]
        said = f": {ends[0]}" if ends else ""
        lines = [f"Error in rule {about['rule_name']}{named}{self.log.fail(about['jobid'], now)}{said}"]
        if about.get("rule_msg"):
            lines.append(f"    {about['rule_msg']}")
        for log in about["log"]:
            lines += [f"    {line}" for line in read_tail(Path(log))]
            lines.append(f"    full log: {log}")
        return lines

    def _wildcards(self, number: int) -> Mapping[str, Any]:
        job = self.log.jobs.get(number)
        return job.wildcards if job else {}

    def _break_silence(self) -> None:
        while not self.closed.wait(1.0):
            silent = time.monotonic() - self.last_line > SILENCE_S
            if silent and self._log and (line := self._log.give_sign(time.time())):
                self._say(line)

    def _say(self, *lines: str) -> None:
        with self.mouth:
            for line in lines:
                self.stream.write(f"{line}\n")
                self.last_line = time.monotonic()
            self.stream.flush()

    def close(self) -> None:
        """Stop the thread."""
        self.closed.set()
        super().close()

    @property
    def writes_to_stream(self) -> bool:
        """In place of Snakemake's own lines."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Snakemake's own file stays."""
        return False

    @property
    def has_filter(self) -> bool:
        """Snakemake's filter would hide what --quiet hides, job errors among it, where this log is short anyway."""
        return self.own

    @property
    def has_formatter(self) -> bool:
        """Snakemake's own is used where its own words are shown."""
        return self.own

    @property
    def needs_rulegraph(self) -> bool:
        """No picture is drawn."""
        return False


def read_tail(log: Path) -> list[str]:
    """The last lines of a job's log, without the frames of tracebacks: the log itself has them."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return FRAMES.sub("", text).rstrip().splitlines()[-TAIL:]
