"""Tables of answers made for the tests, and those with known answers at ../shared/vision."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from further.evaluation.answers.schemas import ANSWERS
from further.evaluation.answers.score import score_answers

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "vision"


def shared(name):
    if not SHARED.is_dir():
        pytest.skip("no folder ../shared/vision beside the checkout: its tables are not checked")
    return SHARED / name


def score(lines, **same):
    """Scores of lines of (case, type, kind, reference, answer)."""
    names = ("case", "question_type", "kind", "reference", "answer")
    rows = [
        dict(zip(names, line, strict=True)) | {"question_id": str(place), "ended": True} | same
        for place, line in enumerate(lines)
    ]
    return score_answers(pa.Table.from_pylist(rows, ANSWERS)).to_pandas()


def read_csv(name):
    return pd.read_csv(shared(name), keep_default_na=False).to_dict("records")
