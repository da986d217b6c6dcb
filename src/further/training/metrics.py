"""A run's metrics file: its settings, its data, what was trained and what came of it. No times: those vary."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from further.settings import Run
from further.tokens.packing import Packed
from further.training.recipe import Outcome
from further.vision.choice import Questions


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


def describe_questions(run: Run, chosen: Questions) -> dict[str, Any]:
    """What a run on questions was trained on; unique tokens are those of the answers, each with its end."""
    return {
        "settings": run.model_dump(),
        "cases": chosen.cases,
        "num_cases": len(chosen.cases),
        "num_questions": chosen.num_questions,
        "num_unique_tokens": chosen.num_labels,
        "num_cut": chosen.num_cut,
        "num_without_end": chosen.num_open,
        "num_asked_twice": chosen.num_twice,
        "num_too_long": len(chosen.too_long),
    }


def describe_run(name: str, outcome: Outcome) -> dict[str, Any]:
    """What a run did; losses in nats per token, efficiency of the positions computed."""
    return {"run": name} | {key: value for key, value in asdict(outcome).items() if key not in ("history", "timing")}
