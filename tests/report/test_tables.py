"""The tables behind the figures."""

import numpy as np
import pandas as pd
import pytest

from further.report.inputs import ReportInputs
from further.report.tables import (
    forgetting,
    learning_curves,
    ledger,
    paired_difference,
    perplexity_by_paper,
    quantization,
    settings,
)
from report.study import make_comparison, make_inputs


def documents(values: list[float], tokens: list[int]) -> list[dict[str, object]]:
    return [
        {"document": f"d{index}", "after_nats_per_token": value, "num_tokens": number}
        for index, (value, number) in enumerate(zip(values, tokens, strict=True))
    ]


def test_paired_difference_of_equal_papers_is_student_s_interval() -> None:
    """Changes 0.1, 0.2, 0.3: mean 0.2, standard error 0.1 / sqrt(3), t(0.975, 2) = 4.302653."""
    result = paired_difference(documents([1.1, 2.2, 3.3], [10, 10, 10]), documents([1.0, 2.0, 3.0], [10, 10, 10]))
    assert result is not None
    half = 4.302653 * 0.1 / np.sqrt(3)
    assert result["difference_nats_per_token"] == pytest.approx(0.2)
    assert (result["low"], result["high"]) == pytest.approx((0.2 - half, 0.2 + half), rel=1e-5)
    assert result["num_documents"] == 3


def test_paired_difference_weighs_papers_by_their_tokens() -> None:
    """(300 * 0.1 + 100 * 0.5) / 400 = 0.2."""
    result = paired_difference(documents([1.1, 1.5], [300, 100]), documents([1.0, 1.0], [300, 100]))
    assert result is not None and result["difference_nats_per_token"] == pytest.approx(0.2)


def test_paired_difference_uses_common_papers_only_and_one_paper_has_no_interval() -> None:
    result = paired_difference(documents([1.1, 9.0], [10, 10]), documents([1.0], [10]))
    assert result == {"difference_nats_per_token": pytest.approx(0.1), "low": None, "high": None, "num_documents": 1}
    assert paired_difference(documents([1.1], [10]), []) is None


def test_papers_are_sorted_from_most_improved_to_least(inputs: ReportInputs) -> None:
    table = perplexity_by_paper(inputs)
    assert len(table) == 7
    assert table["difference_nats_per_token"].is_monotonic_increasing
    change = np.log(table["after_perplexity"] / table["before_perplexity"]).to_list()
    assert change == pytest.approx(table["difference_nats_per_token"].to_list())


def test_learning_curves_mark_runs_that_differ_in_more_than_data_and_seed(inputs: ReportInputs) -> None:
    table = learning_curves(inputs)
    assert table.loc[table["swept"] == "", "run"].nunique() == 15
    assert set(table.loc[table["run"] == "context-128", "swept"]) == {"context"}
    assert len(table) == sum(len(history) for history in inputs.history.values())


def test_quantization_goes_from_full_precision_down(inputs: ReportInputs) -> None:
    table = quantization(inputs)
    assert list(dict.fromkeys(table["quantization"])) == ["none", "int8", "nf4"]
    assert table.loc[table["quantization"] == "none", "cost_nats"].isna().all()
    nf4 = table[(table["quantization"] == "nf4") & (table["subject"] == "adapted")].iloc[0]
    assert (nf4["cost_nats"], nf4["low"], nf4["high"]) == (0.011, 0.004, 0.018)


def test_settings_compare_runs_that_differ_in_one_setting(inputs: ReportInputs) -> None:
    table = settings(inputs).set_index("run")
    assert set(table.index) == {
        "target_modules-attention",
        "context-128",
        "gradient_accumulation_steps-4",
        "seed-1",
        "seed-2",
    }
    assert table.loc["context-128", "difference_nats_per_token"] == pytest.approx(0.02)
    assert table.loc["target_modules-attention", "setting"] == "target_modules"


def test_ledger_adds_up_and_starts_with_what_was_kept(inputs: ReportInputs) -> None:
    table = ledger(inputs)
    assert table.loc[0, "reason"] == "kept"
    assert table["characters"].sum() == inputs.ledger["characters"].sum()
    assert table["share"].sum() == pytest.approx(1)


def test_empty_ledger_is_an_empty_table() -> None:
    assert ledger(make_inputs(ledger=pd.DataFrame({"paper": [], "reason": [], "characters": []}))).empty


def test_settings_of_a_study_with_one_run_are_empty() -> None:
    comparison = make_comparison()
    comparison["runs"] = {"default": comparison["runs"]["default"]}
    assert settings(make_inputs(comparison=comparison)).empty


def test_a_study_without_held_out_papers_has_an_empty_table() -> None:
    comparison = make_comparison()
    comparison["runs"]["default"]["papers"]["documents"] = []
    assert perplexity_by_paper(make_inputs(comparison=comparison)).empty


def test_a_long_run_is_thinned_to_its_validated_and_evenly_chosen_steps() -> None:
    steps = np.arange(1, 5001)
    validation = np.where(steps % 777 == 0, 5.5, np.nan)
    columns = {"step": steps, "num_tokens": steps * 256, "loss_nats": 5.0, "validation_loss_nats": validation}
    inputs = make_inputs()
    table = learning_curves(make_inputs(history={**inputs.history, "default": pd.DataFrame(columns)}))
    kept = table[table["run"] == "default"]["step"].to_list()
    assert {1, 5000, 777, 1554, 4662} <= set(kept)
    assert 400 <= len(kept) <= 406
    assert kept == sorted(kept)


def with_runs(**settings: dict[str, object]) -> dict[str, object]:
    """The comparison of the small study with more runs; each has the default run's settings and some of its own."""
    comparison = make_comparison()
    default = comparison["runs"]["default"]
    for name, own in settings.items():
        comparison["runs"][name] = {**default, "settings": {**default["settings"], **own}}
    return comparison


def test_settings_that_a_sweep_moved_together_are_one_row_and_numbers_stand_by_size() -> None:
    comparison = with_runs(a={"rank": 16, "alpha": 32}, b={"rank": 4, "alpha": 8}, c={"rank": 4, "seed": 1})
    table = settings(make_inputs(comparison=comparison))
    joined = table[table["setting"] == "alpha, rank"]
    assert joined["value"].to_list() == ["8, 4", "32, 16"]
    assert "c" not in set(table["run"])  # a seed beside another setting shows neither's effect


def test_replay_share_stands_beside_runs_that_differ_in_it_and_the_seed_only() -> None:
    comparison = with_runs(
        none={"replay_fraction": 0.0},
        tenth={"replay_fraction": 0.1, "seed": 1},
        other={"replay_fraction": 0.1, "rank": 4},
    )
    shares = forgetting(make_inputs(comparison=comparison)).query("text_set == 'general'").set_index("run")
    assert shares.loc["none", "replay_fraction"] == 0.0 and shares.loc["tenth", "replay_fraction"] == 0.1
    assert shares.loc[["other", "context-128"], "replay_fraction"].isna().all()


def test_a_list_of_target_modules_is_told_in_words() -> None:
    comparison = with_runs(some={"target_modules": ["q_proj", "v_proj"]})
    assert settings(make_inputs(comparison=comparison)).set_index("run").loc["some", "value"] == "q_proj + v_proj"
