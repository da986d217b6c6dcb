"""What defers an answer whatever its score: it is empty, does not end, loops, contradicts, or is for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from further.guard.contradictions import Contradiction, find_contradictions, read_contradictions
from further.guard.files import find_file
from further.guard.topics import find_topics, read_topics
from further.settings import GuardSettings

PROJECT = Path(__file__).resolve().parents[3]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """The rules, with the contents of the files that a clinic edits: settings and files as `docs/guard.md` says."""

    max_run: int = GuardSettings().max_run
    max_rep_4: float = GuardSettings().max_rep_4
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What the rules find in one answer: of `schemas.CONTENT_REASONS` in that order, and topics as `find_topics`."""

    reasons: tuple[str, ...]
    topics: tuple[str, ...]


def read_rules(settings: GuardSettings) -> Rules:
    """The rules of the settings, with the files that they name: the study's own, or else those of Further.

    Raises:
        ValueError: If there is no such file; with file and line, if one holds what is no term or no contradiction.
    """
    named = {"topics_file": settings.topics_file, "contradictions_file": settings.contradictions_file}
    topics_file, contradictions_file = (find_file(key, name, PROJECT)[0] for key, name in named.items())
    topics = read_topics(topics_file) if topics_file else {}
    contradictions = read_contradictions(contradictions_file) if contradictions_file else ()
    return Rules(settings.max_run, settings.max_rep_4, topics, contradictions)


def examine_case(rows: Sequence[Row], rules: Rules) -> list[Finding]:
    """Apply the rules to all answers of one case, in their order.

    Nothing here looks at references or at what was right, so that it is the same for validation and for new cases.

    Args:
        rows: Answers of one case, columns of `schemas.ANSWERS`. What is null was not measured and defers nothing.
    """
    answers: dict[str, list[str]] = {}
    for row in rows:
        answers.setdefault(row["question_type"], []).append(row["answer"] or "")
    contradicted = find_contradictions(answers, rules.contradictions)
    return [_examine(row, row["question_type"] in contradicted, rules) for row in rows]


def examine(answers: pd.DataFrame, rules: Rules) -> list[Finding]:
    """Findings of every answer of a table with a fresh index, in the order of its rows."""
    rows = answers.to_dict("records")
    findings: dict[int, Finding] = {}
    for places in answers.groupby("case", sort=False).indices.values():
        findings |= zip(places, examine_case([rows[place] for place in places], rules), strict=True)
    return [findings[place] for place in range(len(rows))]


def _examine(row: Row, contradicted: bool, rules: Rules) -> Finding:
    topics = find_topics([row["question"], row["answer"], _known(row.get("caption"))], rules.topics)
    ended, run, rep_4 = (_known(row.get(name)) for name in ("ended", "longest_run", "rep_4"))
    found = {  # in the order of schemas.CONTENT_REASONS
        "empty": not any(map(str.isalnum, row["answer"] or "")),
        "no end": ended is not None and not ended,
        "looped": (run is not None and run > rules.max_run) or (rep_4 is not None and rep_4 > rules.max_rep_4),
        "contradiction": contradicted,
        "always human": bool(topics),
    }
    return Finding(tuple(reason for reason, holds in found.items() if holds), topics)


def _known(value: Any) -> Any:
    """None for every way in which a table says that there is no value."""
    return None if value is None or pd.isna(value) else value
