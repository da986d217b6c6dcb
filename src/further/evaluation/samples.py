"""Samples: how a model goes on from a prompt, how sure it is of it, and whether it loops or stops short."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import torch
from transformers import GenerationConfig

from further.evaluation.probe import before_and_after
from further.evaluation.repeats import MAX_REPEATS, longest_repeat
from further.evaluation.scoring import score_continuation
from further.models import Model


@dataclass(frozen=True)
class Decoding:
    """How the next token is chosen; without a temperature the likeliest one, else drawn.

    Attributes:
        temperature: Divides the logits before drawing; None is greedy.
        top_p: Share of the probability that tokens are drawn from.
        seed: Of the drawing; with it, each prompt has random numbers of its own, the same for base and adapted.
    """

    temperature: float | None
    top_p: float
    seed: int

    @property
    def name(self) -> str:
        """`greedy` or `sampled`."""
        return "greedy" if self.temperature is None else "sampled"


@dataclass(frozen=True)
class Sample:
    """A continuation.

    Attributes:
        prompt: What it goes on from.
        decoding: greedy or sampled.
        temperature: None where greedy.
        top_p: None where greedy.
        text: The continuation alone.
        ended: If the model put an end mark itself.
        looped: If it goes round in circles (`further.evaluation.repeats.loops`).
        num_tokens: Of the continuation, its end mark counted.
        nats: Of the continuation given the prompt, under the model itself at temperature 1.
        perplexity: The same per token.
        distinct_1: Share of its words that are different; None of an empty text.
        distinct_2: The same of two words in a row.
        distinct_3: The same of three.
        longest_repeat: How often a word, a phrase or a piece of text stands in a row, at most.
    """

    prompt: str
    decoding: str
    temperature: float | None
    top_p: float | None
    text: str
    ended: bool
    looped: bool
    num_tokens: int
    nats: float
    perplexity: float
    distinct_1: float | None
    distinct_2: float | None
    distinct_3: float | None
    longest_repeat: int


def choose_decodings(temperature: float | None, top_p: float, seed: int) -> list[Decoding]:
    """Greedy, and sampled where a temperature is given."""
    return [Decoding(value, top_p, seed) for value in dict.fromkeys((None, temperature))]


def sample_both(model: Model, tokenizer: Any, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Continue every prompt with the base and with the adapted model, greedily and, if asked for, sampled.

    Args:
        model: A model with an adapter.
        tokenizer: transformers' tokenizer of the model.
        settings: prompts, new_tokens, temperature, top_p, seed.

    Returns:
        By prompt, then by decoding, the base before the adapted: the sample's fields and its `subject`.
    """
    decodings = choose_decodings(settings["temperature"], settings["top_p"], settings["seed"])
    entries = []
    for prompt, decoding in product(settings["prompts"], decodings):
        samples = before_and_after(model, continue_prompt, tokenizer, prompt, settings["new_tokens"], decoding)
        entries += [
            asdict(sample) | {"subject": subject} for subject, sample in zip(("base", "adapted"), samples, strict=True)
        ]
    return entries


def continue_prompt(model: Model, tokenizer: Any, prompt: str, new_tokens: int, decoding: Decoding) -> Sample:
    """Continue a prompt.

    Args:
        model: A causal language model in evaluation mode.
        tokenizer: transformers' tokenizer of the model.
        prompt: What to go on from, at least one token; it stands after the begin mark, if the model has one.
        new_tokens: At most.
        decoding: How tokens are chosen.
    """
    given = _encode_prompt(tokenizer, prompt)
    ids = _generate(model, given, new_tokens, tokenizer.eos_token_id, decoding)
    text = tokenizer.decode(ids, skip_special_tokens=True)
    nats, words = score_continuation(model, given, ids), text.split()
    repeat = longest_repeat(text)
    return Sample(
        prompt=prompt,
        decoding=decoding.name,
        temperature=decoding.temperature,
        top_p=None if decoding.temperature is None else decoding.top_p,
        text=text,
        ended=tokenizer.eos_token_id in ids,
        looped=repeat >= MAX_REPEATS,
        num_tokens=len(ids),
        nats=nats,
        perplexity=math.exp(nats / len(ids)),
        distinct_1=distinct(words, 1),
        distinct_2=distinct(words, 2),
        distinct_3=distinct(words, 3),
        longest_repeat=repeat,
    )


def _encode_prompt(tokenizer: Any, prompt: str) -> list[int]:
    """The prompt's tokens after the begin mark, if the tokenizer puts one; no end mark, after which a text is over.

    As texts are scored and trained on (`further.tokens.tokenizer.special_tokens`).
    """
    ids: list[int] = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    begin = tokenizer.bos_token_id
    return [begin, *ids] if tokenizer(prompt)["input_ids"][:1] == [begin] else ids


@torch.no_grad()
def _generate(model: Model, given: Sequence[int], new_tokens: int, eos: int, decoding: Decoding) -> list[int]:
    """Ids of the continuation."""
    drawn = {} if decoding.temperature is None else {"temperature": decoding.temperature, "top_p": decoding.top_p}
    config = GenerationConfig(
        max_new_tokens=new_tokens,
        do_sample=bool(drawn),
        top_k=0 if drawn else None,
        eos_token_id=eos,
        pad_token_id=eos,
        use_cache=True,
        **drawn,
    )
    torch.manual_seed(int(hashlib.sha256(f"{decoding.seed} {list(given)}".encode()).hexdigest()[:8], 16))
    inputs = torch.tensor([list(given)], device=model.device)
    batch = {"input_ids": inputs, "attention_mask": torch.ones_like(inputs)}
    ids: list[int] = model.generate(batch, config)[0].tolist()
    return ids


def distinct(words: Sequence[str], length: int) -> float | None:
    """Share of the runs of `length` words that are different; None where the text has no such run.

    Source:
        Li et al. 2016, A diversity-promoting objective function, section 5.3, which divides by the number of words.

    >>> distinct("the heart and the heart".split(), 2)
    0.75
    """
    runs = [tuple(words[place : place + length]) for place in range(len(words) - length + 1)]
    return len(set(runs)) / len(runs) if runs else None
