"""Parse the PDFs of one shard into blocks; what cannot be read is listed with its reason."""

from collections.abc import Sequence
from pathlib import Path

from further.corpus.parse import parse_papers
from further.corpus.schemas import BLOCKS, REJECTED
from further.io import write_table
from further.job import start_log


def main(papers: Sequence[Path], blocks: Path, unreadable: Path, timeout_s: float, memory_mb: int) -> None:
    """Read PDFs, write their blocks and the unreadable ones."""
    found, failed = parse_papers(papers, timeout_s=timeout_s, memory_mb=memory_mb)
    write_table(blocks, found, BLOCKS)
    write_table(unreadable, failed, REJECTED)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        [Path(path) for path in snakemake.input.papers],
        Path(snakemake.output.blocks),
        Path(snakemake.output.unreadable),
        timeout_s=snakemake.params.settings["timeout_s"],
        memory_mb=snakemake.params.settings["memory_mb"],
    )
