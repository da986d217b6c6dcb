"""A run's metrics: its settings, its data, what was trained and what came of it. No times: those vary."""

from collections.abc import Sequence
from typing import Any

from further.records.training import Metrics
from further.settings import Run
from further.tokens.packing import Packed
from further.training.recipe import Outcome


def describe_papers(
    name: str, run: Run, papers: Sequence[str], packed: Packed, num_replay_tokens: int, outcome: Outcome
) -> Metrics:
    """Of a run on papers; unique tokens are theirs, general text apart."""
    return Metrics(
        run=name,
        settings=run,
        papers=tuple(papers),
        num_papers=len(papers),
        num_unique_tokens=packed.num_tokens - num_replay_tokens,
        num_replay_tokens=num_replay_tokens,
        num_dropped_tokens=packed.num_dropped,
        **results_of(outcome),
    )


def results_of(outcome: Outcome) -> dict[str, Any]:
    """What came of a run, whatever it was trained on: the fields that both kinds of metrics share."""
    return {name: value for name, value in vars(outcome).items() if name not in ("history", "timing")}
