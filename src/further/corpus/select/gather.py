"""Tables of all shards as one, and the check that not too many papers were rejected."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def gather(paths: Sequence[Path]) -> pa.Table:
    """Tables of one schema end to end, in the order of their paper's name and within a paper."""
    table = pa.concat_tables([pq.read_table(path) for path in paths])
    order = [("paper", "ascending")] + [
        (name, "ascending") for name in ("row", "block", "reason") if name in table.schema.names
    ]
    return table.sort_by(order)


def check_rejected(rows: pa.Table, rejected: pa.Table, max_share: float) -> None:
    """Stop a study most of whose papers are of no use.

    Args:
        rows: Rows of the papers that were kept.
        rejected: One row per rejected paper.
        max_share: Highest share of rejected papers that is allowed.

    Raises:
        ValueError: If more were rejected, with both numbers and the commonest reason.
    """
    num_kept, num_rejected = len(pc.unique(rows["paper"])), len(rejected)
    total = num_kept + num_rejected
    if num_rejected > max_share * total:
        reasons = rejected["reason"].to_pylist()
        commonest = max(sorted(set(reasons)), key=reasons.count)
        raise ValueError(
            f"{num_rejected} of {total} papers were rejected, most as {commonest!r}; "
            f"corpus.max_rejected_fraction allows {max_share:.0%}"
        )
