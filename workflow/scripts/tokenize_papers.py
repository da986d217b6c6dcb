"""Turn the papers' rows into token streams, one per paper."""

from pathlib import Path

from further.io import read_table, write_table
from further.job import start_log
from further.tokens.streams import STREAMS, encode_documents, join_rows
from further.tokens.tokenizer import load_tokenizer


def main(rows: Path, split: Path, model: Path, tokens: Path) -> None:
    """Read rows and split, write the streams."""
    documents = join_rows(read_table(rows), read_table(split))
    write_table(tokens, encode_documents(documents, load_tokenizer(model)), STREAMS)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.rows),
        Path(snakemake.input.split),
        Path(snakemake.input.model),
        Path(snakemake.output.tokens),
    )
