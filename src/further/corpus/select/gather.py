"""Tables of all shards as one, and the check that not too many papers were rejected."""

import logging
import math
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

log = logging.getLogger(__name__)

NAMED = 5
"""Rejected papers that a message names."""


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
        ValueError: If more were rejected, with both numbers, the first papers with their reasons, and what to write.
    """
    num_kept, num_rejected = len(pc.unique(rows["paper"])), len(rejected)
    total = num_kept + num_rejected
    if num_rejected / total > max_share:
        lines = rejected.to_pylist()
        for line in lines:
            log.warning("%(file)s rejected: %(reason)s (%(detail)s)", line)
        named = [f"{line['file']} ({line['reason']})" for line in lines[:NAMED]]
        more = [f"{num_rejected - NAMED} more"] if num_rejected > NAMED else []
        needed = math.ceil(100 * num_rejected / total) / 100
        cure = f"Remove them, or write corpus.max_rejected_fraction: {needed:g}"
        raise ValueError(
            f"{num_rejected} of {total} papers were rejected, more than {max_share:.0%}: {', '.join([*named, *more])}. "
            f"{cure if num_kept else 'No paper is left: put others into the folder'}"
        )
