"""From answers on validation cases to the guard's record."""

import hashlib
import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from further.guard.bounds import smallest_accepted, upper_bound
from further.guard.certify import ThresholdSequence, certify
from further.guard.needed import estimate_needed_cases
from further.guard.records import CaseCounts, Certificate, GuardRecord, Promise
from further.guard.rules import Rules, examine
from further.guard.schemas import check_answers, turn_scores
from further.guard.wording import percent
from further.settings import GuardSettings

ERRORS_LISTED = (0, 1, 2, 5)  # for which a record says how many accepted answers a certificate takes


def calibrate(answers: pd.DataFrame, settings: GuardSettings, rules: Rules) -> GuardRecord:
    """One certificate for each question type, from the rows of the split "validation".

    Thresholds are chosen on what the rules do not defer, as they will be used. Types of other splits defer all.

    Raises:
        ValueError: As `check_answers` and `turn_scores` say.
    """
    checked = check_answers(answers)
    validation = checked[checked["split"] == "validation"].reset_index(drop=True)
    sorted_out = validation.assign(
        turned=turn_scores(validation, settings.score),
        deferred=[bool(finding.reasons) for finding in examine(validation, rules)],
    )
    types = sorted(checked["question_type"].unique())
    of_type = {name: sorted_out[sorted_out["question_type"] == name] for name in types}
    certificates = {name: _certify_type(rows, settings) for name, rows in of_type.items()}
    return GuardRecord(
        target_error=settings.target_error,
        confidence=settings.confidence,
        score=settings.score,
        rules=rules,
        certificates=certificates,
        conditions=tell_conditions(settings, certificates),
    )


def keep_one_per_case(answers: pd.DataFrame) -> pd.DataFrame:
    """One answer of each case and question type, as answers of one case are not independent, in their order.

    Which one is drawn by a hash of case, type and question: neither the score nor what was right plays a part.
    """
    # sha256 and not hash(): the same answers are drawn in every process and on every machine.
    drawn = [
        hashlib.sha256("\0".join(key).encode()).hexdigest()
        for key in zip(answers["case"], answers["question_type"], answers["question"], strict=True)
    ]
    order = answers.assign(drawn=drawn).sort_values("drawn", kind="stable")
    kept = order.drop_duplicates(["case", "question_type"]).index
    return answers[answers.index.isin(kept)]


def tell_conditions(settings: GuardSettings, certificates: Mapping[str, Certificate]) -> tuple[str, ...]:
    """What the promise depends on, in sentences."""
    counted = sum(one.counts.further_answers for one in certificates.values())
    unjudged = sum(one.counts.unjudged for one in certificates.values())
    sentences = [
        "It holds for cases like the validation cases. It ends with a new scanner, another hospital or another model.",
        f"Each question type has a certificate of its own, at {percent(settings.confidence)} confidence. "
        "It is not a promise for all types together.",
        "It counts accepted answers only, after all other reasons for deferral, and each case once per question type.",
        "It takes cases for independent, which several cases of one patient are not.",
        "It takes the judgement of the validation answers as given.",
    ]
    if counted:
        sentences.append(
            f"{counted} further answers of the same case and question type were left out of it. Where cases with many "
            "such answers are the harder ones, more of all accepted answers may be wrong than it says."
        )
    if unjudged:
        sentences.append(f"{unjudged} answers that nobody judged were left out, as if they were like the judged ones.")
    return tuple(sentences)


def _certify_type(rows: pd.DataFrame, settings: GuardSettings) -> Certificate:
    kept = keep_one_per_case(rows)
    # One answer is drawn before others are deferred, so that the promise is about a case drawn as new ones come.
    eligible, counts = _sort_out(kept, len(rows) - len(kept))
    score, correct = eligible["turned"].to_numpy(np.float64), eligible["correct"].to_numpy(np.bool_)
    sequence = certify(score, correct, settings)
    needed = None
    if counts.eligible and not sequence.num_certified:
        needed = _scale(
            estimate_needed_cases(score, correct, settings), (counts.cases - counts.unjudged) / counts.eligible
        )
    return Certificate(
        promise=_read_promise(sequence, settings),
        why_deferred=None if sequence.num_certified else _explain(counts, settings),
        counts=counts,
        accepted_needed={
            errors: smallest_accepted(errors, settings.target_error, settings.confidence) for errors in ERRORS_LISTED
        },
        needed_cases=needed,
    )


def _sort_out(kept: pd.DataFrame, further_answers: int) -> tuple[pd.DataFrame, CaseCounts]:
    """The rows that the certificate is about, and how many there are of all others."""
    deferred, no_score, unjudged = kept["deferred"], kept["turned"].isna(), kept["correct"].isna()
    eligible = kept[~(deferred | no_score | unjudged)]
    counts = CaseCounts(
        cases=len(kept),
        eligible=len(eligible),
        deferred=int(deferred.sum()),
        no_score=int((no_score & ~deferred).sum()),
        unjudged=int((unjudged & ~no_score & ~deferred).sum()),
        further_answers=further_answers,
    )
    return eligible, counts


def _read_promise(sequence: ThresholdSequence, settings: GuardSettings) -> Promise | None:
    if not sequence.num_certified:
        return None
    last = sequence.num_certified - 1
    accepted, errors = int(sequence.accepted[last]), int(sequence.errors[last])
    return Promise(
        threshold=float(sequence.thresholds[last]),
        accepted=accepted,
        errors=errors,
        error_bound=upper_bound(errors, accepted, settings.confidence),
        p_value=float(sequence.p_values[last]),
    )


def _explain(counts: CaseCounts, settings: GuardSettings) -> str:
    if not counts.eligible:
        return "no usable case" if counts.deferred or counts.no_score else "no judged case"
    fewest = smallest_accepted(0, settings.target_error, settings.confidence)
    return "too few cases" if counts.eligible < fewest else "too many errors"


def _scale(eligible: int | None, cases_per_eligible: float) -> int | None:
    # Rounded first, as 21 * (23 / 21) is 23.000000000000004 and would be 24.
    return None if eligible is None else math.ceil(round(eligible * cases_per_eligible, 9))
