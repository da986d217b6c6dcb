"""A run's metrics file: its settings, its data, what was trained and what came of it. No times: those vary."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from further.settings import Run
from further.tokens.packing import Packed
from further.training.recipe import Outcome


def describe_data(run: Run, papers: Sequence[str], packed: Packed, num_replay_tokens: int) -> dict[str, Any]:
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
    """What a run did; losses in nats per token, efficiency of the positions computed."""
    return {"run": name} | {key: value for key, value in asdict(outcome).items() if key not in ("history", "timing")}
