"""A run's metrics file: its settings, its data, what was trained and what came of it. No times: those vary."""

from collections.abc import Sequence
from typing import Any, Protocol

from further.settings import Run
from further.training.recipe import Outcome


class Counted(Protocol):
    """Packed rows that know what was packed."""

    @property
    def num_tokens(self) -> int:
        """Tokens of all documents, end marks counted."""

    @property
    def num_dropped(self) -> int:
        """Tokens that are no label."""


def describe_data(run: Run, papers: Sequence[str], packed: Counted, num_replay_tokens: int) -> dict[str, Any]:
    """What a run was trained on; unique tokens are those of the papers, general text apart."""
    return {
        "settings": run.model_dump(),
        "papers": list(papers),
        "num_papers": len(papers),
        "num_unique_tokens": packed.num_tokens - num_replay_tokens,
        "num_replay_tokens": num_replay_tokens,
        "num_dropped_tokens": packed.num_dropped,
    }


def describe_run(name: str, outcome: Outcome) -> dict[str, Any]:
    """What a run did; losses in nats per token."""
    return {
        "run": name,
        "parameters": outcome.parameters.as_dict(),
        "packing_efficiency": outcome.packing_efficiency,  # of the positions computed
        "num_steps": outcome.num_steps,
        "stopped_early": outcome.stopped_early,
        "num_trained_tokens": outcome.num_trained_tokens,
        "final_train_loss_nats": outcome.final_train_loss_nats,
        "validation_loss_nats": outcome.validation_loss_nats,
    }
