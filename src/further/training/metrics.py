"""A run's metrics: its settings, its data, what was trained and what came of it. No times: those vary."""

from collections.abc import Sequence
from typing import Any

from further.records import CaseMetrics, Metrics
from further.settings import Run
from further.tokens.packing import Packed
from further.training.recipe import Outcome
from further.vision.choice import Questions


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
        **_results(outcome),
    )


def describe_questions(name: str, run: Run, chosen: Questions, outcome: Outcome) -> CaseMetrics:
    """Of a run on questions; unique tokens are those of the answers, each with its end."""
    return CaseMetrics(
        run=name,
        settings=run,
        cases=tuple(chosen.cases),
        num_cases=len(chosen.cases),
        num_questions=chosen.num_questions,
        num_unique_tokens=chosen.num_labels,
        num_cut=chosen.num_cut,
        num_without_end=chosen.num_open,
        num_asked_twice=chosen.num_twice,
        num_too_long=len(chosen.too_long),
        **_results(outcome),
    )


def _results(outcome: Outcome) -> dict[str, Any]:
    return {name: value for name, value in vars(outcome).items() if name not in ("history", "timing")}
