"""When must a person answer: what the guard promises, and whether test cases kept the promise."""

from collections.abc import Sequence
from typing import Any

from further.guard.elsewhere import find_broken
from further.guard.records import Elsewhere
from further.guard.summary import ErrorsSeen, compare_splits
from further.records.base import Interval
from further.report.answers.answer import Answer, Verdict
from further.report.guard import TRIED_ON, Guarded
from further.report.results import StudyResults
from further.report.wording import count_noun, join_words, show_count, show_percent, show_score, show_share_of

QUESTION = "When must a person answer?"
DETAILS = (
    "Each question type has a promise of its own. The section “When a person answers” shows what it rests on, how it "
    "did on test cases, and which answers are handed over and why."
)
SOURCES = ("results/guard/guard.json: certificates", "results/guard/guarded.parquet")


def answer_guard(results: StudyResults[Any]) -> Answer | None:
    """How many answers go to a person, and how often are the others wrong? None for a study without a guard."""
    guard = results.guard
    if guard is None:
        return None
    verdict = decide_guard(guard)
    return Answer(
        question=QUESTION,
        verdict=verdict,
        word=_say_word(guard, verdict),
        sentence=_say_errors(guard) if guard.certified else _say_needed(guard),
        doubt=_say_doubt(guard),
        details=(DETAILS,),
        sources=SOURCES,
    )


def decide_guard(guard: Guarded) -> Verdict:
    """Whether the promise was kept on test cases; undecided where nothing is promised."""
    if not guard.certified:
        return "undecided"
    target = guard.record.target_error
    # By type, as certificates are, and by the interval: a rate may exceed its target by chance.
    tried = [seen for name, seen in guard.errors.items() if name in guard.certified]
    return "worse" if any(seen.interval[0] > target for seen in tried) else "improved"


def find_worst(guard: Guarded) -> tuple[str, ErrorsSeen] | None:
    """The certified question type with most errors among its judged test answers; None where none was judged."""
    judged = {name: seen for name, seen in guard.errors.items() if name in guard.certified and seen.judged}
    return max(judged.items(), key=lambda item: item[1].error_rate or 0.0, default=None)


def say_types(some: Sequence[str], of: Sequence[str]) -> str:
    """Some of the question types, counted and named: `1 of 3 question types (location)`."""
    counted = f"{len(some)} of {count_noun(len(of), 'question type')}"
    return f"{counted} ({join_words(list(some))})" if some else counted


def say_rate(seen: ErrorsSeen | Elsewhere) -> str:
    """An error rate with its interval; empty where nothing was judged."""
    if seen.error_rate is None:
        return ""
    low, high = seen.interval
    return show_score(Interval(estimate=seen.error_rate, low=low, high=high))


def _say_word(guard: Guarded, verdict: Verdict) -> str:
    if not guard.certified:
        return "Always."
    if verdict == "worse":
        return "More often than promised."
    # Without test cases, the decisions about validation cases are all there is.
    rows = guard.tried if len(guard.tried) else guard.answers
    return f"For {show_percent(1 - float(rows['accepted'].mean()))} of questions."


def _say_errors(guard: Guarded) -> str:
    worst = find_worst(guard)
    if worst is None:
        return f"No answer about a {TRIED_ON} case was judged."
    name, seen = worst
    which = f", worst of {len(guard.certified)} types ({name})" if len(guard.certified) > 1 else " to test cases"
    return f"Wrong among answers given{which}: {say_rate(seen)}."


def _say_needed(guard: Guarded) -> str:
    """Why nothing is promised, and what it would take."""
    said = f"At most {show_share_of(guard.record.target_error)} wrong cannot be promised for any question type."
    needed = [one.needed_cases for one in guard.record.certificates.values() if one.needed_cases is not None]
    if needed:
        return f"{said} About {show_count(min(needed))} judged cases may do."
    few = [one.accepted_needed[0] for one in guard.record.certificates.values() if one.why_deferred == "too few cases"]
    return f"{said} It takes at least {show_count(min(few))} judged cases, and fewer errors." if few else said


def _say_doubt(guard: Guarded) -> str:
    if not guard.certified:
        return f"Why: {join_words(sorted({str(one.why_deferred) for one in guard.record.certificates.values()}))}."
    if any(shift.warns for shift in compare_splits(guard.answers, TRIED_ON).values()):
        return "By their scores, the test cases are unlike the validation cases. The promise may not hold."
    promised = f"{show_share_of(guard.record.target_error)} at {show_share_of(guard.record.confidence)} confidence"
    if broken := find_broken(guard.record.shifted):
        which = broken[0] if len(broken) == 1 else f"{len(broken)} types"
        return f"Promised: at most {promised}. Another clinic's cases broke it for {which}."
    return f"Promised: at most {promised}, for similar cases only."
