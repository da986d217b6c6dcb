"""Samples: how a model goes on from a prompt, and whether it loops or stops short."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import torch

MAX_REPEATS = 4  # a word as often in a row occurs in no human text that was counted


@dataclass(frozen=True)
class Sample:
    """A continuation: `ended` if the model put an end mark itself, `looped` if it repeats itself."""

    prompt: str
    text: str
    ended: bool
    looped: bool
    num_tokens: int

    def as_dict(self) -> dict[str, Any]:
        """For the samples file."""
        return asdict(self)


@torch.no_grad()
def continue_prompt(model: Any, tokenizer: Any, prompt: str, new_tokens: int) -> Sample:
    """Continue a prompt greedily.

    Args:
        model: A causal language model in evaluation mode.
        tokenizer: transformers' tokenizer of the model.
        prompt: What to go on from; the tokenizer adds its begin mark.
        new_tokens: At most.
    """
    inputs = tokenizer(prompt, return_tensors="pt").to(next(model.parameters()).device)
    output = model.generate(
        input_ids=inputs["input_ids"],
        attention_mask=inputs["attention_mask"],
        max_new_tokens=new_tokens,
        do_sample=False,
        use_cache=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.eos_token_id,
    )
    ids = output[0, inputs["input_ids"].shape[1] :].tolist()
    text = tokenizer.decode(ids, skip_special_tokens=True)
    return Sample(prompt, text, tokenizer.eos_token_id in ids, loops(text.split()), len(ids))


def loops(words: Sequence[str]) -> bool:
    """Whether a word, or a phrase of two to eight words, stands four times or more in a row.

    >>> loops("cec. cec. cec. cec.".split()), loops("the heart and the heart".split())
    (True, False)
    """
    return any(_longest_repeat(words, length) >= MAX_REPEATS for length in range(1, 9))


def _longest_repeat(words: Sequence[str], length: int) -> int:
    """How often a phrase of `length` words stands in a row, at most."""
    same = [words[place] == words[place + length] for place in range(len(words) - length)]
    runs = [len(list(group)) for equal, group in groupby(same) if equal]
    return max(runs, default=0) // length + 1
