"""A model's answers to questions about images, each with how sure the model was of it.

Prompts of one length are batched, so nothing is padded. Log-probabilities come from a second pass over each answer,
with the rows and masks of training. They equal those of generation to 1e-5.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import GenerationConfig

from further.evaluation.text_loops import longest_repeat, rep_n
from further.job import PROGRESS
from further.memory import explain_memory
from further.models import Model
from further.positions import find_limit
from further.tokens.packing import IGNORED
from further.vision.batches import Images, Tensors, collate, to_tensors
from further.vision.prompts import Prompter
from further.vision.rows import Asked, ask, make_row

Line = Mapping[str, Any]
Floats = NDArray[np.float64]

CHUNK = 256  # positions whose fp32 logits stand in memory at once: 250 MB with PaliGemma's 257,216 tokens
LONGEST = 4096  # positions of a row where a model says nothing


@dataclass(frozen=True)
class Sureness:
    """Of each token of an answer: its log-probability and the entropy of what it was chosen from, in nats."""

    logprobs: Floats
    entropies: Floats


def answer_questions(
    model: Model, prompter: Prompter, lines: Sequence[Line], images: Images, *, new_tokens: int, batch_size: int
) -> list[dict[str, Any]]:
    """Answer questions greedily.

    Args:
        lines: Of QUESTIONS; their images are shown.
        new_tokens: Longest answer, its end counted.

    Returns:
        One row of GENERATED for each question, in their order.
    """
    # References are scored whole: the model's positions limit a row, not the context that was trained with.
    room = find_limit(model.config) or LONGEST
    references = [ask(line, prompter, room) for line in lines]
    written = write_answers(model, prompter, references, images, new_tokens, batch_size)
    sure = measure_sureness(model, written, images, batch_size)
    known = measure_sureness(model, references, images, batch_size)
    return [
        describe_answer(line, one, prompter, own)
        | {"reference_nats": -float(reference.logprobs.sum()), "reference_tokens": len(reference.logprobs)}
        for line, one, own, reference in zip(lines, written, sure, known, strict=True)
    ]


def write_answers(
    model: Model,
    prompter: Prompter,
    asked: Sequence[Asked],
    images: Images,
    new_tokens: int,
    batch_size: int,
) -> list[Asked]:
    """The questions with the model's own answers as their labels, each up to EOS or to the limit."""
    config = GenerationConfig(
        max_new_tokens=new_tokens, do_sample=False, eos_token_id=prompter.end, pad_token_id=prompter.pad, use_cache=True
    )
    written: dict[int, Asked] = {}
    started = time.monotonic()
    for places in batch_prompts(asked, batch_size):
        with _explain_answering(len(places), len(asked[places[0]].prompt.ids) + new_tokens):
            batch = {name: values.to(model.device) for name, values in _prompts(asked, places, images).items()}
            ids_BT = model.generate(batch, config).tolist()
        for place, ids in zip(places, ids_BT, strict=True):
            written[place] = replace(asked[place], labels=_until(ids, prompter.end), cut=False)
        PROGRESS.debug("answered %d of %d in %.0f s", len(written), len(asked), time.monotonic() - started)
    return [written[place] for place in range(len(asked))]


def _explain_answering(num_questions: int, length: int) -> AbstractContextManager[None]:
    fewer = f"answers.batch_size below {num_questions}" if num_questions > 1 else "answers.new_tokens"
    doing = f"answering {num_questions} questions of {length} tokens at a time"
    return explain_memory(doing, f"lower {fewer}, or use a GPU with more memory")


def batch_prompts(asked: Sequence[Asked], batch_size: int) -> Iterator[list[int]]:
    """Places of questions whose prompts have one length and as many images, so many at a time, the longest first."""
    alike: dict[tuple[int, int], list[int]] = {}
    for place, one in enumerate(asked):
        alike.setdefault((len(one.prompt.ids), len(one.images)), []).append(place)
    for _, places in sorted(alike.items(), reverse=True):
        yield from (places[start : start + batch_size] for start in range(0, len(places), batch_size))


def _prompts(asked: Sequence[Asked], places: Sequence[int], images: Images) -> Tensors:
    chosen = [asked[place].prompt for place in places]
    batch = {
        "input_ids": torch.tensor([prompt.ids for prompt in chosen]),
        "blocks": torch.tensor([prompt.blocks for prompt in chosen]),
    }
    shown = [images[name] for place in places for name in asked[place].images]
    return batch | ({images.key: torch.stack(shown)} if shown else {})


def _until(ids: Sequence[int], end: int) -> tuple[int, ...]:
    return tuple(ids[: ids.index(end) + 1] if end in ids else ids)


@torch.no_grad()
def measure_sureness(model: Model, asked: Sequence[Asked], images: Images, batch_size: int) -> list[Sureness]:
    """How likely the labels of questions are, in one pass each over rows as in training."""
    found: dict[int, Sureness] = {}
    # By length, so that little is padded; the longest first, so that memory runs out at once or never.
    order = sorted(range(len(asked)), key=lambda place: asked[place].length, reverse=True)
    for start in range(0, len(order), batch_size):
        places = order[start : start + batch_size]
        batch = collate([to_tensors(make_row([[asked[place]]]), images) for place in places])
        with _explain_answering(*batch["input_ids"].shape):
            values = _measure_batch(model, batch)
        ends = np.cumsum([len(asked[place].labels) for place in places])
        for place, (logprobs, entropies) in zip(places, np.split(values, ends[:-1], axis=1), strict=True):
            found[place] = Sureness(logprobs, entropies)
    return [found[place] for place in range(len(asked))]


def _measure_batch(model: Model, batch: Tensors) -> Floats:
    batch = {name: values.to(model.device) for name, values in batch.items()}
    learned = batch["labels"] != IGNORED
    hidden, labels = model.encode(batch)[learned], batch["labels"][learned]
    parts = [_sure(model, *pair) for pair in zip(hidden.split(CHUNK), labels.split(CHUNK), strict=True)]
    values: Floats = torch.cat(parts, dim=1).double().cpu().numpy()
    return values


def _sure(model: Model, hidden: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Log-probabilities of labels, and entropies, (2, positions)."""
    logprobs = torch.log_softmax(model.head(hidden).float(), dim=-1)
    entropies = -(logprobs.exp() * logprobs).nan_to_num().sum(dim=-1)  # 0 · -inf is 0
    return torch.stack([logprobs.gather(-1, labels[:, None])[:, 0], entropies])


def describe_answer(line: Line, written: Asked, prompter: Prompter, sure: Sureness) -> dict[str, Any]:
    """An answer to a line of QUESTIONS as a row of GENERATED, but for what its reference says."""
    ended = written.labels[-1] == prompter.end
    text = prompter.decode(written.labels[:-1] if ended else written.labels)
    names = ("question_id", "case", "split", "question_type", "kind", "task", "question")
    return {name: line[name] for name in names} | {
        "images": list(line["images"]),
        "reference": line["answer"],
        "answer": text,
        "ended": ended,
        "num_tokens": len(written.labels),
        "mean_logprob": float(sure.logprobs.mean()),
        "min_logprob": float(sure.logprobs.min()),
        "entropy": max(0.0, float(sure.entropies.mean())),
        "longest_run": longest_repeat(text),
        "rep_4": rep_n(text),
    }
