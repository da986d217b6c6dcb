"""How sure a difference is: how many papers it rests on, and what other seeds gave."""

from collections.abc import Mapping
from typing import Any

from further.report.wording import THIN, count_noun, join_words, show_change, show_number

FEWEST_PAPERS = 6  # with five papers even a change of all of them in one direction has p = 2 / 2**5 > 0.05


def say_papers(papers: Mapping[str, Any]) -> list[str]:
    """How many papers improved, and whether the interval may be trusted.

    Args:
        papers: A comparison of two models: num_improved, num_documents, p_value, trustworthy.
    """
    said = [f"{papers['num_improved']} of {count_noun(papers['num_documents'], 'paper')} improved"]
    if papers["p_value"] is not None:
        said[0] += f" (p{THIN}={THIN}{show_number(papers['p_value'], 2)} if nothing had changed)"
    said[0] += "."
    if not papers["trustworthy"]:
        said.append(
            f"The interval is not to be trusted: it rests on {count_noun(papers['num_documents'], 'held-out paper')}, "
            f"and needs at least {FEWEST_PAPERS}."
        )
    return said


def say_seeds(comparison: Mapping[str, Any]) -> list[str]:
    """The same run with other seeds: what training itself adds to the uncertainty."""
    changes = [show_change(change) for change in seed_changes(comparison)]
    if not changes:
        return ["One seed only: the interval covers the choice of papers, not the luck of training."]
    seeds = "another seed" if len(changes) == 1 else f"{len(changes)} other seeds"
    return [f"The same run with {seeds} gave {join_words(changes)} nats per token."]


def seed_changes(comparison: Mapping[str, Any]) -> list[float]:
    """Changes on held-out papers of the runs that differ from the default run in their seed only, nats per token."""
    runs = comparison["runs"]
    default = runs[comparison["default_run"]]["settings"]
    return [
        run["papers"]["difference_nats_per_token"]["estimate"]
        for name, run in sorted(runs.items())
        if name != comparison["default_run"] and differing_settings(run["settings"], default) == {"seed"}
    ]


def luck_of_seeds(comparison: Mapping[str, Any]) -> float | None:
    """How far another seed alone moved the default run at most, nats per token; None where no other seed was run."""
    papers = comparison["runs"][comparison["default_run"]]["papers"]
    own = papers["difference_nats_per_token"]["estimate"]
    return max((abs(change - own) for change in seed_changes(comparison)), default=None)


def differing_settings(settings: Mapping[str, Any], default: Mapping[str, Any]) -> set[str]:
    """Names of the settings in which a run differs from another."""
    return {name for name in {*settings, *default} if settings.get(name) != default.get(name)}
