import pyarrow as pa
import pytest

from further.io import read_json, read_table, write_atomically, write_json, write_table

SCHEMA = pa.schema([("paper", pa.string()), ("characters", pa.int64())])


def test_a_table_keeps_its_schema_even_without_rows(tmp_path):
    write_table(tmp_path / "deep" / "empty.parquet", [], SCHEMA)
    table = read_table(tmp_path / "deep" / "empty.parquet")
    assert list(table.columns) == ["paper", "characters"] and len(table) == 0


def test_a_row_that_does_not_fit_the_schema_is_an_error(tmp_path):
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        write_table(tmp_path / "wrong.parquet", [{"paper": "a", "characters": "many"}], SCHEMA)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_fails_half_way_leaves_the_old_one_and_nothing_else(tmp_path):
    file = tmp_path / "numbers.json"
    write_json(file, {"a": 1})

    def fail(path):
        path.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(file, fail)
    assert read_json(file) == {"a": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["numbers.json"]


def test_nan_is_no_number(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "nan.json", {"a": float("nan")})
