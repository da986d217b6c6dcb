"""What can be told of a study of images before any job: from its settings, and from config.json once that is there."""

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from further.io import read_json
from further.model_folder import ENCODER_DECODERS
from further.settings import Run
from further.targets import asks_for_vision

LEAST_TEXT = 4  # tokens of a prompt and an answer beside its images, with both ends


def uses_pixels(run: Run) -> bool:
    """Whether a run trains the vision tower, and so needs pictures; else features are computed once for all runs."""
    return asks_for_vision(run.target_modules)


def check_contexts(folder: Path, runs: Mapping[str, Run], max_images: int) -> None:
    """Refuse rows that images alone fill or that a family cannot read, and models without a vision tower.

    Args:
        folder: Of the model; where it has no config.json yet, nothing is checked.

    Raises:
        ValueError: With both numbers.
    """
    file = folder / "config.json"
    if not file.is_file():
        return
    config = read_json(file)
    kind = config.get("model_type")
    if "vision_config" not in config.get("encoder", config):
        raise ValueError(f"model: {kind} reads no images, which study.kind images needs")
    # Before any question is known, only images can be counted.
    taken = max_images * count_image_tokens(folder)
    for name, run in runs.items():
        if run.packing and kind in ENCODER_DECODERS:
            raise ValueError(f"training.packing: a row of {kind} is one question; set false (run {name})")
        if run.context < taken + LEAST_TEXT:
            raise ValueError(
                f"training.context: {run.context} holds no answer: {max_images} images take {taken} tokens of it, and "
                f"the question comes on top; at least {taken + LEAST_TEXT}, better {taken + 128} (run {name})"
            )


def find_window_notes(folder: Path, runs: Mapping[str, Run], max_images: int, new_tokens: int) -> list[str]:
    """Windows of answers that something else makes shorter, which a sweep of them would not show.

    Args:
        folder: Of the model; where it has no config.json yet, the context is not looked at.
        new_tokens: Of the longest answer that is generated, its end counted.

    Returns:
        One sentence for each run and cause.
    """
    taken = max_images * count_image_tokens(folder) if (folder / "config.json").is_file() else None
    notes = []
    for name, run in runs.items():
        if run.answer_tokens is None:
            continue
        if taken is not None and run.context - taken < run.answer_tokens + LEAST_TEXT:
            notes.append(
                f"training.answer_tokens: a window of {run.answer_tokens} does not fit training.context {run.context}: "
                f"images take {taken} of it and the question some, and answers are cut to what is left (run {name})"
            )
        if run.answer_tokens >= new_tokens:
            notes.append(
                f"answers.new_tokens: {new_tokens} is too short for answers of training.answer_tokens "
                f"{run.answer_tokens} and their end: they would count as answers that do not end (run {name})"
            )
    return notes


def count_image_tokens(folder: Path) -> int:
    """Places of one image in a row, by what a model's folder says.

    Raises:
        FileNotFoundError: If a file that says it is missing.
    """
    config = read_json(folder / "config.json")
    kind = config.get("model_type")
    if kind in ("gemma3", "t5gemma2"):
        return int(config.get("encoder", config).get("mm_tokens_per_image", 256))
    if kind == "florence2":
        return _count_florence_tokens(folder, config)
    if isinstance(modalities := config.get("modalities"), Mapping):
        return int(modalities["image"]["num_tokens"])
    vision = config["vision_config"]
    return int((vision.get("image_size", 224) // vision["patch_size"]) ** 2)


def _count_florence_tokens(folder: Path, config: Mapping[str, Any]) -> int:
    """Places of an image: those of its last map, and their mean; its side is told by the image processor alone."""
    size = read_json(folder / "preprocessor_config.json")["size"]
    return int((size["height"] // prod(config["vision_config"].get("patch_stride", (4, 2, 2, 2)))) ** 2) + 1
