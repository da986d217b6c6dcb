"""Log-likelihoods of answers, as lm-evaluation-harness takes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from further.evaluation.questions.read import Question
from further.evaluation.scoring import batch_windows, explain_scoring
from further.evaluation.windows import Window
from further.models import Model

NO_QUESTION = "Answer:"


@dataclass(frozen=True)
class Answered:
    """What a model makes of a question.

    Attributes:
        loglikelihoods: Of each choice after the question, in nats.
        unasked: Of each choice after `NO_QUESTION` alone.
        greedy: Whether greedy decoding would write the correct choice.
        truncated: Whether the question was longer than the window.
    """

    loglikelihoods: tuple[float, ...]
    unasked: tuple[float, ...]
    greedy: bool
    truncated: bool


def answer_questions(
    model: Model, questions: Sequence[Question], tokenizer: Any, bos: int | None, window: int, batch_tokens: int
) -> list[Answered]:
    """Score every choice of every question, with the question and without it.

    Args:
        tokenizer: Of the tokenizers library.
        bos: What the tokenizer puts before a text; None where it puts nothing.
        window: Tokens of the model's input, at most; longer ones lose their beginning.
        batch_tokens: Tokens per forward pass, at most, at least one answer.
    """
    pairs = [(question.prompt, f" {choice}") for question in questions for choice in question.choices]
    unasked = [(NO_QUESTION, answer) for _, answer in pairs]
    # Choices with their question and choices without share one list, and so their batches.
    parts = [split_pair(tokenizer, bos, *both) for both in [*pairs, *unasked]]
    windows = [cut(number, *part, window) for number, part in enumerate(parts)]
    sums, greedy = [0.0] * len(windows), [False] * len(windows)
    for piece, nats, said in _score(model, [cut_window for cut_window, _ in windows], batch_tokens):
        sums[piece.document], greedy[piece.document] = -nats, said
    answered, place = [], 0
    for question in questions:
        last = place + len(question.choices)
        answered.append(
            Answered(
                tuple(sums[place:last]),
                tuple(sums[len(pairs) + place : len(pairs) + last]),
                greedy[place + question.correct],
                any(shortened for _, shortened in windows[place:last]),
            )
        )
        place = last
    return answered


def split_pair(tokenizer: Any, bos: int | None, prompt: str, answer: str) -> tuple[list[int], list[int]]:
    """Tokens of a prompt and of the answer behind it.

    Both are tokenized together and cut where the prompt alone ends, so that a token on the border counts as in the
    running text. An EOS that the tokenizer puts behind every text is left out. The answer begins with its space.

    Source:
        lm-evaluation-harness 0.4.13, `TemplateLM._encode_pair`.
    """
    given, whole = (tokenizer.encode(text, add_special_tokens=False).ids for text in (prompt, prompt + answer))
    return [*([] if bos is None else [bos]), *given], whole[len(given) :]


def cut(number: int, given: Sequence[int], answer: Sequence[int], window: int) -> tuple[Window, bool]:
    """The input that an answer is scored in, of `window` tokens at most, and whether its beginning had to go."""
    whole = [*given, *answer]
    kept = whole[-(window + 1) :]  # one more than inputs: the last token is predicted, and predicts nothing
    targets = answer[-min(len(answer), len(kept) - 1) :]
    return Window(number, kept[:-1], targets, 0), len(kept) < len(whole)


@torch.no_grad()
def _score(model: Model, windows: Sequence[Window], batch_tokens: int) -> Iterator[tuple[Window, float, bool]]:
    """Nats of each window's targets together, and whether each of them is the likeliest token."""
    for batch in batch_windows(windows, batch_tokens):
        with explain_scoring(len(batch), len(batch[0].inputs)):
            found = list(_score_batch(model, batch))
        yield from found


def _score_batch(model: Model, batch: Sequence[Window]) -> Iterator[tuple[Window, float, bool]]:
    inputs_BT = torch.tensor([list(window.inputs) for window in batch], device=model.device)
    hidden_BTD = model.encode({"input_ids": inputs_BT})
    for window, hidden_TD in zip(batch, hidden_BTD, strict=True):
        targets = torch.tensor(list(window.targets), device=model.device)
        logits = model.head(hidden_TD[-len(targets) :]).float()
        nats = functional.cross_entropy(logits, targets, reduction="none").double().sum()
        yield window, float(nats), bool((logits.argmax(-1) == targets).all())
