"""What scoring a run takes: one forward pass over the held-out texts, window by window."""

import math
from collections.abc import Iterable

from further.plan.flops import forward_flops
from further.plan.shape import Shape
from further.plan.targets import Adapter


def count_inputs(lengths: Iterable[int], window: int, stride: int) -> tuple[int, int]:
    """Positions computed, and the sum of the squares of the windows' lengths, which attention goes with.

    A window reaches back to its full length. A document that fits in one has as many inputs as tokens.

    >>> count_inputs([5, 10], 6, 3)  # 5 alone; 6 and then two windows of 6 for 3 and 1 more
    (23, 133)
    """
    inputs = pairs = 0
    for length in lengths:
        more = math.ceil((length - window) / stride) if length > window else 0
        inputs += min(length, window) + more * window
        pairs += min(length, window) ** 2 + more * window**2
    return inputs, pairs


def scoring_flops(shape: Shape, adapter: Adapter, lengths: Iterable[int], window: int, stride: int) -> float:
    """Floating-point operations of scoring documents with an adapter on its base."""
    inputs, pairs = count_inputs(lengths, window, stride)
    return forward_flops(shape, adapter, 1, pairs / inputs) * inputs if inputs else 0.0
