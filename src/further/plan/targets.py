"""Where adapters sit, and how many parameters they have; the rules are peft's, so that the counts are its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from further.plan.shape import Linear, Shape

ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")


@dataclass(frozen=True)
class Adapter:
    """LoRA on some linear layers of a model.

    Attributes:
        rank: r.
        names: Dotted names of the layers it sits on.
        first: Block and stage of the earliest of them: nothing before it needs a gradient.
        parameters: Trainable parameters, r × (inputs + outputs) per layer.
    """

    rank: int
    names: frozenset[str]
    first: tuple[int, int]
    parameters: int


def place_adapter(shape: Shape, target_modules: str | Sequence[str], rank: int) -> Adapter:
    """Find the layers that a choice of modules means.

    Args:
        shape: The model.
        target_modules: "attention" (q, k, v, o), "all-linear" (every linear layer but the head), a list of modules'
            names or ends of names, or a regular expression that matches whole dotted names.
        rank: r.

    Raises:
        ValueError: If no layer is meant, or the expression is none.

    Source:
        Hu et al. 2022 (LoRA), section 4.1: W + B·A with A r × inputs and B outputs × r.
    """
    adapted = [linear for linear in (*shape.linears, shape.head) if is_target(linear.name, target_modules)]
    if not adapted:
        raise ValueError(f"target_modules {target_modules!r} names no linear layer of a {shape.model_type}")
    return Adapter(
        rank=rank,
        names=frozenset(linear.name for linear in adapted),
        first=min((linear.layer, linear.stage) for linear in adapted),
        parameters=sum(adapter_parameters(linear, rank) for linear in adapted),
    )


def adapter_parameters(linear: Linear, rank: int) -> int:
    """Parameters of A and B on one layer."""
    return rank * (linear.inputs + linear.outputs)


def is_target(name: str, target_modules: str | Sequence[str]) -> bool:
    """Whether a linear layer of a block is meant, as peft decides it.

    >>> is_target("model.layers.0.mlp.up_proj", ["up_proj"]), is_target("model.layers.0.mlp.up_proj", ".*up")
    (True, False)
    """
    if target_modules == "all-linear":
        return name != "lm_head"
    names = ATTENTION if target_modules == "attention" else target_modules
    if isinstance(names, str):
        try:
            return re.fullmatch(names, name) is not None
        except re.error as error:
            raise ValueError(f"target_modules {names!r} is no regular expression: {error}") from error
    return any(name == end or name.endswith(f".{end}") for end in names)
