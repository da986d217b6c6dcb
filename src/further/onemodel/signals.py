"""A modality that is added: drawn curves that beat like a heart, no patient's, and questions about them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

NAME = "signal"
SIZES = {"samples": 128, "piece": 8}  # of the embedding
BEATS = {"slow": 4, "medium": 7, "fast": 11}
LAST_WAVES = {"upright": 1.0, "flat": 0.0, "inverted": -1.0}
QUESTIONS = {"rate": "how fast does it beat?", "rhythm": "is the rhythm regular?", "wave": "which way points the wave?"}


def read_signals(number: int, seed: int) -> tuple[list[dict[str, Any]], Mapping[str, torch.Tensor]]:
    """Lines of QUESTIONS about drawn curves, and the curves by name; the last quarter is their test."""
    lines, curves = [], {}
    for place in range(number):
        draw, name = np.random.default_rng([seed, place]), f"signal-{place:05d}"
        rate, wave = str(draw.choice(list(BEATS))), str(draw.choice(list(LAST_WAVES)))
        regular = bool(draw.random() < 0.5)
        curves[name] = torch.from_numpy(_draw_curve(BEATS[rate], LAST_WAVES[wave], regular, draw)).float()
        split = "test" if place >= number * 3 // 4 else "train"
        for kind, answer in zip(QUESTIONS, (rate, "yes" if regular else "no", wave), strict=True):
            about = {"question_id": f"{name}-{kind}", "case": name, "split": split, "images": [name], "modality": NAME}
            asked = {"question_type": kind, "kind": "choice", "task": "answer", "language": "en"}
            lines.append(about | asked | {"question": QUESTIONS[kind], "answer": answer})
    return lines, curves


def _draw_curve(beats: int, wave: float, regular: bool, draw: np.random.Generator) -> Any:
    """Spikes, each followed by a wave, with noise; (samples,)."""
    times, gap = np.arange(SIZES["samples"]), SIZES["samples"] / beats
    at = draw.uniform(0, gap) + gap * (np.arange(beats) + (0 if regular else draw.uniform(-0.4, 0.4, beats)))
    curve = draw.normal(0, 0.1, len(times))
    for beat in at:
        curve += 2.0 * np.exp(-(((times - beat) / 0.9) ** 2)) + wave * np.exp(-(((times - beat - 4.5) / 1.8) ** 2))
    return curve


def list_words() -> list[str]:
    """Words of the questions and answers: a tokenizer that spells them learns them more slowly."""
    texts = [*QUESTIONS.values(), *BEATS, *LAST_WAVES, "yes", "no"]
    return sorted({word for text in texts for word in text.rstrip("?").split()})
