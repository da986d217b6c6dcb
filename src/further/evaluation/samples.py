"""Samples: how a model goes on from a prompt, how sure it is of it, and whether it loops or stops short."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd
import torch
from transformers import GenerationConfig

from further.evaluation.before_after import before_and_after
from further.evaluation.scoring import score_continuation
from further.evaluation.text_loops import MAX_REPEATS, distinct, longest_repeat
from further.evaluation.words import count_words, first_words, split_words
from further.memory import explain_memory
from further.models import Model
from further.positions import check_length
from further.records.base import DEFAULT_RUN
from further.records.probes import Sample, Samples
from further.settings import SampleSettings

NUM_PROMPTS = 4  # where the study names none
PROMPT_WORDS = 8  # of MIN_PARAGRAPH_WORDS: the rest of the sentence is the model's to write
MIN_PARAGRAPH_WORDS = 20  # headings and stock phrases say nothing of the field


@dataclass(frozen=True)
class Decoding:
    """How the next token is chosen: greedily where `temperature` is None."""

    temperature: float | None
    top_p: float
    seed: int


def choose_prompts(rows: pd.DataFrame, split: pd.DataFrame, seed: int) -> list[str]:
    """The first words of paragraphs of held-out papers, in their order, each of another paper if there are enough."""
    heldout = split.loc[split["split"] == "test", "paper"]
    own = rows[rows["paper"].isin(heldout)].sort_values(["paper", "row"])
    own = own[own["text"].map(count_words) >= MIN_PARAGRAPH_WORDS]
    # In turns: the first drawn paragraph of every paper, then the second of each.
    shuffled = own.sample(frac=1, random_state=seed)
    shuffled = shuffled.assign(turn=shuffled.groupby("paper").cumcount()).sort_values("turn", kind="stable")
    chosen = shuffled.head(NUM_PROMPTS).sort_values(["paper", "row"])
    return [first_words(text, PROMPT_WORDS) for text in chosen["text"]]


def sample_both(model: Model, tokenizer: Any, prompts: Sequence[str], settings: SampleSettings) -> Samples:
    """Continue every prompt greedily and, if asked for, sampled, each time with the base and then the adapted model."""
    temperatures = dict.fromkeys((None, settings.temperature))  # one where none is set
    decodings = [Decoding(temperature, settings.top_p, settings.seed) for temperature in temperatures]
    samples: list[Sample] = []
    for prompt, decoding in product(prompts, decodings):
        base, adapted = before_and_after(model, continue_prompt, tokenizer, prompt, settings.new_tokens, decoding)
        samples += [base, adapted.model_copy(update={"subject": "adapted"})]
    return Samples(run=DEFAULT_RUN, quantization=settings.quantization, samples=tuple(samples))


def continue_prompt(model: Model, tokenizer: Any, prompt: str, new_tokens: int, decoding: Decoding) -> Sample:
    """Continue a prompt of at least one token, which stands after BOS if the model has one.

    Args:
        tokenizer: transformers' (`further.models.load_tokenizer`).

    Returns:
        The continuation, called one of the base.

    Raises:
        ValueError: If prompt and continuation are longer than the model's positions.
    """
    given = _encode_prompt(tokenizer, prompt)
    setting = f"evaluation.new_tokens (--tokens), {new_tokens} after a prompt of {len(given)}"
    check_length(model.config, setting, len(given) + new_tokens - 1)  # the last one is written, and not read
    ids = _generate(model, given, new_tokens, tokenizer.eos_token_id, decoding)
    text = tokenizer.decode(ids, skip_special_tokens=True)
    nats, words = score_continuation(model, given, ids), split_words(text)
    repeat = longest_repeat(text)
    return Sample(
        subject="base",
        prompt=prompt,
        decoding="greedy" if decoding.temperature is None else "sampled",
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
    """Tokens as in training (`further.tokens.tokenizer.special_tokens`): BOS if the tokenizer puts one, never EOS."""
    ids: list[int] = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    begin = tokenizer.bos_token_id
    return [begin, *ids] if tokenizer(prompt)["input_ids"][:1] == [begin] else ids


@torch.no_grad()
def _generate(model: Model, given: Sequence[int], new_tokens: int, eos: int, decoding: Decoding) -> list[int]:
    drawn = {} if decoding.temperature is None else {"temperature": decoding.temperature, "top_p": decoding.top_p}
    config = GenerationConfig(
        max_new_tokens=new_tokens,
        do_sample=bool(drawn),
        top_k=0 if drawn else None,  # transformers' own default of 50 would cut top_p short
        eos_token_id=eos,
        pad_token_id=eos,
        use_cache=True,
        **drawn,
    )
    # Each prompt has random numbers of its own, the same for base and adapted, whatever else is sampled.
    torch.manual_seed(int(hashlib.sha256(f"{decoding.seed} {list(given)}".encode()).hexdigest()[:8], 16))
    inputs = torch.tensor([list(given)], device=model.device)
    batch = {"input_ids": inputs, "attention_mask": torch.ones_like(inputs)}
    doing = f"writing {new_tokens} tokens after {len(given)}"
    with explain_memory(doing, "lower evaluation.new_tokens (--tokens), or use a GPU with more memory"):
        ids: list[int] = model.generate(batch, config)[0].tolist()
    return ids
