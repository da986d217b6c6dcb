"""Graphs in layers: arrows point down, long ones bend around, those that follow from others are left out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from further.report.layers import lay_out, reduce_edges

DIAMOND = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("a", "d")]


def test_an_edge_that_follows_from_others_is_left_out() -> None:
    assert reduce_edges(DIAMOND) == [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]


def test_layers_are_longest_paths_and_a_source_stands_just_above_its_need() -> None:
    """a-b-c-d is the longest path; e is needed by d alone, so it stands beside c and not at the top."""
    places = lay_out([("a", "b"), ("b", "c"), ("c", "d"), ("e", "d")]).places
    assert {name: depth for name, (_, depth) in places.items()} == {"a": 0, "b": 1, "c": 2, "d": 3, "e": 2}


def test_a_long_edge_passes_every_layer_beside_the_names() -> None:
    layout = lay_out([("a", "b"), ("b", "c"), ("a", "c")])
    assert [depth for _, depth in layout.routes["a", "c"]] == [0, 1, 2]
    assert layout.routes["a", "c"][1][0] != layout.places["b"][0]


def test_a_cycle_is_refused() -> None:
    with pytest.raises(ValueError, match="graph of 2 nodes has a cycle"):
        lay_out([("a", "b"), ("b", "a")])


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]), min_size=1))
def test_what_can_be_reached_stays_so_and_every_arrow_points_down(pairs: set[tuple[int, int]]) -> None:
    edges = [(str(one), str(other)) for one, other in pairs]
    kept = reduce_edges(edges)
    assert closure(kept) == closure(edges)
    layout = lay_out(kept)
    for (above, under), route in layout.routes.items():
        assert route[0] == layout.places[above] and route[-1] == layout.places[under]
        assert all(later == earlier + 1 for (_, earlier), (_, later) in pairwise(route))
    assert len(set(layout.places.values())) == len(layout.places)


def closure(edges: list[tuple[str, str]]) -> set[tuple[str, str]]:
    found = set(edges)
    while True:
        more = found | {(a, d) for a, b in found for c, d in found if b == c}
        if more == found:
            return found
        found = more
