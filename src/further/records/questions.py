"""`results/evaluation/questions.json`: questions and instructions, answered before and after."""

from typing import Literal

from further.records.base import Record


class Share(Record):
    """How many of some questions were answered correctly, with the exact interval of Clopper and Pearson."""

    number: int
    correct: int
    fraction: float
    low: float
    high: float


class Paired(Record):
    """Base and adapted model on the same questions.

    Attributes:
        base: The base at the run's own quantization.
        gained: Questions that only the adapted model answered correctly.
        lost: Questions that only the base answered correctly.
        difference: Adapted less base, of the fraction correct; above 0 is better.
        low: Lower end of its interval (Bonett and Price 2012).
        p_value: Exact McNemar test, two-sided.
    """

    base: Share
    adapted: Share
    gained: int
    lost: int
    difference: float
    low: float
    high: float
    p_value: float


class Group(Record):
    """The questions of one topic, or those whose answer stands in papers of one split."""

    name: str
    accuracy: Paired
    accuracy_norm: Paired | None


class Floors(Record):
    """What is reached without any knowledge of the field.

    Attributes:
        chance: Expected fraction correct of a blind guess.
        longest_choice: Of always taking the choice with the most characters, ties shared.
        without_question: Of the models when they see the choices only, by likelihood.
        without_question_norm: The same, by likelihood per character.
    """

    chance: float
    longest_choice: float
    without_question: Paired
    without_question_norm: Paired


class Line(Record):
    """One question. Log-likelihoods are sums over a choice's tokens, in nats, in the order of the choices."""

    question: str
    topic: str
    paper: str
    split: str | None
    choices: tuple[str, ...]
    correct: int
    base_loglikelihoods: tuple[float, ...]
    adapted_loglikelihoods: tuple[float, ...]
    base_correct: bool
    adapted_correct: bool
    base_correct_norm: bool | None
    adapted_correct_norm: bool | None


class Questions(Record):
    """Questions, answered by base and adapted model.

    Attributes:
        accuracy: By likelihood, over questions with choices; of a question with one answer, whether greedy decoding
            would write it. None where the file has no such question.
        accuracy_norm: By likelihood per character, over questions with choices.
        answers: Questions with one answer: whether greedy decoding would write it.
        topics: The same by topic, in the order of the alphabet; empty without topics.
        splits: The same by the split of the paper that the answer stands in; empty where no paper is named.
        truncated: Questions that were longer than the window and lost their beginning.
        nats_per_answer: Mean over all questions of the correct answer's negative log-likelihood, base and adapted.
    """

    run: str
    quantization: str
    level: float
    num_questions: int
    truncated: int
    accuracy: Paired | None
    accuracy_norm: Paired | None
    answers: Paired | None
    topics: tuple[Group, ...]
    splits: tuple[Group, ...]
    floors: Floors | None
    nats_per_answer: tuple[float, float]
    lines: tuple[Line, ...]


class Reply(Record):
    """What a chat model answers to an instruction, and whether it has the form that was asked for."""

    instruction: str
    form: str
    base: str
    adapted: str
    base_follows: bool
    adapted_follows: bool


class Instructions(Record):
    """Instructions with a form to follow, before and after."""

    followed: Paired
    replies: tuple[Reply, ...]


class QuestionsFile(Record):
    """The file: each part is None where it was not measured."""

    version: Literal[1] = 1
    questions: Questions | None
    instructions: Instructions | None
