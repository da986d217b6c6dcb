"""Turn general text that may be trained on into token streams, one per document."""

from pathlib import Path

from further.io import read_table, write_table
from further.job import start_log
from further.tokens.streams import STREAMS, Document, encode_documents
from further.tokens.tokenizer import load_tokenizer


def main(train: Path, model: Path, tokens: Path) -> None:
    """Read documents, write the streams."""
    texts = read_table(train)
    documents = [Document(name, "train", text) for name, text in zip(texts["document"], texts["text"], strict=True)]
    write_table(tokens, encode_documents(documents, load_tokenizer(model)), STREAMS)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(Path(snakemake.input.train), Path(snakemake.input.model), Path(snakemake.output.tokens))
