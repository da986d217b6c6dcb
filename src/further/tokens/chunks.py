"""Rows without packing: each holds a piece of one document, and no row is computed further than its last label.

Rows of one table have one width, so the shorter ones are filled up in the file's sense only: training cuts each at
its last label (`further.training.rows`), and no position that was filled up is ever computed.

    documents   a b c d e   |   f          with BOS and EOS, context 4
    inputs      BOS a b c   .   labels      a b c d
                d e         .               e EOS
                BOS f       .               f EOS
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from further.tokens.packing import Packed, pack_documents
from further.tokens.tokenizer import SpecialTokens


def lay_out(documents: Sequence[Sequence[int]], context: int, special: SpecialTokens, packing: bool) -> Packed:
    """Documents as training rows, packed or one by one; both hold the same labels in the same order.

    Args:
        documents: Token ids without special tokens, at least one.
        context: Inputs per row, at least 2.
    """
    if packing:
        return pack_documents(documents, context, special)
    parts = [_alone(number, ids, context, special) for number, ids in enumerate(documents)]
    tables = ("inputs_RT", "labels_RT", "positions_RT", "documents_RT")
    return Packed(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in tables},
        num_tokens=sum(part.num_tokens for part in parts),
        num_dropped=sum(part.num_dropped for part in parts),
    )


def _alone(number: int, ids: Sequence[int], context: int, special: SpecialTokens) -> Packed:
    """One document's rows; an empty document without a BOS has none."""
    packed = pack_documents([ids], context, special)
    return replace(packed, documents_RT=np.where(packed.documents_RT == 0, number, -1))
