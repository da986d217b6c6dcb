"""Does it answer better: questions asked of the base and of the adapted model."""

from further.records.base import Interval
from further.records.questions import Floors, Group, Instructions, Paired, Questions
from further.report.answers.answer import SIGNIFICANT, Answer, Verdict
from further.report.results import TextResults
from further.report.wording import count_noun, join_words, show_number, show_p, show_percent, show_points, show_score

QUESTION = "Does it answer better?"
SOURCE = "results/evaluation/questions.json"
WORDS: dict[Verdict, str] = {"improved": "Yes.", "worse": "No: worse.", "undecided": "Not decided.", "unchanged": "No."}
FLOORS = {
    "chance": "guessing",
    "longest_choice": "always the longest choice",
    "without_question": "the choices without the question",
}
SPLITS = {"train": "training papers", "validation": "validation papers", "test": "held-out papers"}


def answer_questions(results: TextResults) -> Answer | None:
    """Are more questions answered right than before? None for a study without questions."""
    asked = results.asked.questions
    if asked is None:
        return None
    overall, floors = find_overall(asked), read_floors(asked.floors)
    verdict = decide_pairs(overall)
    return Answer(
        question=QUESTION,
        verdict=verdict,
        word=WORDS[verdict],
        sentence=_say_accuracy(overall),
        doubt=_say_doubt(overall, floors),
        details=tuple(_say_details(asked, floors)),
        sources=(f"{SOURCE}: questions",),
    )


def find_overall(asked: Questions) -> Paired:
    """Questions with choices, by likelihood; in a file without choices, those with one written answer."""
    # Every question has choices or one answer, so that one of the two is there.
    overall = asked.accuracy or asked.answers
    assert overall is not None
    return overall


def read_floors(floors: Floors | None) -> dict[str, float]:
    """Fractions right without knowledge of the field, by strategy."""
    if floors is None:
        return {}
    without = floors.without_question.adapted.fraction
    return dict(zip(FLOORS, (floors.chance, floors.longest_choice, without), strict=True))


def decide_pairs(pairs: Paired) -> Verdict:
    """By McNemar's exact test."""
    if pairs.p_value >= SIGNIFICANT:
        return "undecided"
    return "improved" if pairs.difference > 0 else "worse"


def say_instructions(instructions: Instructions) -> str:
    """How many instructions were followed before and after."""
    followed = instructions.followed
    return (
        f"Of {count_noun(followed.base.number, 'instruction')} with a form to follow, {followed.adapted.correct} were "
        f"followed, {followed.base.correct} before (exact test: {show_p(followed.p_value)})."
    )


def _say_accuracy(overall: Paired) -> str:
    asked = count_noun(overall.base.number, "question")
    change = Interval(estimate=overall.difference, low=overall.low, high=overall.high)
    before, after = show_percent(overall.base.fraction), show_percent(overall.adapted.fraction)
    return f"{after} of {asked} right, {before} before: {show_points(change)}."


def _say_doubt(overall: Paired, floors: dict[str, float]) -> str:
    floor = max(floors, key=lambda name: floors[name], default=None)
    # A test against the base says nothing if both are no better than a guess.
    if floor is not None and overall.adapted.fraction <= floors[floor]:
        return f"No better than {FLOORS[floor]}: {show_percent(floors[floor])}."
    return f"McNemar's exact test: {show_p(overall.p_value)}."


def _say_details(asked: Questions, floors: dict[str, float]) -> list[str]:
    named = {"Answered by likelihood per character": asked.accuracy_norm}
    named |= {"Questions with one answer, written word for word": asked.answers if asked.accuracy else None}
    said = [f"{name}: {_say_both(pairs)}." for name, pairs in named.items() if pairs]
    groups = join_words([_say_group(group) for group in asked.splits])
    said += [f"By the papers that hold the answer: {groups}."] * bool(asked.splits)
    without = [f"{FLOORS[name]} {show_percent(right)}" for name, right in floors.items()]
    said += [f"Without knowledge of the field: {join_words(without)}."] * bool(without)
    truncated = count_noun(asked.truncated, "question")
    said += [f"Cut at the beginning, as longer than the window: {truncated}."] * bool(asked.truncated)
    before, after = asked.nats_per_answer
    said += [f"Loss of the right answers: {show_number(after)} nats per answer, {show_number(before)} before."]
    return [*said, "McNemar's exact test counts the questions that only one of the two models answers right."]


def _say_group(group: Group) -> str:
    name = SPLITS.get(group.name, group.name)
    return f"{name} {_say_both(group.accuracy)} ({count_noun(group.accuracy.base.number, 'question')})"


def _say_both(pairs: Paired) -> str:
    after, before = (
        show_score(Interval(estimate=share.fraction, low=share.low, high=share.high))
        for share in (pairs.adapted, pairs.base)
    )
    return f"{after}, before {before}"
