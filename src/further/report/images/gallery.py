"""Which test cases are shown: those answered best, those answered worst, and some at random."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from further.evaluation.answers.match import token_overlap
from further.report.wording import DESCRIBE
from further.shards import hash_rank

KINDS = ("best", "worst", "random")


@dataclass(frozen=True)
class Shown:
    """One question of a shown case, with the answers of both models."""

    question: str
    reference: str
    before: str
    after: str


@dataclass(frozen=True)
class Pick:
    """A case that is shown.

    Attributes:
        kind: Of KINDS.
        images: Names of the images that its questions show.
        score: Mean word F1 of the adapted model's answers.
    """

    kind: str
    case: str
    images: tuple[str, ...]
    score: float
    questions: tuple[Shown, ...]


def pick_cases(before: pd.DataFrame, after: pd.DataFrame, number: int, seed: int) -> Iterator[Pick]:
    """Cases to show, none twice.

    Random ones are drawn first, among all test cases, so that they say how the model answers on the whole; ties among
    the best and the worst are broken by the same hash.

    Args:
        before: The base's answers (GENERATED).
        number: Of each kind, at most.
    """
    # Both models' answers stand in one line, so that a shown case has the same questions before and after.
    asked = after.merge(before[["question_id", "answer"]], on="question_id", suffixes=("", "_before"))
    asked = asked.assign(
        score=[token_overlap(*pair).f1 for pair in zip(asked["answer"], asked["reference"], strict=True)]
    )
    scores = asked.groupby("case")["score"].mean()
    # A hash of the name, not a generator: adding cases changes as few picks as possible.
    drawn = sorted(scores.index, key=lambda case: hash_rank(seed, "gallery", case))
    chosen = {"random": drawn[:number]}
    left = [case for case in drawn if case not in chosen["random"]]
    chosen["best"] = sorted(left, key=lambda case: -scores[case])[:number]
    left = [case for case in left if case not in chosen["best"]]
    chosen["worst"] = sorted(left, key=lambda case: scores[case])[:number]
    for kind in KINDS:
        for case in chosen[kind]:
            lines = asked[asked["case"] == case].to_dict("records")
            images = tuple(dict.fromkeys(name for line in lines for name in line["images"]))
            yield Pick(kind, str(case), images, float(scores[case]), tuple(map(_show, lines)))


def _show(line: dict[Any, Any]) -> Shown:
    return Shown(
        question=line["question"] or DESCRIBE,
        reference=line["reference"],
        before=line["answer_before"],
        after=line["answer"],
    )
