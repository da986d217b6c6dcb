import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from further.tokens.packing import IGNORED, pack_documents
from further.tokens.tokenizer import SpecialTokens

BOS, EOS = 100, 101
MARKED = SpecialTokens(bos=BOS, eos=EOS)


def test_two_documents_by_hand():
    packed = pack_documents([[1, 2, 3], [4]], context=4, special=MARKED)
    #   BOS 1 2 3 | BOS 4  then filled up with two
    assert packed.inputs_RT.tolist() == [[BOS, 1, 2, 3], [BOS, 4, EOS, EOS]]
    assert packed.labels_RT.tolist() == [[1, 2, 3, EOS], [4, EOS, IGNORED, IGNORED]]
    assert packed.positions_RT.tolist() == [[0, 1, 2, 3], [0, 1, 0, 1]]
    assert packed.documents_RT.tolist() == [[0, 0, 0, 0], [1, 1, -1, -1]]
    assert (packed.num_tokens, packed.num_dropped) == (6, 0)


def test_a_document_longer_than_a_row_loses_no_label_at_the_cut():
    packed = pack_documents([[1, 2, 3, 4, 5]], context=3, special=MARKED)
    assert packed.inputs_RT.tolist() == [[BOS, 1, 2], [3, 4, 5]]
    assert packed.labels_RT.tolist() == [[1, 2, 3], [4, 5, EOS]]
    assert packed.positions_RT.tolist() == [[0, 1, 2], [0, 1, 2]]


def test_without_a_begin_mark_the_first_token_is_reported_as_dropped():
    packed = pack_documents([[1, 2], [3]], context=8, special=SpecialTokens(bos=None, eos=EOS))
    assert packed.labels_RT[0, :3].tolist() == [2, EOS, EOS]
    assert (packed.num_tokens, packed.num_dropped) == (5, 2)


documents = st.lists(st.lists(st.integers(0, 99), max_size=40), min_size=1, max_size=8)


@given(documents, st.integers(2, 17))
def test_every_token_is_a_label_exactly_once(documents, context):
    """Also of documents longer than a row, whose rest other packers drop without a word (TRL #4632)."""
    packed = pack_documents(documents, context, MARKED)
    labels = packed.labels_RT[packed.labels_RT != IGNORED].tolist()
    assert labels == [token for document in documents for token in [*document, EOS]]
    assert len(labels) + packed.num_dropped == packed.num_tokens


@given(documents, st.integers(2, 17))
def test_positions_restart_with_documents_and_rows_and_grow_by_one(documents, context):
    packed = pack_documents(documents, context, MARKED)
    assert (packed.positions_RT[:, 0] == 0).all()
    same = packed.documents_RT[:, 1:] == packed.documents_RT[:, :-1]
    assert (np.diff(packed.positions_RT, axis=1)[same] == 1).all()
    assert (packed.positions_RT[:, 1:][~same] == 0).all()
