"""Which rule of a workflow needs the files of which. Standard library only: read while Snakemake plans."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol


class Rule(Protocol):
    """What tracing asks of a rule; Snakemake's rules answer it."""

    name: str

    def is_producer(self, requested_output: str) -> bool:
        """Whether a file is one of the rule's outputs."""

    def get_wildcards(self, requested_output: str) -> Mapping[str, str]:
        """Values of the rule's wildcards for one of its outputs."""

    def expand_input(self, wildcards: Mapping[str, str]) -> Sequence[Any]:
        """First of all, the input files for some values of the wildcards."""


def trace_rules(rules: Iterable[Rule], target: str) -> list[tuple[str, str]]:
    """Follow every file from a target down to the rule that makes it.

    Args:
        rules: Every rule of the workflow.
        target: Name of the rule to start from.

    Returns:
        Pairs (rule, rule that needs one of its files), sorted.

    Raises:
        StopIteration: If there is no such target.
    """
    known = list(rules)
    start = next(one for one in known if one.name == target)
    edges: set[tuple[str, str]] = set()
    waiting: list[tuple[Rule, Mapping[str, str]]] = [(start, {})]
    seen = set()
    while waiting:
        needing, values = waiting.pop()
        for file in needing.expand_input(values)[0]:
            maker = next((one for one in known if one.is_producer(file)), None)
            if maker is None:
                continue
            edges.add((maker.name, needing.name))
            found = maker.get_wildcards(file)
            job = (maker.name, *sorted(found.items()))
            if job not in seen:
                seen.add(job)
                waiting.append((maker, found))
    return sorted(edges)
