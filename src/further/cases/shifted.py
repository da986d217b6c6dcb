"""The cases of another clinic, on which the guard is tried: planned, joined with their pictures, and asked."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from further.cases.files import NO_COLUMNS
from further.cases.gather import gather_cases
from further.cases.plan import CasePlan, check_ids, open_folder, plan_cases
from further.cases.questions import ask_questions
from further.cases.readers import LAYOUTS
from further.cases.schemas import FOUND_CASES, FOUND_IMAGES, FOUND_QUESTIONS, PICTURES, QUESTIONS, SPLIT

SHIFTED = "shifted"
"""Name of the one shard of their pictures, and of the split that their questions stand in."""


@contextmanager
def blame_setting() -> Iterator[None]:
    """What is wrong with the folder is told under the setting that names it."""
    try:
        yield
    except ValueError as error:
        raise ValueError(str(error).replace("cases.folder", "guard.shifted_folder")) from None


def plan_shifted(place: Path, columns: Mapping[str, str] = NO_COLUMNS) -> CasePlan:
    """As `plan_cases`, with errors under the name of the setting."""
    with blame_setting():
        return plan_cases(place, None, 1, columns)


def check_shifted_ids(plan: CasePlan) -> None:
    """As `check_ids`, with errors under the name of the setting."""
    with blame_setting():
        check_ids(plan)


def read_shifted(
    plan: CasePlan, pictures: Path, *, near_equal_bits: int, types: Sequence[str] | None, max_images: int, language: str
) -> tuple[pa.Table, pa.Table]:
    """Read the records, join them with the pictures, and ask what the study asks.

    Args:
        pictures: The table of its pictures (PICTURES).

    Returns:
        Questions, all of one split (QUESTIONS), and images (IMAGES).

    Raises:
        ValueError: If no image can be used, or no question is left.
    """
    with blame_setting():
        found = LAYOUTS[plan.layout].read(open_folder(plan)).lines()
        cases, images, asked = map(pa.Table.from_pylist, found, (FOUND_CASES, FOUND_IMAGES, FOUND_QUESTIONS))
        shown = pq.read_table(pictures, columns=[name for name in PICTURES.names if name != "png"])
        gathered = gather_cases(cases, images, {SHIFTED: shown}, near_equal_bits)
        held_out = [{"case": case, "split": "test", "group": case} for case in gathered.cases["case"].to_pylist()]
        tables = {
            "cases": gathered.cases,
            "images": gathered.images,
            "asked": asked,
            "split": pa.Table.from_pylist(held_out, SPLIT),
        }
        questions, _ = ask_questions(
            tables, how="own", types=types, max_images=max_images, language=language, needed=("test",)
        )
    moved = [line | {"split": SHIFTED} for line in questions.to_pylist()]
    return pa.Table.from_pylist(moved, QUESTIONS), gathered.images
