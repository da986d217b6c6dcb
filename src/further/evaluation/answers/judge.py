"""Which answers were right, for the guard. Only what a rule can judge is judged; the rest is left to people."""

from collections import Counter
from typing import Any

import pandas as pd

from further.evaluation.answers.floors import MAX_ANSWERS, count_different
from further.evaluation.answers.match import RIGHT, judge_closed, says_same

CAPTION = "caption"


def judge_answers(generated: pd.DataFrame, questions: pd.DataFrame) -> pd.DataFrame:
    """A model's answers as the guard reads them (`further.guard.schemas.ANSWERS`).

    Closed answers are judged by their first word, others as a whole where their type has at most 50 different
    answers in training. No rule can tell whether a longer text is right; its `correct` is empty.

    Args:
        questions: QUESTIONS, the training's among them.
    """
    different = count_different(questions[questions["split"] == "train"], "answer")
    short = set(different[different <= MAX_ANSWERS].index)
    captions = generated[generated["task"] == CAPTION].drop_duplicates("case").set_index("case")["answer"]
    return generated.assign(
        correct=[_judge(line, short) for line in generated.to_dict("records")],
        caption=generated["case"].map(captions),
        question=name_questions(generated),
    )


def _judge(line: dict[str, Any], short: set[Any]) -> bool | None:
    if line["kind"] != "open":
        return judge_closed(line["answer"], line["reference"]) == RIGHT
    return says_same(line["answer"], line["reference"]) if line["question_type"] in short else None


def name_questions(generated: pd.DataFrame) -> list[str]:
    """Questions, told apart by number where one is asked of several images of a case."""
    keys = list(zip(generated["case"], generated["question_type"], generated["question"], strict=True))
    total, seen, named = Counter(keys), Counter[Any](), []
    for key in keys:
        seen[key] += 1
        named.append(f"{key[2]} ({seen[key]} of {total[key]})" if total[key] > 1 else key[2])
    return named
