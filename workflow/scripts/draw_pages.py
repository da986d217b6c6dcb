"""Draw the papers' pages with what was kept and what was dropped, for people to look at."""

from collections.abc import Sequence
from pathlib import Path

from further.corpus.view import write_view
from further.job import start_log


def main(blocks: Sequence[Path], decisions: Sequence[Path], tables: dict[str, Path], index: Path, papers: Path) -> None:
    """Read blocks and decisions shard by shard, write one page per paper and their index."""
    write_view(list(zip(blocks, decisions, strict=True)), tables, index, papers)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        [Path(path) for path in snakemake.input.blocks],
        [Path(path) for path in snakemake.input.decisions],
        {name: Path(snakemake.input[name]) for name in ("repeats", "rejected", "split", "losses")},
        Path(snakemake.output.index),
        Path(snakemake.output.papers),
    )
