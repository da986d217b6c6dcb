import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from further.tokens.chunks import lay_out
from further.tokens.packing import IGNORED, pack_documents
from further.tokens.tokenizer import SpecialTokens

BOS, EOS = 100, 101
MARKED = SpecialTokens(bos=BOS, eos=EOS)


def test_two_documents_by_hand():
    rows = lay_out([[1, 2, 3, 4, 5], [6]], context=4, special=MARKED, packing=False)
    assert rows.inputs_RT.tolist() == [[BOS, 1, 2, 3], [4, 5, EOS, EOS], [BOS, 6, EOS, EOS]]
    assert rows.labels_RT.tolist() == [[1, 2, 3, 4], [5, EOS, IGNORED, IGNORED], [6, EOS, IGNORED, IGNORED]]
    assert rows.documents_RT.tolist() == [[0, 0, 0, 0], [0, 0, -1, -1], [1, 1, -1, -1]]
    assert (rows.num_tokens, rows.num_dropped) == (8, 0)


def test_packing_is_packing():
    packed, same = pack_documents([[1, 2], [3]], 4, MARKED), lay_out([[1, 2], [3]], 4, MARKED, packing=True)
    assert np.array_equal(packed.labels_RT, same.labels_RT) and np.array_equal(packed.inputs_RT, same.inputs_RT)


documents = st.lists(st.lists(st.integers(0, 99), max_size=40), min_size=1, max_size=8)


@given(documents, st.integers(2, 17), st.sampled_from([BOS, None]))
def test_both_layouts_hold_the_same_labels_and_counts(documents, context, bos):
    special = SpecialTokens(bos=bos, eos=EOS)
    if bos is None and not any(documents):
        documents = [[1], *documents]
    packed, apart = (lay_out(documents, context, special, packing) for packing in (True, False))
    for rows in (packed, apart):
        labels = rows.labels_RT[rows.labels_RT != IGNORED]
        assert len(labels) + rows.num_dropped == rows.num_tokens
    assert (
        packed.labels_RT[packed.labels_RT != IGNORED].tolist() == apart.labels_RT[apart.labels_RT != IGNORED].tolist()
    )
    assert (packed.num_tokens, packed.num_dropped) == (apart.num_tokens, apart.num_dropped)


@given(documents, st.integers(2, 17))
def test_no_row_holds_two_documents(documents, context):
    rows = lay_out(documents, context, MARKED, packing=False)
    assert all(len(set(row[row >= 0])) == 1 for row in rows.documents_RT)


@given(documents, st.integers(2, 17), st.booleans())
def test_one_begin_and_one_end_mark_a_document_never_a_row(documents, context, packing):
    """Collators that mask the padding's id mask EOS too where the two are one (transformers #23530)."""
    rows = lay_out(documents, context, MARKED, packing)
    real = rows.documents_RT >= 0
    for number in range(len(documents)):
        own = rows.documents_RT == number
        assert (rows.inputs_RT[own] == BOS).sum() == 1
        assert rows.inputs_RT[own][0] == BOS
        assert (rows.labels_RT[own] == EOS).sum() == 1
        assert rows.labels_RT[own][-1] == EOS
    assert not (rows.inputs_RT[real] == EOS).any()  # nothing is predicted from EOS
    assert (rows.labels_RT[~real] == IGNORED).all()  # what fills a row has the id of EOS, and is no label
