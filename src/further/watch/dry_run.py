"""A dry run in few lines: which steps would run how often, for what, and why."""

import ast
import re
from collections.abc import Mapping, Sequence

NAMED = 3  # jobs of a step that are named one by one
PARAMS_CHANGED = "settings or code changed"
REASONS = (  # Snakemake's, in the order in which they are shown
    ("Missing output files", "not made yet"),
    ("Params have changed", PARAMS_CHANGED),
    ("Code has changed", PARAMS_CHANGED),
    ("Updated input files", "its input is newer"),
    ("Set of input files has changed", "its set of inputs changed"),
    ("Software environment definition has changed", "its software changed"),
    ("Forced execution", "interrupted, or forced"),
    ("Input files updated by another job", "its input will be made again"),
)
PARAMS = re.compile(r"Params have changed.*? before: (.*?) now: (.*?) *(?:;|$)", re.DOTALL)
CODE = re.compile(r"'[0-9a-f]{16,}'")  # a digest, which rules pass as `code`
FILES, VERSIONS = {"names", "stamps", "sizes"}, {"versions"}  # settings of a rule that say what it reads, and by what


class DryRun:
    """Collects the jobs of a dry run."""

    def __init__(self) -> None:
        """Begin with no job."""
        self._steps: dict[str, list[tuple[str, str]]] = {}  # by rule, what each job is for and why it would run

    def add(self, rule: str, wildcards: Mapping[str, str], reason: str) -> None:
        """Add a job, with why it would run in Snakemake's words."""
        self._steps.setdefault(rule, []).append((" ".join(wildcards.values()), _explain(reason)))

    def lines(self) -> list[str]:
        """A line per step: its name, its jobs, why they would run, and which if they are few; then their sum."""
        rows = [(rule, len(jobs), _join(jobs)) for rule, jobs in self._steps.items()]
        total = sum(number for _, number, _ in rows)
        width = max(map(len, [*self._steps, "total"]))
        head = ["Job stats:", f"{'job':<{width}}  count  why"]
        body = [f"{rule:<{width}}  {number:>5}  {why}" for rule, number, why in rows]
        return [
            *head, *body, f"{'total':<{width}}  {total:>5}", "",
            "Nothing was started (-n). To see every job with its files and resources: snakemake -np",
        ]  # fmt: skip


def _explain(reason: str) -> str:
    words = next((words for start, words in REASONS if start in reason), re.split("[:;]", reason)[0].lower())
    return _explain_params(reason) if words == PARAMS_CHANGED else words


def _explain_params(reason: str) -> str:
    """Which of a rule's params differ: the digest of its code, or what in its settings."""
    if (found := PARAMS.search(reason)) is None:
        return PARAMS_CHANGED
    # Snakemake joins params by bare commas; within one, a blank follows: {'rank': 8, 'alpha': 16},'0f3a…'
    before, now = (re.split(r",(?! )", side) for side in found.groups())
    if all(map(CODE.fullmatch, before + now)):
        return "code changed"
    try:
        [old], [new] = (map(ast.literal_eval, side) for side in (before, now))
        keys = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    except (ValueError, SyntaxError, AttributeError):
        return PARAMS_CHANGED
    return "its files changed" if keys <= FILES else "its software changed" if keys <= VERSIONS else "settings changed"


def _join(jobs: Sequence[tuple[str, str]]) -> str:
    order, found = [words for _, words in REASONS], dict.fromkeys(reason for _, reason in jobs)
    why = ", ".join(sorted(found, key=lambda words: order.index(words if words in order else PARAMS_CHANGED)))
    named = [job for job, _ in jobs if job]
    return f"{why}: {', '.join(named)}" if named and len(named) <= NAMED else why
