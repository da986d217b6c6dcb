"""What the jobs of arms left, read together by arm. No torch."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from further.io import read_table
from further.records.onemodel import SeedRecord, SeedsRecord

Tables = dict[str, pd.DataFrame]


def read_arms(folders: Sequence[Path]) -> tuple[dict[str, list[SeedRecord]], Tables, Tables]:
    """Numbers by seed, answers and histories, by arm, from the jobs' folders `{arm}/{seeds}`."""
    grouped: dict[str, list[Path]] = {}
    for folder in folders:
        grouped.setdefault(folder.parent.name, []).append(folder)
    numbers = {
        arm: [one for part in parts for one in SeedsRecord.load(part / "numbers.json").seeds]
        for arm, parts in grouped.items()
    }
    answers, histories = (
        {
            arm: pd.concat([read_table(part / file) for part in parts], ignore_index=True)
            for arm, parts in grouped.items()
        }
        for file in ("answers.parquet", "history.parquet")
    )
    return numbers, answers, histories
