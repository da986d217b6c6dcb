"""What a job of an arm does: train its seeds one after the other, and write what came of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from further.evaluation.answers.schemas import GENERATED
from further.io import write_table
from further.models.one import ENCODER_DECODER
from further.onemodel.runs import Trained, keep_model
from further.onemodel.shared import Shared
from further.onemodel.train import train_seed
from further.records.onemodel import SeedRecord, SeedsRecord
from further.training.state import HISTORY

ASKED = pa.schema([("seed", pa.int64()), ("asked", pa.string()), *GENERATED])  # asked: old (images) or new
HISTORIES = pa.schema([("seed", pa.int64()), ("part", pa.int64()), *HISTORY])


def train_seeds(study: Shared, arm: str, seeds: Sequence[int], folder: Path, models: Path | None) -> None:
    """Train the seeds of an arm, and write numbers, answers and histories, and the encoder–decoder's models.

    Args:
        study: Whose `work` is a folder that is gone afterwards.
        models: Trained encoder–decoders, for an arm that starts from them.
    """
    numbers: list[SeedRecord] = []
    answers: list[dict[str, Any]] = []
    histories: list[dict[str, Any]] = []
    for seed in seeds:
        start = models / f"seed-{seed}" if models is not None else None
        done = train_seed(study, arm, seed, start)
        numbers.append(done.numbers)
        answers += [{"seed": seed, "asked": asked} | row for asked, rows in done.answers.items() for row in rows]
        histories += list(_number(seed, done.trained))
        if arm == ENCODER_DECODER:
            keep_model(done.trained[-1], study.untrained(arm, seed), folder / "models" / f"seed-{seed}")
    SeedsRecord(seeds=tuple(numbers)).save(folder / "numbers.json")
    write_table(folder / "answers.parquet", answers, ASKED)
    write_table(folder / "history.parquet", histories, HISTORIES)


def _number(seed: int, trained: Sequence[Trained]) -> list[dict[str, Any]]:
    return [{"seed": seed, "part": part} | row for part, one in enumerate(trained) for row in one.outcome.history]
