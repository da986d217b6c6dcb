"""The samples: continuations of the same prompts before and after, with marks for how they ended."""

import re

from further.records.probes import Sample, Samples
from further.report.results import TextResults
from further.report.wording import count_noun, show_count, show_number, show_plain

FEWEST_TOKENS = 10  # a sample that ends by itself before so many tokens is marked as stopping short
NAMES = {"base": "Before: base model", "adapted": "After: adapted model"}


def fill_samples(results: TextResults) -> dict[str, object]:
    """Samples by prompt in their first order, then by decoding, the base before the adapted.

    Prompts that the study does not name are the first words of held-out paragraphs.
    """
    groups: dict[str, dict[str, list[dict[str, object]]]] = {}
    for sample in results.samples.samples:
        decodings = groups.setdefault(sample.prompt, {})
        decodings.setdefault(sample.decoding, []).append(_show_sample(sample, results.samples))
    # Prompts chosen by the user may flatter a model, so the page says where they come from.
    is_named = results.settings.evaluation.prompts is not None
    return {"groups": groups, "is_medical": results.is_medical, "is_named": is_named}


def _show_sample(sample: Sample, samples: Samples) -> dict[str, object]:
    precision = "unquantized weights" if samples.quantization == "none" else f"{samples.quantization} weights"
    details = [precision, _say_decoding(sample), f"perplexity to itself {show_number(sample.perplexity)}"]
    marks = [f"repeats itself: {sample.longest_repeat} times in a row"] if sample.looped else []
    if not sample.ended:
        marks.append(f"cut after {show_count(sample.num_tokens)} tokens")
    elif sample.num_tokens < FEWEST_TOKENS:
        marks.append(f"stops short: ended by itself after {count_noun(sample.num_tokens, 'token')}")
    text = _show_breaks(sample.text)
    return {"name": NAMES[sample.subject], "details": ", ".join(details), "text": text, "marks": marks}


def _say_decoding(sample: Sample) -> str:
    if sample.temperature is None:
        return "likeliest words"
    return f"sampled at temperature {show_plain(sample.temperature)}"


def _show_breaks(text: str) -> str:
    """Line breaks as counted signs, because a small model may write nothing else."""
    return re.sub(r"\n+", lambda breaks: f" ⏎{f'×{len(breaks[0])}' if len(breaks[0]) > 1 else ''} ", text)
