"""How a batch of so many tokens is cut into rows; apart from `config`, so that training does not follow all of it."""

from collections.abc import Mapping
from typing import Any


def micro_batch(run: Mapping[str, Any]) -> int:
    """Rows per forward pass: the batch's tokens over context and accumulation.

    Args:
        run: Settings batch_tokens, context and accumulation.

    Raises:
        ValueError: If they do not divide.
    """
    rows, rest = divmod(run["batch_tokens"], run["context"] * run["accumulation"])
    if rest or not rows:
        raise ValueError(
            f"training.batch_tokens: {run['batch_tokens']} is not a multiple of "
            f"context × accumulation = {run['context']} × {run['accumulation']}"
        )
    return int(rows)
