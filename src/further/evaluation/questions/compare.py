"""Base and adapted model on the same questions: fractions correct, by topic and by split, and their floors."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from further.evaluation.intervals import LEVEL
from further.evaluation.questions.pairs import pair
from further.evaluation.questions.read import Question
from further.evaluation.questions.score import Answered
from further.records.base import DEFAULT_RUN
from further.records.questions import Floors, Group, Line, Paired, Questions


def pick(loglikelihoods: Sequence[float], choices: Sequence[str], norm: bool) -> int:
    """Place of the choice that a model takes: the likeliest, or the likeliest per character; the first of equals.

    Source:
        lm-evaluation-harness 0.4.13, `acc` and `acc_norm` of multiple_choice tasks.
    """
    # The space before an answer is scored but not counted, as in the harness.
    lengths = np.array([len(choice) if norm else 1 for choice in choices], dtype=float)
    return int(np.argmax(np.array(loglikelihoods) / lengths))


def compare_answers(
    questions: Sequence[Question],
    base: Sequence[Answered],
    adapted: Sequence[Answered],
    splits: Mapping[str, str],
    quantization: str,
) -> Questions:
    """Compare the default run's answers with its base's; `splits` are those of the study's papers."""
    lines = [
        _line(question, before, after, splits.get(question.paper))
        for question, before, after in zip(questions, base, adapted, strict=True)
    ]
    choosing = [line for line in lines if len(line.choices) > 1]
    single = [line for line in lines if len(line.choices) == 1]
    nats = [
        float(np.mean([-answered.loglikelihoods[line.correct] for line, answered in zip(lines, who, strict=True)]))
        for who in (base, adapted)
    ]
    return Questions(
        run=DEFAULT_RUN,
        quantization=quantization,
        level=LEVEL,
        num_questions=len(lines),
        truncated=sum(answered.truncated for answered in base),
        accuracy=_accuracy(choosing),
        accuracy_norm=_accuracy_norm(choosing),
        answers=_accuracy(single),
        topics=_groups(lines, lambda line: line.topic),
        splits=_groups(lines, lambda line: line.split or ""),
        floors=_floors(questions, base, adapted) if choosing else None,
        nats_per_answer=(nats[0], nats[1]),
        lines=tuple(lines),
    )


def _line(question: Question, base: Answered, adapted: Answered, split: str | None) -> Line:
    def correct(answered: Answered, norm: bool) -> bool:
        return pick(answered.loglikelihoods, question.choices, norm) == question.correct

    choosing = question.has_choices
    return Line(
        question=question.text,
        topic=question.topic,
        paper=question.paper,
        split=split,
        choices=question.choices,
        correct=question.correct,
        base_loglikelihoods=base.loglikelihoods,
        adapted_loglikelihoods=adapted.loglikelihoods,
        base_correct=correct(base, False) if choosing else base.greedy,
        adapted_correct=correct(adapted, False) if choosing else adapted.greedy,
        base_correct_norm=correct(base, True) if choosing else None,
        adapted_correct_norm=correct(adapted, True) if choosing else None,
    )


def _accuracy(lines: Sequence[Line]) -> Paired | None:
    return pair([line.base_correct for line in lines], [line.adapted_correct for line in lines]) if lines else None


def _accuracy_norm(lines: Sequence[Line]) -> Paired | None:
    own = [line for line in lines if line.base_correct_norm is not None]
    base, adapted = ([bool(getattr(line, f"{who}_correct_norm")) for line in own] for who in ("base", "adapted"))
    return pair(base, adapted) if own else None


def _groups(lines: Sequence[Line], name_of: Callable[[Line], str]) -> tuple[Group, ...]:
    """Results by a name, those without one left out."""
    groups = []
    # "" is a question without topic, or whose paper is not in the study.
    for name in sorted({name_of(line) for line in lines} - {""}):
        own = [line for line in lines if name_of(line) == name]
        accuracy = _accuracy(own)
        assert accuracy is not None
        groups.append(Group(name=name, accuracy=accuracy, accuracy_norm=_accuracy_norm(own)))
    return tuple(groups)


def _floors(questions: Sequence[Question], base: Sequence[Answered], adapted: Sequence[Answered]) -> Floors:
    """Chance, the longest choice, and the models without the question."""
    choosing = [number for number, question in enumerate(questions) if question.has_choices]

    def without(norm: bool) -> Paired:
        chosen = [
            [pick(who[n].unasked, questions[n].choices, norm) == questions[n].correct for n in choosing]
            for who in (base, adapted)
        ]
        return pair(*chosen)

    return Floors(
        chance=float(np.mean([1 / len(questions[n].choices) for n in choosing])),
        longest_choice=float(np.mean([_longest(questions[n]) for n in choosing])),
        without_question=without(False),
        without_question_norm=without(True),
    )


def _longest(question: Question) -> float:
    """Chance of the correct choice for a blind guess among the longest ones."""
    lengths = [len(choice) for choice in question.choices]
    longest = max(lengths)
    return (lengths[question.correct] == longest) / lengths.count(longest)
