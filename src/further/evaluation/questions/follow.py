"""Whether a chat model still follows instructions: a dozen with a form that a program can check.

Further pre-training on raw text is known to erode that. The instructions are easy and general, so that a failure is one
of form, not of knowledge.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig

from further.evaluation.before_after import before_and_after
from further.evaluation.questions.pairs import pair
from further.memory import explain_memory
from further.models import Model
from further.records.questions import Instructions, Reply

NEW_TOKENS = 48


@dataclass(frozen=True)
class Instruction:
    """An instruction, the form it asks for in words, and its check on a reply without blanks around it."""

    text: str
    form: str
    check: Callable[[str], bool]


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda reply: re.fullmatch(pattern, reply, re.IGNORECASE | re.DOTALL) is not None


def _is_list(lines: int, start: str) -> Callable[[str], bool]:
    def check(reply: str) -> bool:
        items = [line for line in reply.splitlines() if line.strip()]
        return len(items) == lines and all(re.match(start, item) for item in items)

    return check


def _is_json_with_color(reply: str) -> bool:
    try:
        value = json.loads(reply)
    except ValueError:
        return False
    return isinstance(value, dict) and list(value) == ["color"]


def _is_one_sentence(reply: str) -> bool:
    return len(re.findall(r"[.!?](?=\s|$)", reply)) == 1


def _is_upper(reply: str) -> bool:
    return any(map(str.isalpha, reply)) and reply == reply.upper()


INSTRUCTIONS = (
    Instruction("What is the capital of France? Answer with one word only.", "one word", _matches(r"\w+\.?")),
    Instruction("Is ice cold? Answer with yes or no only.", "yes or no", _matches(r"(yes|no)\.?")),
    Instruction("How many days are in a week? Answer with a number only.", "a number", _matches(r"\d+\.?")),
    Instruction(
        "Write the numbers from 1 to 5, separated by commas, and nothing else.",
        "five numbers",
        _matches(r"1, ?2, ?3, ?4, ?5\.?"),
    ),
    Instruction("Reply with exactly this word and nothing else: done", "the word", _matches(r"done\.?")),
    Instruction(
        "Repeat this sentence and write nothing else: The cat sat on the mat.",
        "the sentence",
        _matches(r'"?The cat sat on the mat\."?'),
    ),
    Instruction(
        "List three fruits, one on each line. Start each line with a hyphen.", "three lines", _is_list(3, r"\s*- ?\w")
    ),
    Instruction("List two colors as a numbered list.", "two numbered lines", _is_list(2, r"\s*\d[.)] ?\S")),
    Instruction("Write a greeting in capital letters only.", "capital letters", _is_upper),
    Instruction("Write exactly one sentence about dogs.", "one sentence", _is_one_sentence),
    Instruction(
        'What color is grass? Answer as JSON with the single key "color" and write nothing else.',
        "JSON",
        _is_json_with_color,
    ),
    Instruction(
        "Write a title for a story about rain. Put it in double quotation marks and write nothing else.",
        "quotation marks",
        _matches(r'["“][^"”\n]+["”]'),
    ),
)


def follow_instructions(model: Model, tokenizer: Any, ends: Sequence[int]) -> Instructions:
    """Give the instructions to base and adapted model; `ends` are the tokens that end a reply."""
    prompts = [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": instruction.text}], tokenize=False, add_generation_prompt=True
        )
        for instruction in INSTRUCTIONS
    ]
    base, adapted = before_and_after(model, write_replies, tokenizer, prompts, ends)
    replies = tuple(
        Reply(
            instruction=instruction.text,
            form=instruction.form,
            base=before,
            adapted=after,
            base_follows=instruction.check(before),
            adapted_follows=instruction.check(after),
        )
        for instruction, before, after in zip(INSTRUCTIONS, base, adapted, strict=True)
    )
    followed = pair([reply.base_follows for reply in replies], [reply.adapted_follows for reply in replies])
    return Instructions(followed=followed, replies=replies)


@torch.no_grad()
def write_replies(model: Model, tokenizer: Any, prompts: Sequence[str], ends: Sequence[int]) -> list[str]:
    """Greedy replies to prompts in one batch, padded on the left; `ends` are the tokens that end a reply."""
    # A chat template writes BOS itself; the tokenizer would put a second one.
    encoded = [tokenizer(prompt, add_special_tokens=False)["input_ids"] for prompt in prompts]
    length = max(map(len, encoded))
    # On the left, so that every reply begins behind its prompt; the mask hides it.
    ids_BT = torch.tensor([[ends[0]] * (length - len(ids)) + ids for ids in encoded], device=model.device)
    mask_BT = torch.tensor([[0] * (length - len(ids)) + [1] * len(ids) for ids in encoded], device=model.device)
    config = GenerationConfig(
        max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=list(ends), pad_token_id=ends[0], use_cache=True
    )
    doing = f"writing {NEW_TOKENS} tokens after {len(prompts)} instructions of {length}"
    with explain_memory(doing, "set evaluation.instructions: false, or use a GPU with more memory"):
        output_BT = model.generate({"input_ids": ids_BT, "attention_mask": mask_BT}, config)
    texts = tokenizer.batch_decode(output_BT, skip_special_tokens=True)
    return [text.strip() for text in texts]
