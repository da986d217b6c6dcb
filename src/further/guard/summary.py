"""What the report shows of the guard, from its record and the table of guarded answers: numbers, no prose."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from further.guard.bounds import exact_interval
from further.guard.calibrate import keep_one_per_case
from further.guard.curves import Ranking, RiskCoverage, rank_score, risk_coverage
from further.guard.schemas import REASONS, score_columns, turn_scores
from further.guard.shift import Shift, check_shift

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class ErrorsSeen:
    """How often accepted answers were wrong in a split, for one question type; each case counts once.

    Attributes:
        judged, errors: Accepted ones of which is known whether they are right, and wrong ones among these.
        deferred_errors, deferred_judged: The same of deferred answers: what the guard kept back.
        error_rate: Errors among the judged; None where there are none.
        interval: 95 % Clopper–Pearson interval of that rate; (0, 1) where there are none.
    """

    num_cases: int
    accepted: int
    judged: int
    errors: int
    deferred_errors: int
    deferred_judged: int
    error_rate: float | None
    interval: tuple[float, float]


def count_errors(guarded: pd.DataFrame, split: str) -> dict[str, ErrorsSeen]:
    """Errors among accepted and among deferred answers of a split, by question type."""
    kept = _of_split(guarded, split)
    return {str(name): _count(rows) for name, rows in kept.groupby("question_type")}


def count_reasons(guarded: pd.DataFrame, split: str) -> pd.DataFrame:
    """Deferred answers of a split by question type and reason.

    Returns:
        Columns question_type, reason, and numbers of answers: `first` (it is their first reason; these add up to the
        deferred ones), `any` (they have it), `alone` (they have no other). Reasons that do not occur are left out.
    """
    rows = guarded[guarded["split"] == split]
    listed = [
        {
            "question_type": name,
            "reason": reason,
            "first": reason == reasons[0],
            "any": True,
            "alone": len(reasons) == 1,
        }
        for name, reasons in zip(rows["question_type"], map(list, rows["reasons"]), strict=True)
        for reason in reasons
    ]
    columns = ["question_type", "reason", "first", "any", "alone"]
    table = pd.DataFrame(listed, columns=columns).astype({"first": int, "any": int, "alone": int})
    counted = table.groupby(["question_type", "reason"], as_index=False).sum()
    return counted.sort_values(["question_type", "reason"], key=_place, ignore_index=True)


def count_topics(guarded: pd.DataFrame, split: str) -> pd.Series:
    """Answers of a split by topic that always goes to a person, most frequent first; an answer may have several."""
    return guarded.loc[guarded["split"] == split, "topics"].explode().dropna().value_counts()


def rank_scores(guarded: pd.DataFrame, split: str) -> dict[str, dict[str, Ranking]]:
    """How well each score ranks the judged answers of a split: by question type, then by score."""
    groups = _of_split(guarded, split).groupby("question_type")
    ranked = {str(name): {score: _rank(rows, score) for score in score_columns(rows)} for name, rows in groups}
    return {name: {key: one for key, one in scores.items() if one} for name, scores in ranked.items()}


def draw_curves(guarded: pd.DataFrame, split: str) -> dict[str, RiskCoverage]:
    """Risk against coverage by the guard's own score, of judged answers that nothing but the score defers, by type."""
    kept = _of_split(guarded, split)
    by_score = kept["reasons"].map(lambda reasons: set(reasons) <= {"under threshold", "not certified"})
    eligible = kept[by_score & kept["score"].notna() & kept["correct"].notna()]
    return {
        str(name): risk_coverage(rows["score"].to_numpy(np.float64), rows["correct"].to_numpy(np.bool_))
        for name, rows in eligible.groupby("question_type")
    }


def compare_splits(guarded: pd.DataFrame, split: str) -> dict[str, Shift]:
    """Scores of a split beside those of the validation cases, by question type; types without both are left out."""
    scored = [rows[rows["score"].notna()] for rows in (_of_split(guarded, "validation"), _of_split(guarded, split))]
    before, after = (dict(list(rows.groupby("question_type"))) for rows in scored)
    return {
        str(name): check_shift(before[name]["score"], rows["score"], _threshold(rows))
        for name, rows in after.items()
        if name in before
    }


def choose_examples(guarded: pd.DataFrame, number: int, split: str) -> pd.DataFrame:
    """Rows to show: per question type so many accepted and then so many deferred ones, drawn by a hash."""
    rows = guarded[guarded["split"] == split].reset_index(drop=True)
    # By a hash of the keys, as the first rows of a table may be those of one scanner, day or diagnosis.
    keys = rows["case"] + "\0" + rows["question_type"] + "\0" + rows["question"]
    mixed = rows.loc[pd.util.hash_pandas_object(keys, index=False).sort_values().index]
    chosen = mixed.groupby(["question_type", "accepted"]).head(number)
    return chosen.sort_values(["question_type", "accepted"], ascending=[True, False], ignore_index=True, kind="stable")


def _of_split(guarded: pd.DataFrame, split: str) -> pd.DataFrame:
    return keep_one_per_case(guarded[guarded["split"] == split].reset_index(drop=True))


def _count(rows: pd.DataFrame) -> ErrorsSeen:
    accepted = rows["accepted"].to_numpy(np.bool_)
    judged = rows["correct"].notna().to_numpy(np.bool_)
    wrong = judged & ~_right(rows)
    errors, seen = int((wrong & accepted).sum()), int((judged & accepted).sum())
    return ErrorsSeen(
        num_cases=len(rows),
        accepted=int(accepted.sum()),
        judged=seen,
        errors=errors,
        deferred_errors=int((wrong & ~accepted).sum()),
        deferred_judged=int((judged & ~accepted).sum()),
        error_rate=errors / seen if seen else None,
        interval=exact_interval(errors, seen),
    )


def _right(rows: pd.DataFrame) -> Flags:
    return np.asarray(rows["correct"].astype("boolean").fillna(False), dtype=np.bool_)


def _rank(rows: pd.DataFrame, score: str) -> Ranking | None:
    """Of the judged answers that have the score; None where there is none."""
    turned = turn_scores(rows, score)
    usable = ~np.isnan(turned) & rows["correct"].notna().to_numpy(np.bool_)
    return rank_score(turned[usable], _right(rows)[usable]) if usable.any() else None


def _threshold(rows: pd.DataFrame) -> float | None:
    threshold = rows["threshold"].iloc[0]
    return None if pd.isna(threshold) else float(threshold)


def _place(column: pd.Series) -> pd.Series:
    """Sort key: reasons in their own order, anything else as it is."""
    return column.map(REASONS.index) if column.name == "reason" else column
