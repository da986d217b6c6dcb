"""Which rule needs which, on rules made by hand; tests/workflow holds it against Snakemake's own graph."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from further.report.trace import trace_rules


@dataclass
class MadeRule:
    """A rule with one output pattern, in which `{n}` stands for digits."""

    name: str
    output: str
    inputs: list[str] = field(default_factory=list)

    def is_producer(self, requested_output: str) -> bool:
        return self._match(requested_output) is not None

    def get_wildcards(self, requested_output: str) -> Mapping[str, str]:
        found = self._match(requested_output)
        assert found is not None
        return found.groupdict()

    def expand_input(self, wildcards: Mapping[str, str]) -> list[Any]:
        return [[file.format(**wildcards) for file in self.inputs]]

    def _match(self, file: str) -> re.Match[str] | None:
        return re.fullmatch(self.output.replace("{n}", "(?P<n>[0-9]+)"), file)


RULES = [
    MadeRule("all", "", ["page", "part-1"]),
    MadeRule("write", "page", ["part-1", "part-2", "given.txt"]),
    MadeRule("make", "part-{n}", ["raw-{n}"]),
    MadeRule("fetch", "raw-{n}"),
    MadeRule("unused", "other", ["page"]),
]


def test_rules_are_found_from_the_target_down_and_given_files_are_nobody_s() -> None:
    expected = [("fetch", "make"), ("make", "all"), ("make", "write"), ("write", "all")]
    assert trace_rules(RULES, "all") == expected


def test_an_unknown_target_is_an_error() -> None:
    with pytest.raises(StopIteration):
        trace_rules(RULES, "nothing")
