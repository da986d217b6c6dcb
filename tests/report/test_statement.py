"""The study in the order of a reporting guideline: what it names, in a reader's words."""

from typing import Any

import pytest

from facts import tells
from further.report.answers.more_data import answer_more_data
from further.report.results import name_base
from further.report.sections.made import fill_made
from further.report.sections.statement import statement_table
from report.law_case import make_law
from report.probes_case import NOTHING_ASKED
from report.results_case import make_comparison, make_results, make_settings, paired, with_default


def test_the_statement_names_split_base_and_what_is_not_known() -> None:
    said = dict(statement_table(make_results()).rows)
    assert "16 for training, 2 for validation and 7 held out" in said["Split"]
    assert "tiny" in said["Model and version"]
    assert "quantization nf4, target modules all-linear, rank 8, context 256, epochs 4" in said["Training"]
    assert "1,024 tokens, stride 512" in said["Outcome"] and "float32" in said["Outcome"]
    assert [row.split(",")[0] for row in said if said[row].startswith("Not known")] == ["Dates", "Ethics"]


def test_what_was_not_run_or_asked_is_not_stated() -> None:
    alone = make_results(comparison=with_default(paired(6.0, -0.5, -0.6, -0.4)), asked=NOTHING_ASKED)
    assert "seeds" in dict(statement_table(make_results()).rows)["Uncertainty"]
    assert "seeds" not in dict(statement_table(alone).rows)["Uncertainty"]
    assert fill_made(make_results())["asked"] and not fill_made(alone)["asked"]


def test_a_list_of_target_modules_is_told_in_words_wherever_settings_are_named() -> None:
    comparison = make_comparison()
    default = comparison.default.model_copy(
        update={"settings": comparison.default.settings | {"target_modules": ["q_proj", "v_proj"]}}
    )
    results = make_results(
        comparison=make_comparison(runs=comparison.runs | {"default": default}),
        law=make_law(conditional_on={"target_modules": ["q_proj", "v_proj"]}),
    )
    assert "target modules q_proj + v_proj," in dict(statement_table(results).rows)["Training"]
    assert "target modules q_proj + v_proj." in answer_more_data(results).details[-1]


@pytest.mark.parametrize(
    ("model", "facts"),
    [
        ({"name": "tiny", "source": "toy", "path": None}, ["tiny", "scratch"]),
        ({"name": "own", "source": "gguf", "path": "/somewhere/q4.gguf"}, ["own", "q4.gguf"]),
        ({"name": "own", "source": "folder", "path": "/somewhere/llama"}, ["own", "llama"]),
        ({"source": "hub", "path": "org/model", "revision": "0e9e" * 10}, ["org/model", "0e9e" * 10]),
    ],
)
def test_the_base_is_named_without_a_machine_s_paths(model: dict[str, Any], facts: list[str]) -> None:
    name = name_base(make_settings(model=model))
    assert tells(name, *facts) and "/somewhere" not in name
