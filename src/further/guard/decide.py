"""Answer or hand over: the guard's decision about each answer, and the table of guarded answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from further.guard.records import GuardRecord
from further.guard.rules import Finding, Row, examine, examine_case
from further.guard.schemas import (
    DEFER,
    REASONS,
    check_answers,
    guarded_schema,
    score_columns,
    turn_score,
    turn_scores,
)

EXPLANATIONS = {
    "empty": "there is no answer",
    "no end": "the answer does not come to an end",
    "looped": "the answer repeats itself",
    "contradiction": "it contradicts another answer about this case",
    "always human": "a person tells this, whatever the model says",
    "no score": "nothing says how sure the model is",
    "unknown type": "questions of this type were never checked",
    "not certified": "no error rate could be certified for questions of this type",
    "under threshold": "the model is not sure enough",
}


@dataclass(frozen=True)
class Decision:
    """What happens to one answer: fields as the columns of `schemas.guarded_schema`, `text` as its `guarded`."""

    text: str
    reasons: tuple[str, ...]
    topics: tuple[str, ...]
    score: float | None
    threshold: float | None

    @property
    def accepted(self) -> bool:
        """Whether the answer is given."""
        return not self.reasons

    @property
    def explanation(self) -> str:
        """Why the answer is deferred, in words for a reader, the first reason only; empty for an accepted answer."""
        if not self.reasons:
            return ""
        named = f" ({', '.join(self.topics)})" if self.reasons[0] == "always human" else ""
        return EXPLANATIONS[self.reasons[0]] + named


def decide(answer: Row, record: GuardRecord, others: Sequence[Row] = ()) -> Decision:
    """Decide about one new answer.

    Args:
        answer: The columns of `schemas.ANSWERS` that decide: question_type, question, answer, the record's score, and
            where they are known caption, ended, longest_run and rep_4. Neither case nor split is needed.
        others: Other answers about the same case, among which contradictions are looked for.

    Returns:
        The decision; a type without a certificate, a missing score and a score under the threshold defer.
    """
    finding = examine_case([answer, *others], record.rules)[0]
    return _decide(answer, finding, turn_score(record.score, answer.get(record.score)), record)


def guard_answers(answers: pd.DataFrame, record: GuardRecord) -> pa.Table:
    """Decide about every answer of a table, of any split; a table of `schemas.guarded_schema`, in the same order.

    Raises:
        ValueError: As `check_answers` and `turn_scores` say.
    """
    checked = check_answers(answers)
    turned = turn_scores(checked, record.score)
    rows = zip(checked.to_dict("records"), examine(checked, record.rules), turned, strict=True)
    # Turned already, so the name is empty: NaN becomes None.
    decisions = [_decide(row, finding, turn_score("", score), record) for row, finding, score in rows]
    decided = checked.assign(
        guarded=[one.text for one in decisions],
        accepted=[one.accepted for one in decisions],
        reasons=pd.Series([list(one.reasons) for one in decisions], dtype=object),
        topics=pd.Series([list(one.topics) for one in decisions], dtype=object),
        score=[one.score for one in decisions],
        threshold=[one.threshold for one in decisions],
    )
    return pa.Table.from_pandas(decided, guarded_schema(score_columns(checked)), preserve_index=False)


def _decide(row: Row, finding: Finding, score: float | None, record: GuardRecord) -> Decision:
    certificate = record.certificates.get(row["question_type"])
    threshold = certificate.threshold if certificate else None
    found = {
        "no score": score is None,
        "unknown type": certificate is None,
        "not certified": certificate is not None and threshold is None,
        "under threshold": threshold is not None and score is not None and score < threshold,
    }
    reasons = {*finding.reasons, *(reason for reason, holds in found.items() if holds)}
    text = DEFER if reasons else row["answer"]
    return Decision(text, tuple(one for one in REASONS if one in reasons), finding.topics, score, threshold)
