"""A guard's results, made by the guard's own code on answers made by arithmetic."""

import numpy as np
import pandas as pd

from further.guard.calibrate import calibrate
from further.guard.decide import guard_answers
from further.guard.elsewhere import add_shifted, try_elsewhere
from further.guard.rules import Rules
from further.report.guard import Guarded
from further.settings import GuardSettings
from guard.made import descending, make_answers

RULES = Rules(topics={"malignancy": ("cancer",)})


def make_guard(answers: pd.DataFrame) -> Guarded:
    """Calibrated on the validation rows; decisions about all rows."""
    record = calibrate(answers, GuardSettings(), RULES)
    return Guarded(record, guard_answers(answers, record).to_pandas())


def make_two_types(wrong: int = 4) -> Guarded:
    """60 validation cases, all right, so that `side` is certified; 20 that are too few for `organ`.

    Of 44 test cases the 40 surest reach the scores of validation, `wrong` of them wrong. 3 do not. 1 is about cancer.
    """
    validation = make_answers(descending(60), [True] * 60)
    few = make_answers(descending(20), [True] * 20, question_type="organ", prefix="o")
    right = [True] * (40 - wrong) + [False] * (wrong + 3) + [True]
    scores = [*np.linspace(-0.02, -0.58, 40).tolist(), -0.9, -1.0, -1.1, -0.1]
    test = make_answers(scores, right, split="test", prefix="t")
    test = test.assign(question=[*["Which side, <b>left</b>?"] * 43, "Is it cancer?"])
    return make_guard(pd.concat([validation, few, test], ignore_index=True))


def make_elsewhere() -> Guarded:
    """The same, and 40 cases of another clinic: 16 wrong among 40 as sure as before."""
    guard = make_two_types()
    shifted = make_answers(descending(40), [False] * 16 + [True] * 24, prefix="s")
    columns = [name for name in shifted if name in guard.answers]
    answers = add_shifted(guard.answers[columns], shifted)
    decided = guard_answers(answers, guard.record).to_pandas()
    return Guarded(guard.record.model_copy(update={"shifted": try_elsewhere(decided, guard.record)}), decided)


def make_nothing() -> Guarded:
    """Too few cases for any promise."""
    few = make_answers(descending(20), [True] * 20)
    return make_guard(pd.concat([few, make_answers([-0.1, -0.2], [True, False], split="test", prefix="t")]))
