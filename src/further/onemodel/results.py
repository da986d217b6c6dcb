"""What the jobs of arms left, read together by arm. No torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from further.io import read_json, read_table

Tables = dict[str, pd.DataFrame]


def read_arms(folders: Sequence[Path]) -> tuple[dict[str, list[dict[str, Any]]], Tables, Tables]:
    """Numbers by seed, answers and histories, by arm.

    Args:
        folders: Of the jobs, `{arm}/{seeds}`.
    """
    grouped: dict[str, list[Path]] = {}
    for folder in folders:
        grouped.setdefault(folder.parent.name, []).append(folder)
    numbers = {
        arm: [one for part in parts for one in read_json(part / "numbers.json")] for arm, parts in grouped.items()
    }
    answers, histories = (
        {
            arm: pd.concat([read_table(part / file) for part in parts], ignore_index=True)
            for arm, parts in grouped.items()
        }
        for file in ("answers.parquet", "history.parquet")
    )
    return numbers, answers, histories
