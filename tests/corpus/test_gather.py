"""Tables of the shards as one."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from facts import naming
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
    lines = [{"paper": f"f{n}", "file": f"f{n}.pdf", "reason": "scanned"} for n in range(failed)]
    return rows, pa.Table.from_pylist(lines, REJECTED)


@pytest.mark.parametrize(("kept", "failed", "allowed"), [(8, 2, 0.2), (71, 29, 0.29)])  # 0.29 * 100 < 29
def test_a_share_up_to_the_limit_passes(kept, failed, allowed):
    rows, rejected = tables(kept, failed)
    check_rejected(rows=rows, rejected=rejected, max_share=allowed)


def test_a_larger_share_stops_the_study_with_the_papers_and_what_to_write():
    rows, rejected = tables(13, 7)
    facts = naming("7 of 20", "20%", "f0.pdf", "scanned", "f4.pdf", "2 more", "corpus.max_rejected_fraction", 0.35)
    with pytest.raises(ValueError, match=facts) as caught:
        check_rejected(rows=rows, rejected=rejected, max_share=0.2)
    assert "f5.pdf" not in str(caught.value)


def test_where_every_paper_was_rejected_no_setting_helps():
    rows, rejected = tables(0, 3)
    with pytest.raises(ValueError, match=naming("3 of 3", "No paper is left")) as caught:
        check_rejected(rows=rows, rejected=rejected, max_share=0.2)
    assert "max_rejected_fraction" not in str(caught.value)
