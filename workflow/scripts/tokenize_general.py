"""Turn held-out general text into token streams, one per document."""

from pathlib import Path

from further.io import read_table, write_table
from further.job import start_log
from further.tokens.streams import STREAMS, Document, encode_documents
from further.tokens.tokenizer import load_tokenizer


def main(heldout: Path, model: Path, tokens: Path) -> None:
    """Read documents, write the streams."""
    texts = read_table(heldout)
    documents = [Document(name, "heldout", text) for name, text in zip(texts["document"], texts["text"], strict=True)]
    write_table(tokens, encode_documents(documents, load_tokenizer(model)), STREAMS)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(Path(snakemake.input.heldout), Path(snakemake.input.model), Path(snakemake.output.tokens))
