"""The samples: continuations of the same words before and after, with marks for how they ended."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from further.report.inputs import ReportInputs
from further.report.study import PageSettings
from further.report.wording import count_noun, show_count, show_number, show_plain

FEWEST_TOKENS = 10  # a sample that ends by itself before so many tokens is marked as stopping short


def fill_samples(inputs: ReportInputs, settings: PageSettings) -> dict[str, Any]:
    """Samples grouped by prompt."""
    return {"groups": group_samples(inputs.samples)}


def group_samples(samples: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Samples by prompt in their first order, greedy before sampled, in each the base before the adapted."""
    prompts = list(dict.fromkeys(sample["prompt"] for sample in samples))
    order = {"base": 0, "adapted": 1, "merged": 2}
    groups = []
    for prompt in prompts:
        own = [sample for sample in samples if sample["prompt"] == prompt]
        own.sort(key=lambda sample: (sample["decoding"] != "greedy", order.get(sample["subject"], len(order))))
        groups.append({"prompt": prompt, "samples": [_show_sample(sample) for sample in own]})
    return groups


def _show_sample(sample: Mapping[str, Any]) -> dict[str, Any]:
    names = {"base": "Before: base model", "adapted": "After: adapted model", "merged": "After: merged model"}
    quantization = sample["quantization"]
    details = ["unquantized weights" if quantization == "none" else f"{quantization} weights"]
    details += [f"run {sample['run']}"] if sample["subject"] != "base" else []
    details += [_say_decoding(sample), f"perplexity to itself {show_number(sample['perplexity'])}"]
    marks = [f"repeats itself: {sample['longest_repeat']} times in a row"] if sample["looped"] else []
    if not sample["ended"]:
        marks.append(f"did not end by itself: cut after {show_count(sample['num_tokens'])} tokens")
    elif sample["num_tokens"] < FEWEST_TOKENS:
        marks.append(f"stops short: ended by itself after {count_noun(sample['num_tokens'], 'token')}")
    name = names.get(sample["subject"], sample["subject"])
    shown = {"name": name, "details": ", ".join(details), "text": _show_breaks(sample["text"]), "marks": marks}
    return shown | {"decoding": sample["decoding"]}


def _say_decoding(sample: Mapping[str, Any]) -> str:
    if sample["decoding"] == "greedy":
        return "likeliest words"
    return f"drawn at temperature {show_plain(sample['temperature'])}"


def _show_breaks(text: str) -> str:
    """Line breaks as signs with their number: a small model may write nothing else."""
    return re.sub(r"\n+", lambda breaks: f" ⏎{f'×{len(breaks[0])}' if len(breaks[0]) > 1 else ''} ", text)
