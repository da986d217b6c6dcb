"""A report of one case in the form radiologists write: indication, exam, findings, impression. Never for clinical use.

A line is the case record's or the model's, and says which. Nothing is composed: what neither says is "not provided".
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RECORD, MODEL, NOBODY = "case record", "model", "nobody"
GUARD = "guard"
NOT_PROVIDED = "not provided"
FINDINGS = ("findings", "caption", "abnormal", "abnormality", "side", "size")
IMPRESSION = ("diagnosis",)
LABELS = {"abnormal": "Abnormality seen", "abnormality": "Abnormality", "side": "Side", "size": "Size", "caption": ""}
NO_USE = "Written by a language model for research. Not for clinical use."

Line = Mapping[str, Any]


@dataclass(frozen=True)
class ReportLine:
    """One line of a report.

    Attributes:
        section: Indication, Exam, Findings or Impression.
        text: As the record has it, or as the model answered; NOT_PROVIDED where neither says anything.
        author: RECORD, MODEL, GUARD (the answer was handed over) or NOBODY.
    """

    section: str
    text: str
    author: str


def write_case_report(
    case: Line, images: Sequence[Line], answers: Mapping[str, str], deferred: Mapping[str, str]
) -> list[ReportLine]:
    """The report of one case, section by section.

    Args:
        case: Line of CASES.
        images: Its lines of IMAGES.
        answers: The model's answers by question type; empty where it was not asked.
        deferred: Why answers are left to a person, by question type; what the model wrote there is not shown.

    Returns:
        Indication and exam from the record, findings and impression from the model.
    """
    return [
        *_section("Indication", [_people(case), case["history"]], RECORD),
        *_section("Exam", [*_scans(images), case["exam"]], RECORD),
        *_answered("Findings", FINDINGS, answers, deferred),
        *_answered("Impression", IMPRESSION, answers, deferred),
    ]


def _answered(
    section: str, kinds: Sequence[str], answers: Mapping[str, str], deferred: Mapping[str, str]
) -> list[ReportLine]:
    """What the model says, and what was taken from it."""
    lines = []
    for kind in kinds:
        label, answer = LABELS.get(kind, ""), answers.get(kind, "")
        if kind in deferred:
            text = f"{label or kind.capitalize()}: left to the radiologist: {deferred[kind]}"
            lines.append(ReportLine(section, text, GUARD))
        elif answer.strip():
            lines += _section(section, [f"{label}: {answer}" if label else answer], MODEL)
    return lines or _section(section, [], MODEL)


def _section(section: str, texts: Sequence[str | None], author: str) -> list[ReportLine]:
    said = [ReportLine(section, text.strip(), author) for text in texts if text and text.strip()]
    return said or [ReportLine(section, NOT_PROVIDED, NOBODY)]


def _people(case: Line) -> str | None:
    """Age and sex as the record has them."""
    text = ", ".join(f"{name} {case[name]}" for name in ("age", "sex") if case[name])
    return text[:1].upper() + text[1:] or None


def _scans(images: Sequence[Line]) -> list[str]:
    """The images, those that are alike in one line: `2 images: CT - noncontrast, axial, Abdomen`."""
    told = ("sequence", "plane", "location")
    counts = Counter(", ".join(image[name] for name in told if image[name]) for image in images)
    return [f"{number} image{'s' * (number > 1)}{f': {about}' if about else ''}" for about, number in counts.items()]
