"""Records are read as they were written, and what is none is refused with its file and fields."""

import pytest

from facts import naming
from further.records.base import Interval, save_optional

WIDE = Interval(estimate=0.5, low=None, high=1.0)


def test_a_record_is_read_as_it_was_written(tmp_path):
    WIDE.save(tmp_path / "record.json")
    assert Interval.load(tmp_path / "record.json") == Interval.load_optional(tmp_path / "record.json") == WIDE


def test_what_is_switched_off_is_null(tmp_path):
    save_optional(tmp_path / "record.json", None)
    assert Interval.load_optional(tmp_path / "record.json") is None
    with pytest.raises(ValueError, match=naming("record.json", "Interval", "null")):
        Interval.load(tmp_path / "record.json")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ('{"estimate": 1, "low": 0', ["the file"]),  # cut off
        ("", ["the file"]),
        ("[]", ["the file"]),
        ('{"estimate": 1, "low": 0}', ["high"]),
        ('{"estimate": 1, "low": 0, "high": 2, "wide": 3}', ["wide"]),
        ('{"estimate": NaN, "low": 0, "high": 2}', ["estimate"]),
    ],
)
def test_another_file_is_refused_with_its_name_and_what_is_wrong(text, facts, tmp_path):
    (tmp_path / "record.json").write_text(text)
    with pytest.raises(ValueError, match=naming("record.json", "Interval", *facts)):
        Interval.load(tmp_path / "record.json")
