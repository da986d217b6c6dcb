"""What a run trains: its adapter, and with `train_embeddings` copies of embeddings and head; peft's counts are met."""

from dataclasses import dataclass

from further.plan.shape import MLP_OUT, Linear, Shape
from further.settings import Run
from further.targets import match_targets

BEFORE_ALL = (-1, MLP_OUT)  # where embeddings are trained, every block needs gradients


@dataclass(frozen=True)
class Adapter:
    """LoRA on some linear layers of a model, and what is trained beside it.

    Attributes:
        first: Block and stage of the earliest that is trained: nothing before it needs a gradient.
        low_rank: Parameters of A and B, r × (inputs + outputs) per layer.
        magnitudes: Of DoRA, one per output of each layer; 0 without.
        copied: Of the trained copies of the embeddings and of a head with weights of its own; the originals stay.
        multiplies_twice: Whether DoRA multiplies what dropout left with the frozen weights, too.
    """

    rank: int
    names: frozenset[str]
    first: tuple[int, int]
    low_rank: int
    magnitudes: int = 0
    copied: int = 0
    multiplies_twice: bool = False

    @property
    def parameters(self) -> int:
        """All that is trained, and all that stands beside the base model."""
        return self.low_rank + self.magnitudes + self.copied


def place_adapter(shape: Shape, run: Run) -> Adapter:
    """Find what a run's settings train.

    Raises:
        ValueError: If no layer is meant.

    Source:
        Hu et al. 2022 (LoRA), section 4.1: W + B·A with A r × inputs and B outputs × r; Liu et al. 2024 (DoRA),
        section 4: one magnitude per output, as peft has it.
    """
    names = frozenset(match_targets([linear.name for linear in shape.linears], run.target_modules))
    adapted = [linear for linear in shape.linears if linear.name in names]
    embeddings = run.train_embeddings
    return Adapter(
        rank=run.rank,
        names=names,
        first=BEFORE_ALL if embeddings else min((linear.layer, linear.stage) for linear in adapted),
        low_rank=sum(adapter_parameters(linear, run.rank) for linear in adapted),
        magnitudes=sum(linear.outputs for linear in adapted) if run.dora else 0,
        copied=shape.head_weights * (1 if shape.tied else 2) if embeddings else 0,
        multiplies_twice=run.dora and run.dropout > 0,
    )


def adapter_parameters(linear: Linear, rank: int) -> int:
    """Parameters of A (rank × inputs) and B (outputs × rank) on one layer."""
    return rank * (linear.inputs + linear.outputs)
