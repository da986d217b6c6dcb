"""Parse the PDFs of one shard into blocks; what cannot be read is listed with its reason."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from further.corpus.parse.children import parse_papers
from further.corpus.schemas import BLOCKS, REJECTED
from further.io import write_table
from further.job import start_log
from further.settings import CorpusSettings


def main(
    papers: Sequence[Path],
    blocks: Path,
    unreadable: Path,
    limits: tuple[float, int],
    ocr: str,
    password: Mapping[str, str],
) -> None:
    """Read PDFs, write their blocks and the unreadable ones; the limits are seconds and MB per paper."""
    timeout_s, memory_mb = limits
    found, failed = parse_papers(papers, timeout_s=timeout_s, memory_mb=memory_mb, password=password, ocr=ocr)
    write_table(blocks, found, BLOCKS)
    write_table(unreadable, failed, REJECTED)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    settings = snakemake.params.settings
    main(
        [Path(path) for path in snakemake.input.papers],
        Path(snakemake.output.blocks),
        Path(snakemake.output.unreadable),
        limits=(settings["timeout_s"], settings["memory_mb"]),
        ocr=settings["ocr_language"] if settings["ocr"] else "",
        # Not from the settings: Snakemake records those.
        password=CorpusSettings.model_validate(snakemake.config.get("corpus", {})).passwords,
    )
