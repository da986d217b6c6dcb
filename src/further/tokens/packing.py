"""Packing: documents end to end in rows of the context's length, no token lost, none attending across documents.

A document of n tokens becomes n + 1 predictions; labels are shifted here, once, so that a cut between two rows
costs no prediction:

    document    a b c                      with BOS and EOS
    inputs      BOS a b   c
    labels      a   b c   EOS
    positions   0   1 2   3

Documents follow each other without a gap and rows are cut every `context` inputs. Positions restart with each
document, which is how attention knows a boundary, and with each row. Only the last row is filled up, with inputs
that form a document of their own and are no label; training computes it up to its last label.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from further.tokens.tokenizer import SpecialTokens

IGNORED = -100  # the label that cross-entropy skips

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Packed:
    """Training rows: R rows of T inputs.

    Attributes:
        labels_RT: The id that follows each input, or `IGNORED`.
        positions_RT: Place in the document's part that lies in this row.
        documents_RT: Number of the document, -1 where a row was filled up.
        num_tokens: Tokens of all documents, EOS counted, BOS not.
        num_dropped: Of these, how many are no label: the first of each document where there is no BOS.
    """

    inputs_RT: Ids
    labels_RT: Ids
    positions_RT: Ids
    documents_RT: Ids
    num_tokens: int
    num_dropped: int


def pack_documents(documents: Sequence[Sequence[int]], context: int, special: SpecialTokens) -> Packed:
    """Pack documents into rows, in the order given.

    Args:
        documents: Token ids without special tokens, at least one; an empty one is its EOS alone.
        context: Inputs per row, at least 2.
    """
    pairs = [_shift(document, special) for document in documents]
    inputs = np.concatenate([inputs for inputs, _ in pairs])
    labels = np.concatenate([labels for _, labels in pairs])
    owners = np.repeat(np.arange(len(pairs)), [len(inputs) for inputs, _ in pairs])
    num_tokens = sum(len(document) + 1 for document in documents)
    rows = [_cut(values, context, fill) for values, fill in ((inputs, special.eos), (labels, IGNORED), (owners, -1))]
    return Packed(rows[0], rows[1], _positions(rows[2]), rows[2], num_tokens, num_tokens - len(labels))


def _shift(document: Sequence[int], special: SpecialTokens) -> tuple[Ids, Ids]:
    """Inputs and labels of one document; without a BOS its first token cannot be predicted."""
    begin = [] if special.bos is None else [special.bos]
    stream = np.array([*begin, *document, special.eos], dtype=np.int64)
    return stream[:-1], stream[1:]


def _cut(values: Ids, context: int, fill: int) -> Ids:
    """Rows of `context` values, the last one filled up."""
    missing = -len(values) % context
    return np.concatenate([values, np.full(missing, fill, dtype=np.int64)]).reshape(-1, context)


def _positions(owners_RT: Ids) -> Ids:
    """Count from 0 in every stretch of one owner in a row."""
    steps = np.arange(owners_RT.shape[1])
    starts = np.ones_like(owners_RT, dtype=bool)
    starts[:, 1:] = owners_RT[:, 1:] != owners_RT[:, :-1]
    positions: Ids = steps - np.maximum.accumulate(np.where(starts, steps, 0), axis=1)
    return positions
