"""What the last start of a study has to do: written before its first job, read by the log and by `status`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from further.io import read_json, write_json
from further.lock import is_dead
from further.records.base import DEFAULT_RUN

FILE = Path(".snakemake") / "further-session.json"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Job(_Record):
    """One job of a start.

    Attributes:
        output: Its first output; it is done once this is there, and newer than the session.
        log: Its log; empty if it has none.
        benchmark: Where its seconds will stand; empty if nowhere.
    """

    number: int
    rule: str
    wildcards: dict[str, str] = {}
    output: str = ""
    log: str = ""
    benchmark: str = ""

    @property
    def run(self) -> str:
        """The run that it trains or scores; of a job that belongs to all runs, the default one."""
        return self.wildcards.get("run", DEFAULT_RUN)


class Session(_Record):
    """A start of a study.

    Attributes:
        owner: The snakemake that was started, as `further.lock.this_process` describes it.
        runs: All runs of the study, those that are done already too.
        ended: "finished" or "failed"; empty while it runs, or if it was killed.
    """

    title: str
    started: float
    owner: dict[str, Any] = {}
    runs: list[str]
    jobs: list[Job]
    ended: str = ""

    @property
    def is_dead(self) -> bool:
        """Whether its snakemake is known to run no more, though it did not end."""
        return not self.ended and is_dead(self.owner)

    @property
    def by_number(self) -> dict[int, Job]:
        """The jobs by their numbers."""
        return {job.number: job for job in self.jobs}


def write_session(folder: Path, about: Mapping[str, Any], jobs: Sequence[Mapping[str, Any]]) -> None:
    """Keep what a start has to do: fields of `Session`, and of `Job` for each job."""
    session = Session.model_validate({**about, "jobs": list(jobs)})
    write_json(folder / FILE, session.model_dump())


def end_session(folder: Path, ended: str) -> None:
    """Keep how the start ended, "finished" or "failed"; nothing where none is known."""
    if session := read_session(folder):
        write_json(folder / FILE, session.model_dump() | {"ended": ended})


def read_session(folder: Path) -> Session | None:
    """The last start in a folder; None if there was none, or its record is one of another version."""
    try:
        return Session.model_validate(read_json(folder / FILE))
    except (OSError, ValueError, ValidationError):
        return None
