"""What the cases stage's tests share: the folder of layouts with known answers, and a way through the whole stage."""

from pathlib import Path

import pyarrow as pa
import pytest

from further.cases.files import Folder
from further.cases.gather import gather_cases
from further.cases.pictures import read_pictures
from further.cases.plan import plan_cases
from further.cases.readers import LAYOUTS
from further.cases.schemas import FOUND_CASES, FOUND_IMAGES, FOUND_QUESTIONS, PICTURES
from further.settings import PictureSettings

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "vision"
LIMITS = PictureSettings(timeout_s=30, memory_mb=1000, max_megapixels=50, ct_windows="header")


@pytest.fixture(scope="session")
def shared_layouts():
    if not SHARED.is_dir():
        pytest.skip("no folder ../shared/vision beside the checkout: its layouts are not checked")
    return SHARED / "layouts"


def find(folder, layout=None):
    """The tables that a reader finds: cases, images, questions."""
    plan = plan_cases(folder, layout, 2)
    lines = LAYOUTS[plan.layout].read(Folder.open(folder)).lines()
    schemas = (FOUND_CASES, FOUND_IMAGES, FOUND_QUESTIONS)
    return [pa.Table.from_pylist(own, schema) for own, schema in zip(lines, schemas, strict=True)]


def gather(folder, near_equal_bits=16):
    """A folder of cases up to the split."""
    plan = plan_cases(folder, None, 2)
    cases, images, _ = find(folder)
    pictures = {
        shard: pa.Table.from_pylist(list(read_pictures(plan.folder, files, LIMITS)), PICTURES)
        for shard, files in plan.shards.items()
    }
    return gather_cases(cases, images, pictures, near_equal_bits)


def reasons(gathered, unit):
    """Reason by name, of one unit of the ledger."""
    return {line["name"]: line["reason"] for line in gathered.ledger.to_pylist() if line["unit"] == unit}
