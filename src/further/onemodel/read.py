"""The study of a job, from the files of the cases stage and the settings of its rule."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from further.cases.kept_pictures import load_images
from further.onemodel.shared import Shared
from further.settings.onemodel import ArmSettings
from further.training.recipe import Task


def read_study(
    questions: Path, images: Path, pictures: Sequence[Path], base: Path, settings: ArmSettings,
    rates: Mapping[str, float], task: Task, work: Path,
) -> Shared:  # fmt: skip
    """The study of a job.

    Args:
        rates: Learning rates by layout; none yet where they are chosen.

    Raises:
        ValueError: If a split has no question.
    """
    lines = [line for line in pq.read_table(questions).to_pylist() if len(line["images"]) == 1]
    check_lines(lines)
    return Shared(
        settings=settings.onemodel,
        run=settings.run,
        rates=rates,
        base=base,
        lines=lines,
        pictures=dict(load_images(images, pictures)),
        limits=settings.limits.pick("new_tokens", "batch_size"),
        task=task,
        work=work,
    )


def check_lines(lines: Sequence[Mapping[str, Any]]) -> None:
    """Refuse cases that arms cannot be trained, watched and tested on.

    Raises:
        ValueError: With what is missing.
    """
    known = {line["split"] for line in lines if line["task"] == "answer"}
    for split in ("train", "validation", "test"):
        if split not in known:
            raise ValueError(f"cases: no question about one image in the {split} split, which every arm needs")
