"""Questions: those that a layout asks, and those made by rule from the fields of a record."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from further.cases.fields import KEPT, SPLITS
from further.cases.lengths import count_words
from further.cases.schemas import LEDGER, QUESTIONS
from further.cases.text import words
from further.shards import hash_rank

Line = Mapping[str, Any]
NO_ABNORMALITY = "none"
"""Answer to what an abnormality is, where the record says that there is none."""


@dataclass(frozen=True)
class Rule:
    """How a field becomes a question.

    Attributes:
        kind: The question's type, and the field of the image or the case that holds the answer.
        wording: The question; "" for a caption, which is asked for by its task.
        of_image: Whether the field is the image's, else it is the case's and all its images are shown.
        term: Whether the answer is a term, set in lower case; a text stays as it is.
        of_abnormality: Whether "none" is the answer where the record says that nothing is abnormal.
    """

    kind: str
    wording: str
    of_image: bool
    term: bool = True
    of_abnormality: bool = False
    task: str = "answer"


RULES = (
    Rule("modality", "what modality is used?", of_image=True),
    Rule("plane", "in which plane is the image?", of_image=True),
    Rule("location", "which part of the body is shown?", of_image=True),
    Rule("abnormal", "is there an abnormality?", of_image=False),
    Rule("abnormality", "what abnormalities does the patient have?", False, of_abnormality=True),
    Rule("side", "on which side is the abnormality?", False, of_abnormality=True),
    Rule("size", "how large is the abnormality?", False, of_abnormality=True),
    Rule("diagnosis", "what is the diagnosis?", False, term=False),
    Rule("findings", "what are the findings?", False, term=False),
    Rule("discussion", "what is known of the disease?", False, term=False),
    Rule("caption", "", True, term=False, task="caption"),
)
# A disease's discussion says nothing of the image, so it is asked for only where a setting says so.
DEFAULT_TYPES = tuple(rule.kind for rule in RULES if rule.kind != "discussion")


def ask_questions(
    tables: Mapping[str, pa.Table],
    *,
    how: str,
    types: Sequence[str] | None,
    max_images: int,
    language: str,
    needed: Sequence[str] = ("train", "test"),
) -> tuple[pa.Table, pa.Table]:
    """All questions of a study with their answers.

    Args:
        tables: cases (CASES), images (IMAGES), split (SPLIT), asked (FOUND_QUESTIONS).
        how: How the split was made, one of split.HOW.
        types: Types to make by rule; None: DEFAULT_TYPES where the layout asks no questions itself, else none.
        max_images: Images shown with a question about a case, the first by name; at least 1.
        language: Of the questions that a layout asks in several, two letters.
        needed: Splits that must not be empty.

    Returns:
        Questions sorted by case (QUESTIONS), and each with what became of it (LEDGER, unit question).

    Raises:
        ValueError: If a type is unknown, or a needed split has no question.
    """
    kinds = [rule.kind for rule in RULES]
    if unknown := sorted(set(types or ()) - set(kinds)):
        raise ValueError(f"cases.questions: {', '.join(unknown)} is none of {', '.join(kinds)}")
    asked = tables["asked"].to_pylist()
    chosen = types if types is not None else (() if asked else DEFAULT_TYPES)
    sides, images = _Sides(tables, how), set(tables["images"]["image"].to_pylist())
    lines = list(_by_rule(tables, sides, [rule for rule in RULES if rule.kind in chosen], max_images, language))
    lines += [_given(given, images, sides, language) for given in asked]
    lines.sort(key=lambda line: str(line["case"]))
    _number_alike(lines)
    ledger = [
        {"unit": "question", "case": line["case"], "name": line["question_id"], "reason": line["reason"]}
        | {"detail": line["question_type"]}
        for line in lines
    ]
    kept = [line for line in lines if line["reason"] == KEPT]
    for side in needed:
        if not any(line["split"] == side for line in kept):
            hint = "" if how == "own" else "; set cases.split to own"
            raise ValueError(f"cases.questions: of {len(lines):,} questions none is left in the {side} split{hint}")
    return pa.Table.from_pylist(kept, QUESTIONS), pa.Table.from_pylist(ledger, LEDGER)


class _Sides:
    """On which side of the split a question stands; None: its case is held out elsewhere."""

    def __init__(self, tables: Mapping[str, pa.Table], how: str) -> None:
        self.given = {line["case"]: line["given_split"] for line in tables["cases"].to_pylist()}
        self.own, self.how = defaultdict[str, list[str]](list), how
        for line in tables["split"].to_pylist():
            self.own[line["case"]].append(line["split"])

    def of_case(self, case: str) -> str | None:
        """The most held-out of its sides."""
        return max(self.own[case], key=SPLITS.index, default=None)

    def of_question(self, case: str, given: str | None) -> str | None:
        """The side of a question that a layout asks: in a given split its own, if its case stands there."""
        sides = self.own[case]
        if self.how != "own" and given in sides:
            return given
        made = not set(sides) & set(self.given.get(case, []))  # a validation that was taken from the training
        return self.of_case(case) if self.how == "own" or given is None or made else None


def _by_rule(
    tables: Mapping[str, pa.Table], sides: _Sides, rules: Sequence[Rule], max_images: int, language: str
) -> Iterator[dict[str, Any]]:
    shown = defaultdict[str, list[Line]](list)
    for image in tables["images"].to_pylist():
        shown[image["case"]].append(image)
    for case in tables["cases"].to_pylist():
        side, images = sides.of_case(case["case"]), shown[case["case"]]
        first = [image["image"] for image in images[:max_images]]
        for rule in rules:
            sources = [(image, [image["image"]]) for image in images] if rule.of_image else [(case, first)]
            for source, names in sources:
                if (answer := answer_by_rule(rule, source, case)) is not None:
                    line = {"case": case["case"], "split": side, "images": names, "origin": "rule", "task": rule.task}
                    line |= {"question_type": rule.kind, "question": rule.wording, "language": language}
                    yield _finish(line, answer, False) | {"reason": KEPT if side else "also held out"}


def answer_by_rule(rule: Rule, source: Line, case: Line) -> str | None:
    """The answer that a record gives to a rule's question; None if it gives none."""
    value: str | None = source[rule.kind]
    if value is None and rule.of_abnormality and (case["abnormal"] or "").lower() == "no":
        return NO_ABNORMALITY
    if value is None and rule.kind == "abnormality":
        value = case["category"]
    return value.lower() if value is not None and rule.term else value


def _given(given: Line, images: set[str], sides: _Sides, language: str) -> dict[str, Any]:
    """A question that the layout asks, with what becomes of it."""
    shown = [name for name in given["images"] if name in images]
    side = sides.of_question(given["case"], given["given_split"])
    faults = {
        "other language": given["language"] not in (None, language),
        "no question": given["question"] is None,
        "no answer": given["answer"] is None,
        "image dropped": not shown or len(shown) < len(given["images"]),
        "also held out": side is None,
    }
    reason = next((name for name, found in faults.items() if found), KEPT)
    line = {"case": given["case"], "split": side, "images": shown, "origin": "given", "task": "answer"}
    line |= {"question_type": given["question_type"], "question": given["question"] or "", "language": language}
    return _finish(line, given["answer"] or "", given["closed"]) | {"reason": reason}


def _finish(line: Line, answer: str, closed: bool) -> dict[str, Any]:
    name = hash_rank(line["case"], *line["images"], line["question_type"], line["question"], answer)[:16]
    kind = "yes/no" if words(answer) in (["yes"], ["no"]) else "choice" if closed else "open"
    return {**line, "question_id": name, "answer": answer, "kind": kind, "words": count_words(answer)}


def _number_alike(lines: Sequence[dict[str, Any]]) -> None:
    """Tell questions apart that a layout asks twice."""
    seen = Counter[str]()
    for line in lines:
        seen[line["question_id"]] += 1
        if seen[line["question_id"]] > 1:
            line["question_id"] += f"-{seen[line['question_id']]}"
