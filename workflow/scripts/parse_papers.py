"""Parse the PDFs of one shard into blocks; what cannot be read is listed with its reason."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from further.corpus.parse.children import parse_papers
from further.corpus.schemas import BLOCKS, READINGS, REJECTED
from further.io import write_table
from further.job import start_log
from further.settings import CorpusSettings


def main(
    papers: Mapping[Path, str],
    outputs: Sequence[Path],
    limits: tuple[float, int],
    ocr: str,
    password: Mapping[str, str],
) -> None:
    """Read PDFs by name; write blocks, the unreadable ones, how much was read; limits are seconds, MB per paper."""
    timeout_s, memory_mb = limits
    tables = parse_papers(
        list(papers), names=papers, timeout_s=timeout_s, memory_mb=memory_mb, password=password, ocr=ocr
    )
    for path, table, schema in zip(outputs, tables, (BLOCKS, REJECTED, READINGS), strict=True):
        write_table(path, table, schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    settings = snakemake.params.settings
    main(
        {Path(path): name for path, name in settings["names"].items()},
        [Path(snakemake.output[name]) for name in ("blocks", "unreadable", "readings")],
        limits=(settings["timeout_s"], settings["memory_mb"]),
        ocr=settings["ocr_language"] if settings["ocr"] else "",
        # Not from the settings: Snakemake records those.
        password=CorpusSettings.model_validate(snakemake.config.get("corpus", {})).passwords,
    )
