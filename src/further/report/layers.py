"""A directed graph in layers, so that every arrow points down: rows, places in a row, and bends of long arrows.

Source:
    Sugiyama, Tagawa and Toda 1981, Methods for visual understanding of hierarchical system structures: layers by
    longest path, a dummy place wherever an edge passes a layer, order by the mean place of the neighbors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[str, str]
Place = tuple[float, int]
NUM_SWEEPS = 12
DUMMY_WIDTH = 0.35  # of a node's width


@dataclass(frozen=True)
class Layout:
    """Where to draw a graph.

    Attributes:
        places: By node, its middle: from 0 (left) to 1 (right), and its layer from 0 (top).
        routes: By edge, the places it goes through, both ends among them.
        num_layers: Number of layers.
    """

    places: Mapping[str, Place]
    routes: Mapping[Edge, list[Place]]
    num_layers: int


def reduce_edges(edges: Sequence[Edge]) -> list[Edge]:
    """Edges without those that follow from others: a -> c goes where a -> b -> c is."""
    below: dict[str, set[str]] = {}
    for above, under in edges:
        below.setdefault(above, set()).add(under)
    known: dict[str, set[str]] = {}

    def reached(node: str) -> set[str]:
        if node not in known:
            nearest = below.get(node, set())
            known[node] = nearest.union(*(reached(other) for other in nearest))
        return known[node]

    return [(a, c) for a, c in sorted(set(edges)) if not any(c in reached(b) for b in below[a] - {c})]


def lay_out(edges: Sequence[Edge]) -> Layout:
    """Place the nodes of a graph without cycles.

    Args:
        edges: Pairs (from, to); every node has one.

    Raises:
        ValueError: If there is a cycle.
    """
    layer = _find_layers(edges)
    chains = {edge: _chain(edge, layer) for edge in edges}
    rows: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for node in sorted(layer):
        rows[layer[node]].append(node)
    links: dict[str, set[str]] = {}
    for chain in chains.values():
        for depth, node in enumerate(chain[1:-1], start=layer[chain[0]] + 1):
            rows[depth].append(node)
        for one, other in pairwise(chain):
            links.setdefault(one, set()).add(other)
            links.setdefault(other, set()).add(one)
    across = _order(rows, links)
    routes = {
        edge: [(across[node], layer[edge[0]] + step) for step, node in enumerate(chain)]
        for edge, chain in chains.items()
    }
    return Layout({node: (across[node], layer[node]) for node in layer}, routes, len(rows))


def _find_layers(edges: Sequence[Edge]) -> dict[str, int]:
    """Longest path from the top; then each node without a node above is drawn down to just above its first need."""
    nodes = {node for edge in edges for node in edge}
    layer = dict.fromkeys(nodes, 0)
    for _ in nodes:
        moved = [(under, layer[above] + 1) for above, under in edges if layer[under] <= layer[above]]
        if not moved:
            break
        for node, depth in moved:
            layer[node] = max(layer[node], depth)
    else:
        raise ValueError(f"the graph of {len(nodes)} nodes has a cycle")
    needed = {under for _, under in edges}
    for source in nodes - needed:
        layer[source] = min(layer[under] for above, under in edges if above == source) - 1
    return layer


def _chain(edge: Edge, layer: Mapping[str, int]) -> list[str]:
    """An edge as its ends and one dummy for each layer that it passes."""
    above, under = edge
    passed = range(layer[above] + 1, layer[under])
    return [above, *(f"{above}\n{under}\n{depth}" for depth in passed), under]


def _order(rows: list[list[str]], links: Mapping[str, set[str]]) -> dict[str, float]:
    """Places from left to right, each near the mean of its neighbors in the layers above and below."""
    across = {node: place for row in rows for node, place in zip(row, _spread(row), strict=True)}
    for sweep in range(NUM_SWEEPS):
        for depth in range(len(rows)) if sweep % 2 == 0 else reversed(range(len(rows))):
            beside = depth - 1 if sweep % 2 == 0 else depth + 1
            near = set(rows[beside]) if 0 <= beside < len(rows) else set()
            rows[depth].sort(key=lambda node, near=near: (_mean(across, links[node] & near, across[node]), node))  # type: ignore[misc]
            across |= dict(zip(rows[depth], _spread(rows[depth]), strict=True))
    return across


def _mean(across: Mapping[str, float], nodes: set[str], otherwise: float) -> float:
    return sum(across[node] for node in nodes) / len(nodes) if nodes else otherwise


def _spread(row: Sequence[str]) -> list[float]:
    """Places of a row's nodes from 0 to 1, centred; dummies are narrow."""
    widths = [DUMMY_WIDTH if "\n" in node else 1.0 for node in row]
    total, places, left = sum(widths), [], 0.0
    for width in widths:
        places.append((left + width / 2) / total)
        left += width
    return places
