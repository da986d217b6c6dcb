"""When a person answers: what is promised, how it did on test cases, why answers were handed over, and examples."""

from typing import Any

from further.guard.decide import EXPLANATIONS
from further.guard.elsewhere import find_broken
from further.guard.needed import MOST_CASES
from further.guard.records import Certificate, Elsewhere
from further.guard.summary import ErrorsSeen, choose_examples, compare_splits, count_reasons, count_topics, rank_scores
from further.report.answers.guard import say_rate, say_types
from further.report.guard import TRIED_ON, Guarded
from further.report.results import StudyResults
from further.report.shown_table import ShownTable, show_filled, show_table
from further.report.wording import (
    DESCRIBE,
    count_noun,
    fixed,
    join_words,
    show_count,
    show_number,
    show_percent,
    show_share_of,
)

EXAMPLES = 2  # given, and handed over, of each question type
SCORES = {
    "mean_logprob": "the mean log-probability of the answer's tokens",
    "min_logprob": "the log-probability of the answer's least likely token",
    "entropy": "the mean entropy of the answer's tokens",
}
QUESTIONS_NOTE = (
    "Here a case is one question with choices, answered by the adapted model. The threshold was chosen on half of the "
    "questions, drawn by a hash of their words, and tested on the others. The promise does not hold for other "
    "subjects, other papers or another model."
)


def fill_guard(results: StudyResults[Any]) -> dict[str, object] | None:
    """Tables and examples; None for a study without a guard, which has no such section."""
    guard = results.guard
    if guard is None:
        return None
    tables = [promise_table, tried_table, ranking_table, reason_table, topic_table, shift_table]
    examples = choose_examples(guard.answers, EXAMPLES, TRIED_ON).to_dict("records")
    return {
        "note": "",
        "target": show_share_of(guard.record.target_error),
        "confidence": show_share_of(guard.record.confidence),
        "score": SCORES[guard.record.score],
        "tables": [table for make in tables if (table := make(guard)).rows],
        "examples": [_show_example(row) for row in examples],
        "elsewhere": say_elsewhere(guard),
        "elsewhere_table": elsewhere_table(guard),
        "conditions": guard.record.conditions,
        "is_medical": results.is_medical,
    }


def fill_question_guard(results: StudyResults[Any]) -> dict[str, object] | None:
    """The same for a study of text, whose cases are questions with choices."""
    part = fill_guard(results)
    return None if part is None else part | {"note": QUESTIONS_NOTE}


def promise_table(guard: Guarded) -> ShownTable:
    """The validation cases behind each certificate, or how many it would take."""
    header = ["question type", "outcome", "cases", "usable", "answers given", "wrong", "wrong at most"]
    header += ["from a score of", "cases needed at this error rate, about"]
    rows = [[name, *_promise_cells(one)] for name, one in guard.record.certificates.items()]
    return show_filled("What is promised, from the validation cases", header, rows, first_number=2)


def _promise_cells(one: Certificate) -> list[str]:
    counts, promise = one.counts, one.promise
    cells = [show_count(counts.cases), show_count(counts.eligible)]
    if promise is None:
        over = f"over {show_count(MOST_CASES)}" if counts.eligible else ""
        needed = over if one.needed_cases is None else show_count(one.needed_cases)
        return [f"all handed over: {one.why_deferred}", *cells, "0", "", "", "", needed]
    given = [show_count(promise.accepted), show_count(promise.errors), show_percent(promise.error_bound)]
    return ["promised", *cells, *given, show_number(promise.threshold), ""]


def tried_table(guard: Guarded) -> ShownTable:
    """Errors on cases that no threshold was chosen on."""
    header = ("question type", "cases", "answers given", "wrong", "error rate", "handed over", "wrong among those")
    rows = []
    for name, seen in guard.errors.items():
        wrong = _say_wrong(seen.errors, seen.judged) or "not judged" * (seen.accepted > 0)
        given = [show_count(seen.num_cases), show_count(seen.accepted), wrong, say_rate(seen)]
        over = [show_count(seen.num_cases - seen.accepted), _say_wrong(seen.deferred_errors, seen.deferred_judged)]
        rows.append([name, *given, *over])
    return show_filled("How it did on the test cases (95% intervals)", header, rows, first_number=1)


def ranking_table(guard: Guarded) -> ShownTable:
    """How well the guard's score ranks right answers first, compared with chance and with a perfect ranking."""
    header = ("question type", "judged answers", "AURC", "of chance", "at best", "AUGRC", "of chance", "at best")
    ranked = {name: scores.get(guard.record.score) for name, scores in rank_scores(guard.answers, TRIED_ON).items()}
    rows = []
    for name, one in ranked.items():
        if one is not None:
            areas = (one.aurc, one.random_aurc, one.oracle_aurc, one.augrc, one.random_augrc, one.oracle_augrc)
            rows.append([name, show_count(one.num_answers), *(fixed(area, 3) for area in areas)])
    caption = "How well the score ranks: area under risk and coverage, and under generalized risk (lower is better)"
    return show_table(caption, header, rows, range(1, len(header)))


def reason_table(guard: Guarded) -> ShownTable:
    """Why answers about test cases were handed over; the first reasons add up to all of them."""
    header = ("question type", "reason", "answers", "with others too", "alone")
    rows = [
        [row.question_type, EXPLANATIONS[str(row.reason)], *map(show_count, (row.first, row.any, row.alone))]
        for row in count_reasons(guard.answers, TRIED_ON).itertuples()
    ]
    return show_table("Why test answers were handed over, each under its first reason", header, rows, range(2, 5))


def topic_table(guard: Guarded) -> ShownTable:
    """Topics that a person always answers, whatever the model says."""
    rows = [(str(topic), show_count(number)) for topic, number in count_topics(guard.answers, TRIED_ON).items()]
    return show_table("Topics that always go to a person", ("topic", "answers"), rows, [1])


def shift_table(guard: Guarded) -> ShownTable:
    """Scores of test cases compared with those of validation cases; no warning proves nothing."""
    header = ["question type", "validation cases", "test cases", "largest difference", "given before", "given now"]
    header += ["warning"]
    rows = []
    for name, shift in compare_splits(guard.answers, TRIED_ON).items():
        seen = [show_count(shift.num_validation), show_count(shift.num_new), show_number(shift.distance, 2)]
        shares = (shift.accepted_validation, shift.accepted_new)
        given = ["" if share is None else show_percent(share) for share in shares]
        rows.append([name, *seen, *given, "unlike" if shift.warns else "none"])
    return show_filled("Are the test cases like the validation cases, by their scores?", header, rows, first_number=1)


def elsewhere_table(guard: Guarded) -> ShownTable | None:
    """What became of the promises on cases of another clinic or scanner; None where none was tried."""
    header = ("question type", "given, test", "given, other clinic", "wrong", "error rate", "promise", "scores warn")
    rows = [
        [
            name,
            _say_given(guard.errors.get(name)),
            _say_given(one),
            _say_wrong(one.errors, one.judged),
            say_rate(one),
            "not decided" if one.outcome == "undecided" else one.outcome,
            "yes" if one.warns else "no",
        ]
        for name, one in _tried(guard).items()
    ]
    caption = "The same thresholds on cases of another clinic (95% intervals)"
    return show_table(caption, header, rows, range(1, 5)) if rows else None


def say_elsewhere(guard: Guarded) -> str:
    """What became of the promises there, and whether the scores had warned; "" without such cases."""
    tried, broken = _tried(guard), find_broken(guard.record.shifted)
    if not tried:
        return "Nothing was promised, so nothing could be broken." if guard.record.shifted else ""
    cases = count_noun(max(one.cases for one in tried.values()), "case")
    said = f"On {cases} of another clinic, it was broken for {say_types(broken, list(tried))}."
    if not broken:
        return said
    silent = [name for name in broken if not tried[name].warns]
    return f"{said} {f'The scores did not warn of {join_words(silent)}.' if silent else 'The scores had warned.'}"


def _tried(guard: Guarded) -> dict[str, Elsewhere]:
    """Question types of which something is promised, on the other clinic's cases."""
    return {name: one for name, one in guard.record.shifted.items() if one.outcome != "nothing promised"}


def _say_given(seen: ErrorsSeen | Elsewhere | None) -> str:
    """Answers given, of how many cases."""
    cases = 0 if seen is None else seen.num_cases if isinstance(seen, ErrorsSeen) else seen.cases
    return "" if seen is None or not cases else show_percent(seen.accepted / cases)


def _say_wrong(errors: int, judged: int) -> str:
    """Wrong answers of those judged; empty where none was."""
    return f"{show_count(errors)} of {show_count(judged)}" if judged else ""


def _show_example(row: dict[str, object]) -> dict[str, object]:
    reasons = list(row["reasons"])  # type: ignore[call-overload]
    why = EXPLANATIONS[reasons[0]] if reasons else ""
    topics = ", ".join(row["topics"]) if reasons[:1] == ["always human"] else ""  # type: ignore[arg-type]
    return {
        "type": row["question_type"],
        "case": row["case"],
        "question": row["question"] or DESCRIBE,
        "answer": row["answer"],
        "reference": row["reference"],
        "given": row["accepted"],
        "why": f"{why} ({topics})" if topics else why,
    }
