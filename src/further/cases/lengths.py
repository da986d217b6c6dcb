"""How long answers are, what a window cuts of them, and where a cut answer should end."""

import re
from bisect import bisect_right
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from further.cases.schemas import LENGTHS

WINDOWS = (76, 128, 256, 512)  # room for an answer; image and prompt are not in it
Count = Callable[[str], int]
SENTENCE_END = re.compile(r"[.!?。！？][\"')\]]*(?=\s|$)")


def count_words(text: str) -> int:
    """Words of a text; a tokenizer makes about 1.35 tokens of a word of a caption."""
    return len(text.split())


def measure_lengths(questions: pa.Table, *, count: Count = count_words, unit: str = "words") -> pa.Table:
    """Lengths of answers by question type, and how many of them each window would cut.

    Args:
        count: Length of a text: words, or tokens by a tokenizer without special tokens.

    Returns:
        One line for each type and window, "all" first (LENGTHS).
    """
    kinds, answers = questions["question_type"].to_pylist(), questions["answer"].to_pylist()
    lengths = np.array([count(answer) for answer in answers], dtype=np.int64)
    lines = []
    for kind in ["all", *sorted(set(kinds))]:
        own = lengths if kind == "all" else lengths[[other == kind for other in kinds]]
        if own.size:
            about = {"question_type": kind, "unit": unit, "answers": int(own.size), "longest": int(own.max())}
            about |= {"median": float(np.median(own)), "p95": float(np.percentile(own, 95))}
            for window in WINDOWS:
                cut = int((own > window).sum())
                lines.append(about | {"window": window, "cut": cut, "cut_fraction": cut / own.size})
    return pa.Table.from_pylist(lines, LENGTHS)


def room_for_answer(window: int, num_image_tokens: int, num_prompt_tokens: int) -> int:
    """Tokens that images and prompt leave to the answer in a model's window, EOS taken off.

    Args:
        window: Of prompt and answer together, as a processor's `max_length` counts it: image tokens too.
        num_image_tokens: Of all images of one question.

    Raises:
        ValueError: If nothing is left: 256 image tokens in a window of 256.
    """
    left = window - num_image_tokens - num_prompt_tokens - 1
    if left < 1:
        raise ValueError(
            f"a window of {window} tokens holds {num_image_tokens} of the images, {num_prompt_tokens} of the prompt "
            f"and EOS: {left} are left to the answer. At least {window - left + 1} are needed"
        )
    return left


def fit_answer(answer: str, window: int, count: Count) -> tuple[str, bool]:
    """An answer that fits a window with its EOS: cut after the last full sentence that does, else after a word.

    An answer that is cut without an end teaches a model not to end.

    Args:
        window: Room, EOS not in it, at least 1.

    Returns:
        The text to train on, which EOS follows, and whether it was cut.

    Raises:
        ValueError: If not one word fits.
    """
    if count(answer) <= window:
        return answer, False
    sentences = [match.end() for match in SENTENCE_END.finditer(answer) if match.end() < len(answer.rstrip())]
    words = [match.end() for match in re.finditer(r"\S+", answer)]
    for ends in (sentences, words):
        if fitting := bisect_right(ends, window, key=lambda end: count(answer[:end])):
            return answer[: ends[fitting - 1]], True
    raise ValueError(f"a window of {window} holds not one word of {answer[:40]!r}")
