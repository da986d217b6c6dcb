"""How many positions a model has: beyond them some families fail, and others go on and give wrong numbers."""

from collections.abc import Mapping
from typing import Any

LIMITS = ("max_position_embeddings", "n_positions")  # of config.json; GPT-2 and its kin have the second


def check_length(config: Mapping[str, Any], setting: str, length: int) -> None:
    """Refuse rows or windows that are longer than the model's positions.

    Raises:
        ValueError: With setting, value and limit.
    """
    limit = find_limit(config)
    if limit is not None and length > limit:
        raise ValueError(f"{setting}: {length} is more than the {limit} positions of the base model (config.json)")


def find_limit(config: Mapping[str, Any]) -> int | None:
    """Positions that a model takes, None where its configuration gives none.

    Where rotations are stretched, some configurations give the length before and some after (Qwen2.5 and Llama 3.1):
    the larger one counts, so that nothing is refused that may be right.

    >>> find_limit({"max_position_embeddings": 32768, "rope_scaling": {"rope_type": "yarn", "factor": 4.0}})
    131072
    """
    part = config.get("encoder") or config  # of an encoder with a decoder, what the prompt takes
    text = part.get("text_config") or part
    given = next((int(text[key]) for key in LIMITS if text.get(key)), None)
    if given is None:
        return None
    rotations = text.get("rope_parameters") or text.get("rope_scaling") or {}
    parts = [rotations, *(part for part in rotations.values() if isinstance(part, Mapping))]  # Gemma 3: one per kind
    stretched = [
        (part.get("original_max_position_embeddings") or given) * part["factor"] for part in parts if part.get("factor")
    ]
    return int(max(given, *stretched, 0))
