import pytest
from hypothesis import given
from hypothesis import strategies as st

from further.evaluation.windows import cut_windows


def spell(text, window, stride):
    pieces = cut_windows(0, list(text), begin="B", window=window, stride=stride)
    return [("".join(piece.inputs), "".join(piece.targets)) for piece in pieces]


def test_the_drawn_example():
    assert spell("abcdefghij", 6, 3) == [("Babcde", "abcdef"), ("cdefgh", "ghi"), ("defghi", "j")]


def test_disjoint_windows_reach_back_to_their_full_length_at_the_end():
    assert spell("abcdefghij", 4, 4) == [("Babc", "abcd"), ("defg", "efgh"), ("fghi", "ij")]


@pytest.mark.parametrize(("text", "expected"), [("", []), ("a", [("B", "a")]), ("abcd", [("Babc", "abcd")])])
def test_short_documents(text, expected):
    assert spell(text, 4, 2) == expected


@given(st.lists(st.integers(0, 99), max_size=60), st.integers(1, 12), st.data())
def test_every_token_is_scored_once_whatever_the_window(ids, window, data):
    stride = data.draw(st.integers(1, window))
    pieces = list(cut_windows(7, ids, begin=-1, window=window, stride=stride))
    assert [token for piece in pieces for token in piece.targets] == ids
    assert all(len(piece.targets) <= len(piece.inputs) <= window for piece in pieces)
    # as much context as the window allows: full windows as soon as there is enough text
    assert all(len(piece.inputs) == window for piece in pieces[1:])
