"""Token streams: the ids of each document, without special tokens, and what was counted on the original text."""

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
from tokenizers import Tokenizer

STREAMS = pa.schema(
    [
        ("document", pa.string()),
        ("split", pa.string()),
        ("ids", pa.list_(pa.int32())),
        ("num_tokens", pa.int64()),
        ("num_words", pa.int64()),  # runs of non-blank characters
        ("num_bytes", pa.int64()),  # UTF-8 bytes of the text
        ("sha256", pa.string()),  # of these bytes, hexadecimal
    ]
)


class Document(NamedTuple):
    """A document to tokenize; `split` is train, validation, test or heldout."""

    name: str
    split: str
    text: str


def join_rows(rows: pd.DataFrame, split: pd.DataFrame) -> list[Document]:
    """One document per paper, in the order of `split`: its rows in their order, an empty line between them."""
    texts = rows.sort_values(["paper", "row"]).groupby("paper")["text"].agg("\n\n".join)
    return [Document(paper, part, texts[paper]) for paper, part in zip(split["paper"], split["split"], strict=True)]


def encode_documents(documents: Iterable[Document], tokenizer: Tokenizer) -> list[dict[str, Any]]:
    """Encode documents, one table row each.

    Special tokens are left to packing and scoring: they depend on what is done with the stream. A paper that writes
    of "</s>" or "<image>" holds these letters, and neither an EOS nor an image.
    """
    tokenizer.encode_special_tokens = True  # the library's word for taking them as text
    return [_encode(document, tokenizer) for document in documents]


def _encode(document: Document, tokenizer: Tokenizer) -> dict[str, Any]:
    ids = tokenizer.encode(document.text, add_special_tokens=False).ids
    return {
        "document": document.name,
        "split": document.split,
        "ids": ids,
        "num_tokens": len(ids),
        "num_words": len(document.text.split()),
        "num_bytes": len(document.text.encode()),
        "sha256": hashlib.sha256(document.text.encode()).hexdigest(),
    }
