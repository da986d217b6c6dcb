"""Answers that do not end: how many, and why.

Two causes multiply. Rows that were cut without an EOS teach a model not to end, and a model that has trained too
little repeats itself. Measured with a tiny PaliGemma on 1,200 reports, at most 150 tokens generated:

    training rows              no end    a run of four    rep-4 above the references'
    all ended, 25 steps          27 %            30 %
    all ended, 200 steps          0 %             0 %
    22 % cut, 200 steps           0 %             0 %
    48 % cut, 200 steps          63 %             1 %            94 %
    88 % cut, 200 steps         100 %            83 %
    all ended, early LoRA         0 %            97 %
    9 % cut, early LoRA          40 %
    25 % cut, early LoRA         94 %

Each measure alone misses a part: runs of four do not see whole sentences that come again.
"""

import pandas as pd

from further.evaluation.answers.summary import share_over_cases
from further.evaluation.text_loops import MAX_REPEATS, rep_n, usual_rep
from further.records.answers import LoopCause, LoopCounts

MEASURES = ("without_end", "with_run", "repetitive")
PRESENT = 0.02
"""Fraction of answers from which a measure says that there are loops: one in 50, as single answers loop by chance."""
CUT_ALONE = 0.3
"""Fraction of training rows cut without an end from which a trained model loops: 22 % did not, 48 % did."""


def measure_loops(scores: pd.DataFrame) -> LoopCounts:
    """Fractions of answers without an end, with a run, and more repetitive than references are.

    Args:
        scores: ANSWER_SCORES of generated answers; `ended` is null in none.

    Raises:
        ValueError: If there is no answer, or one of which it is not known whether it ended.
    """
    if scores.empty or scores["ended"].isna().any():
        raise ValueError(f"{int(scores['ended'].isna().sum())} of {len(scores)} answers were not generated here")
    usual = usual_rep(scores["reference"])
    marks = scores[["case"]].assign(
        without_end=(~scores["ended"].astype(bool)).astype(float),
        with_run=(scores["longest_repeat"] >= MAX_REPEATS).astype(float),
        repetitive=(scores["answer"].map(rep_n) > usual).astype(float),
    )
    plain = (marks["without_end"] > 0) & (marks["with_run"] + marks["repetitive"] == 0)
    shares = {name: share_over_cases(marks, name) for name in MEASURES}
    return LoopCounts(answers=len(scores), usual_rep_4=usual, over_limit=float(plain.mean()), **shares)


def explain_loops(measured: LoopCounts, *, cut_fraction: float, still_learning: bool | None) -> LoopCause:
    """Which cause the loops of a study have.

    Args:
        cut_fraction: Fraction of the training rows whose answer was cut without an EOS, 0 to 1.
        still_learning: Whether the validation loss was still falling when training ended; None where it is not known.

    Returns:
        The cause, one of:

        - none: no measure reaches PRESENT.
        - limit: answers did not end, and do not repeat themselves: the limit is too short for them.
        - too little training: every row ended.
        - cut rows: enough of them for a trained model, or for one that has stopped learning.
        - both: some cut rows, which a trained model stands, or many in a training that was still learning.
        - unknown: every row ended, and training had stopped learning.
    """
    cause = _find_cause(measured, cut_fraction, still_learning)
    return LoopCause(cause=cause, cut_fraction=cut_fraction, still_learning=still_learning)


def _find_cause(measured: LoopCounts, cut: float, still_learning: bool | None) -> str:
    repeats = max(measured.with_run.estimate, measured.repetitive.estimate)
    if max(repeats, measured.without_end.estimate) < PRESENT:
        return "none"
    if repeats < PRESENT and measured.over_limit >= PRESENT:
        return "cut rows" if cut >= CUT_ALONE else "limit"
    if cut == 0:
        return "unknown" if still_learning is False else "too little training"
    if still_learning is False:
        return "cut rows"
    return "both" if still_learning or cut < CUT_ALONE else "cut rows"
