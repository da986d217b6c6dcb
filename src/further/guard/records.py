"""The guard's record: a certificate for each question type, the rules, and what the promise depends on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from further.guard.rules import Rules
from further.records.base import Record

Outcome = Literal["kept", "broken", "undecided", "nothing promised"]


@dataclass(frozen=True)
class Promise:
    """A threshold at which the target is certified.

    Attributes:
        threshold: Score from which on an answer is accepted, turned so that high means sure.
        accepted, errors: Validation cases accepted at it, and wrong answers among them.
        error_bound: Clopper–Pearson bound of the error rate from these counts alone. The target is what is certified,
            as the counts are those of a chosen threshold.
        p_value: Of "the error rate is at least the target", at the threshold.
    """

    threshold: float
    accepted: int
    errors: int
    error_bound: float
    p_value: float


@dataclass(frozen=True)
class CaseCounts:
    """Validation cases of one question type, and what became of them; all but the last add up to `cases`.

    Attributes:
        eligible: That no other rule defers, with a score and a judgement: the certificate is about such cases.
        deferred: That another rule defers.
        no_score: Others without a score.
        unjudged: Others of which nobody said whether the answer is right.
        further_answers: Answers beyond the first of a case, left out of the certificate.
    """

    cases: int
    eligible: int
    deferred: int
    no_score: int
    unjudged: int
    further_answers: int


@dataclass(frozen=True)
class Certificate:
    """What is promised for one question type, and from how many validation cases it follows.

    Attributes:
        promise: None: defer all.
        why_deferred: "no judged case", "no usable case" (all deferred by another rule, or without a score), "too few
            cases" or "too many errors"; None where some are accepted.
        accepted_needed: Accepted cases that certify the target, by the number of errors among them. Under that for
            none, no threshold is tried.
        needed_cases: Where all are deferred, about how many would let some be accepted; None above 10,000, where no
            case was judged, and where some are accepted.
    """

    promise: Promise | None
    why_deferred: str | None
    counts: CaseCounts
    accepted_needed: Mapping[int, int]
    needed_cases: int | None

    @property
    def threshold(self) -> float | None:
        """None: defer all."""
        return self.promise.threshold if self.promise else None


@dataclass(frozen=True)
class Elsewhere:
    """What became of a promise on cases of another clinic or scanner, for one question type; each case counts once.

    Attributes:
        cases, judged, errors, error_rate, interval: As in `further.guard.summary.ErrorsSeen`.
        accepted: By the threshold of the study's own validation cases.
        outcome: "broken" where the whole interval lies above the target, "kept" where it does not reach above it,
            else "undecided"; "nothing promised" where all answers of the type are deferred.
        warns: Whether the scores alone said that these cases are unlike the validation cases; None: not compared.
    """

    cases: int
    accepted: int
    judged: int
    errors: int
    error_rate: float | None
    interval: tuple[float, float]
    outcome: Outcome
    warns: bool | None


class GuardRecord(Record):
    """Everything that is needed to decide about new answers: `results/guard/guard.json`.

    Attributes:
        score: Column of the answers table that decides.
        certificates: By question type.
        conditions: What the promise depends on, in sentences.
        shifted: By question type, on cases of another clinic; empty where there are none.
    """

    target_error: float
    confidence: float
    score: str
    rules: Rules
    certificates: Mapping[str, Certificate]
    conditions: tuple[str, ...]
    shifted: Mapping[str, Elsewhere] = {}
