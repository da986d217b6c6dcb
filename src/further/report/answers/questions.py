"""Does it answer better: questions asked of the base and of the adapted model."""

from further.records import Accuracy
from further.report.answers.answer import Answer, Verdict
from further.report.results import TextResults
from further.report.wording import count_noun, fixed, join_words, show_number, show_percent, show_range

QUESTION = "Does it answer better?"
SIGNIFICANT = 0.05
WORDS: dict[Verdict, str] = {"improved": "Yes.", "worse": "No: worse.", "undecided": "Not decided.", "unchanged": "No."}
FLOORS = {
    "chance": "guessing",
    "longest_choice": "always the longest choice",
    "without_question": "the choices without the question",
}


def answer_questions(results: TextResults) -> Answer | None:
    """Are more questions answered right than before? None for a study without questions."""
    asked = results.questions
    if asked is None:
        return None
    overall = asked.overall
    verdict = decide_accuracy(overall)
    floors = [_say_floor(name, right) for name, right in asked.floors.items()]
    return Answer(
        question=QUESTION,
        verdict=verdict,
        word=WORDS[verdict],
        sentence=_say_accuracy(overall),
        doubt=_say_doubt(overall, asked.floors),
        details=(
            f"Answered by log-likelihood per character: {show_percent(overall.adapted_normalized)}, before "
            f"{show_percent(overall.base_normalized)}.",
            f"Without knowing anything: {join_words(floors)}.",
            "McNemar's exact test counts the questions that only one of the two models answers right.",
        ),
        sources=("results/evaluation/questions.json",),
    )


def decide_accuracy(accuracy: Accuracy) -> Verdict:
    """By McNemar's exact test."""
    if accuracy.p_value >= SIGNIFICANT:
        return "undecided"
    return "improved" if accuracy.adapted > accuracy.base else "worse"


def _say_accuracy(overall: Accuracy) -> str:
    asked = count_noun(overall.num_questions, "question")
    points = show_range(overall.difference, lambda end: fixed(100 * end, 1, signed=True))
    change = fixed(100 * (overall.difference.estimate or 0.0), 1, signed=True)
    before, after = show_percent(overall.base), show_percent(overall.adapted)
    return f"{after} of {asked} right, {before} before: {change} points ({points})."


def _say_doubt(overall: Accuracy, floors: dict[str, float]) -> str:
    floor = max(floors, key=lambda name: floors[name], default=None)
    if floor is not None and overall.adapted <= floors[floor]:
        return f"No better than {FLOORS.get(floor, floor)}: {show_percent(floors[floor])}."
    return f"McNemar's exact test: p = {show_number(overall.p_value, 2)}."


def _say_floor(name: str, right: float) -> str:
    return f"{FLOORS.get(name, name.replace('_', ' '))} {show_percent(right)}"
