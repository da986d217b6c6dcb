"""Turn general text, held-out or to be replayed, into token streams, one per document."""

from pathlib import Path

from further.io import read_table, write_table
from further.job import start_log
from further.tokens.streams import STREAMS, Document, encode_documents
from further.tokens.tokenizer import load_tokenizer


def main(texts: Path, split: str, model: Path, tokens: Path) -> None:
    """Read documents, write the streams."""
    table = read_table(texts)
    documents = [Document(name, split, text) for name, text in zip(table["document"], table["text"], strict=True)]
    write_table(tokens, encode_documents(documents, load_tokenizer(model)), STREAMS)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.texts),
        snakemake.params.settings["split"],
        Path(snakemake.input.model),
        Path(snakemake.output.tokens),
    )
