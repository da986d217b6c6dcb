"""Answers of one case that cannot all be right: no abnormality, but a side."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from further.guard.topics import normalize


@dataclass(frozen=True)
class Pattern:
    """Answers to one question type.

    Attributes:
        answers: First words of the answers meant.
        excepted: True where all other answers are meant.
    """

    question_type: str
    answers: tuple[str, ...]
    excepted: bool = False

    def matches(self, answer: str) -> bool:
        """Whether an answer is meant; an empty one never is."""
        words = _words(answer)
        found = any(words[: len(_words(start))] == _words(start) for start in self.answers)
        return bool(words) and found != self.excepted


Contradiction = tuple[Pattern, ...]
"""Patterns of different question types that exclude each other."""


def read_contradictions(path: Path) -> tuple[Contradiction, ...]:
    """Contradictions from a YAML list: each names answers of two question types or more that exclude each other.

        - {abnormal: ["no"], side: {except: [none]}}

    An answer matches by its first words, whatever their case. `except` means every other answer.

    Raises:
        ValueError: With the entry's number, if it is none: fewer than two types, no list of texts, another key.
    """
    # YAML 1.1 reads a bare no as false: entries are checked for texts, so that one is told to quote it.
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    if not isinstance(entries, list):
        raise ValueError(f"{path}: a list of contradictions is needed, not {type(entries).__name__}")
    return tuple(_read_entry(entry, f"{path}, entry {number}") for number, entry in enumerate(entries, start=1))


def find_contradictions(
    answers: Mapping[str, Sequence[str]], contradictions: Iterable[Contradiction]
) -> frozenset[str]:
    """Question types whose answers contradict each other, from the answers of one case by question type."""
    found: set[str] = set()
    for patterns in contradictions:
        if all(any(map(one.matches, answers.get(one.question_type, ()))) for one in patterns):
            found |= {one.question_type for one in patterns}
    return frozenset(found)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", normalize(text))


def _read_entry(entry: Any, place: str) -> Contradiction:
    if not isinstance(entry, dict) or len(entry) < 2:
        raise ValueError(f"{place}: {entry!r} is no contradiction: answers of two question types or more are needed")
    return tuple(_read_pattern(str(name), answers, place) for name, answers in entry.items())


def _read_pattern(question_type: str, answers: Any, place: str) -> Pattern:
    excepted = isinstance(answers, dict) and set(answers) == {"except"}
    listed = answers["except"] if excepted else answers
    if not isinstance(listed, list) or not listed or not all(isinstance(one, str) and _words(one) for one in listed):
        hint = 'a list of texts, or {except: [...]}; write "no" and "yes" in quotes, which YAML reads as false and true'
        raise ValueError(f"{place}: {question_type}: {answers!r} is not allowed: {hint}")
    return Pattern(question_type, tuple(listed), excepted)
