"""Make the questions of a study and measure their answers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from further.cases.lengths import measure_lengths
from further.cases.questions import ask_questions
from further.cases.schemas import LEDGER, LENGTHS, QUESTIONS
from further.io import write_table
from further.job import start_log


def main(
    inputs: Mapping[str, Path],
    outputs: Mapping[str, Path],
    split: str,
    questions: Sequence[str] | None,
    max_images: int,
    language: str,
) -> None:
    """Write questions, lengths of answers in words, and the ledger of the whole stage."""
    tables = {name: pq.read_table(inputs[name]) for name in ("cases", "images", "split", "asked")}
    asked, ledger = ask_questions(tables, how=split, types=questions, max_images=max_images, language=language)
    write_table(outputs["questions"], asked, QUESTIONS)
    write_table(outputs["lengths"], measure_lengths(asked), LENGTHS)
    write_table(outputs["ledger"], pa.concat_tables([pq.read_table(inputs["ledger"]), ledger]), LEDGER)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        {name: Path(path) for name, path in snakemake.input.items()},
        {name: Path(path) for name, path in snakemake.output.items()},
        **snakemake.params.settings,
    )
