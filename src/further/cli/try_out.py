"""`further try`: a prompt continued by the base and by the adapted model, without running the study again."""

import math
import textwrap
from pathlib import Path

from further.cli.export import find_adapter, find_base
from further.cli.study_folder import name_study, refuse_images, refuse_one_model
from further.io import read_json
from further.positions import check_length
from further.records.training import Metrics
from further.settings import Settings


def try_prompt(study: Path, run: str, prompt: str, new_tokens: int, temperature: float | None, seed: int) -> list[str]:
    """Continue a prompt with both models, as the study does it: the run's precision, its tokens.

    Args:
        study: The folder that holds results/.
        new_tokens: To write, at most.
        temperature: Of drawing; None: the likeliest token each time.

    Returns:
        The study, and both continuations.

    Raises:
        ValueError: If there is no such run, the prompt is empty, or a number is out of range.
    """
    if not prompt.strip():
        raise ValueError("the prompt is empty: write some words to continue")
    if new_tokens < 1:
        raise ValueError(f"--tokens {new_tokens}: must be at least 1")
    if temperature is not None and not 0 < temperature < math.inf:
        raise ValueError(f"--temperature {temperature:g}: must be above 0; leave it out for greedy decoding")
    refuse_one_model(study)
    refuse_images(study)
    adapter = find_adapter(study, run)
    settings = Metrics.load(adapter.parent / "metrics.json").settings
    base = find_base(study, adapter)
    check_length(read_json(base / "config.json"), "--tokens", new_tokens)
    precision = (settings.quantization, settings.compute_dtype)
    # A run does not record its study's top_p: the default of study files stands for it.
    decoding = (temperature, Settings().evaluation.top_p, seed)
    texts = _continue(base, adapter, precision, prompt, new_tokens, decoding)
    return [*name_study(study), "", *_show(prompt, run, texts)]


def _continue(
    base: Path,
    adapter: Path,
    precision: tuple[str, str],
    prompt: str,
    new_tokens: int,
    decoding: tuple[float | None, float, int],
) -> tuple[str, str]:
    from further.evaluation.before_after import before_and_after
    from further.evaluation.samples import Decoding, continue_prompt
    from further.models import Precision, load_adapted, load_tokenizer

    model, tokenizer = load_adapted(base, adapter, Precision(*precision)), load_tokenizer(base)
    before, after = before_and_after(model, continue_prompt, tokenizer, prompt, new_tokens, Decoding(*decoding))
    return before.text, after.text


def _show(prompt: str, run: str, texts: tuple[str, str]) -> list[str]:
    lines = [f"Prompt: {prompt}"]
    for name, text in zip(("base", f"adapted ({run})"), texts, strict=True):
        body = textwrap.wrap(" ".join(text.split()), 96) or ["(nothing: the model ended the text)"]
        lines += [f"{name}:", *(f"    {line}" for line in body)]
    return [*lines, "A language model writes likely text, not facts."]
