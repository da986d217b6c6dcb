"""What a promise is worth on judged cases of another clinic or scanner, which it was not made for."""

from collections.abc import Mapping

import pandas as pd

from further.guard.records import Elsewhere, GuardRecord, Outcome
from further.guard.summary import ErrorsSeen, compare_splits, count_errors

SHIFTED = "shifted"
"""The split of such cases: no threshold is chosen on them."""


def add_shifted(answers: pd.DataFrame, shifted: pd.DataFrame) -> pd.DataFrame:
    """The study's answers and those about another clinic's cases, whose names are made unlike any of the study's."""
    # Both clinics may call a case case-1, and a case that stands in two splits is refused.
    moved = shifted.assign(split=SHIFTED, case="other clinic, " + shifted["case"].astype(str))
    return pd.concat([answers, moved], ignore_index=True)


def try_elsewhere(guarded: pd.DataFrame, record: GuardRecord) -> dict[str, Elsewhere]:
    """How each promise did there, by question type, from a table of `decide.guard_answers` with such cases."""
    shifts = compare_splits(guarded, SHIFTED)
    return {
        name: Elsewhere(
            cases=seen.num_cases,
            accepted=seen.accepted,
            judged=seen.judged,
            errors=seen.errors,
            error_rate=seen.error_rate,
            interval=seen.interval,
            outcome=_judge(name, seen, record),
            warns=shifts[name].warns if name in shifts else None,
        )
        for name, seen in count_errors(guarded, SHIFTED).items()
    }


def find_broken(shifted: Mapping[str, Elsewhere]) -> list[str]:
    """Question types whose promise was broken there."""
    return [name for name, one in shifted.items() if one.outcome == "broken"]


def _judge(name: str, seen: ErrorsSeen, record: GuardRecord) -> Outcome:
    """Broken or kept where the whole interval of the error rate says so."""
    certificate = record.certificates.get(name)
    if certificate is None or certificate.promise is None:
        return "nothing promised"
    low, high = seen.interval
    if low > record.target_error:
        return "broken"
    return "kept" if high <= record.target_error else "undecided"
