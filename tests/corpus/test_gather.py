"""Tables of the shards as one."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from further.corpus.schemas import LEDGER, REJECTED, ROWS
from further.corpus.select.gather import check_rejected, gather


def test_lines_are_sorted_by_paper_and_reason(tmp_path):
    for name, papers in (("00", ["b", "b"]), ("01", ["a"])):
        lines = [{"paper": paper, "reason": str(2 - n), "characters": n} for n, paper in enumerate(papers)]
        pq.write_table(pa.Table.from_pylist(lines, LEDGER), tmp_path / name)
    table = gather([tmp_path / "00", tmp_path / "01"])
    assert table["paper"].to_pylist() == ["a", "b", "b"]
    assert table["characters"].to_pylist() == [0, 1, 0]
    assert table.schema == LEDGER


def tables(kept, failed):
    rows = pa.Table.from_pylist([{"paper": f"k{n}"} for n in range(kept)], ROWS)
    return rows, pa.Table.from_pylist([{"paper": f"f{n}", "reason": "scanned"} for n in range(failed)], REJECTED)


def test_a_share_up_to_the_limit_passes():
    rows, rejected = tables(8, 2)
    check_rejected(rows=rows, rejected=rejected, max_share=0.2)


def test_a_larger_share_stops_the_study_with_the_counts():
    rows, rejected = tables(7, 3)
    with pytest.raises(ValueError, match=r"3 of 10 papers .*scanned.* 20%"):
        check_rejected(rows=rows, rejected=rejected, max_share=0.2)
