"""What the page says of differences: each verdict from its interval, and nothing of what does not help left out."""

from dataclasses import replace

import pandas as pd
import pytest

from facts import tells
from further.onemodel.arms import LONGER, PREFIX_EQUAL, list_arms
from further.records.base import Interval
from further.records.onemodel import ArmRecord, OneModelRecord
from further.report.onemodel.answers import answer_additions, answer_budget, answer_layout, answer_objectives
from further.report.onemodel.kind import ONE_MODEL
from further.report.onemodel.results import OneModelResults
from further.report.onemodel.tables import (
    ADDITIONS,
    additions_table,
    budget_table,
    law_lines,
    layouts_table,
    objectives_tables,
)
from further.report.page import make_head, write_page
from further.settings import Settings
from onemodel.test_law import SHIPPED, fit

SETTINGS = {
    "study": {"kind": "onemodel"},
    "cost": {"price_per_gpu_hour": 2.0, "price_date": "2026-11"},
    "onemodel": {"objectives": ["captions", "spans"], "additions": ["all_replay", "all"], "law_fractions": [0.5]},
}


def test_few_test_cases_decide_nothing_of_layouts() -> None:
    """All answers alike: an interval without width, over too few cases to say that the layouts are."""
    equal = {PREFIX_EQUAL.replace("-", "__"): {"difference": Interval.exactly(0.0)}}
    assert answer_layout(make_results(**equal)).verdict == "unchanged"
    few = make_results(**equal)
    assert (
        answer_layout(replace(few, record=few.record.model_copy(update={"num_test_cases": 15}))).verdict == "undecided"
    )


def between(low, high):
    return Interval(estimate=(low + high) / 2, low=low, high=high)


def make_arm(table, **changed):
    about = {
        "table": table, "num_seeds": 5, "num_cases": 300, "learning_rate": 0.002, "num_parameters": 600_000,
        "num_trained_parameters": 600_000, "num_steps": 400, "flops": 1e12, "seconds": between(11.0, 13.0),
        "stored_bytes": 2_400_000, "accuracy": between(0.6, 0.7), "loss_nats": between(0.4, 0.5), "reference": None,
        "difference": None,
    }  # fmt: skip
    return ArmRecord(**about | changed)


def make_results(losses=SHIPPED, steps=(400,) * 7, end=1.05, **changed):
    """A study whose arms are alike, but for what is changed by name."""
    settings = Settings.model_validate(SETTINGS)
    arms = {name: make_arm(table) for table, names in list_arms(settings.onemodel).items() for name in names}
    for name, values in changed.items():
        arms[name.replace("__", "-")] = make_arm(arms[name.replace("__", "-")].table, **values)
    laws = fit(losses, list(steps), end)
    record = OneModelRecord(arms=arms, rates={}, num_test_cases=240, chance={"images": 0.5, "signal": 0.39})
    return OneModelResults(
        settings=settings, record=record, law=laws["loss"], error_law=laws["error"],
        jobs=pd.DataFrame([("training", "adapted-0-4", 60.0)], columns=["kind", "job", "seconds"]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.06, -0.02, "improved"),  # one stack answers fewer right: the encoder–decoder is better
        (0.02, 0.06, "worse"),
        (-0.005, 0.006, "unchanged"),
        (-0.03, 0.04, "undecided"),
    ],
)
def test_the_encoder_decoder_is_judged_by_the_difference_at_equal_compute(low, high, verdict):
    results = make_results(**{PREFIX_EQUAL: {"difference": between(low, high)}})
    assert answer_layout(results).verdict == verdict


def test_pre_training_that_hurts_is_said_to():
    results = make_results(
        objective__captions__300={"difference": between(-0.03, -0.012)},
        objective__spans__300={"difference": between(-0.08, -0.05)},
    )
    answer = answer_objectives(results)
    assert answer.verdict == "worse" and "captions" in answer.sentence  # the best of them
    none, captions, spans = objectives_tables(results)[0].rows
    assert [row[0].split()[0] for row in (none, captions, spans)] == ["none:", "captions", "span"]
    assert "−2.1 (−3.0 to −1.2)" in captions


def test_a_way_that_forgets_is_not_the_one_that_is_shown():
    results = make_results(
        addition__all_replay={"accuracy": between(0.70, 0.76), "old_difference": between(-0.02, 0.01)},
        addition__all={"accuracy": between(0.78, 0.82), "old_difference": between(-0.65, -0.60)},
    )
    answer = answer_additions(results)
    assert answer.verdict == "improved"
    assert answer.sentence.lower().startswith(ADDITIONS["all_replay"]) and ADDITIONS["all"] in answer.doubt
    assert additions_table(results).rows[1][-1] == "−62.5 (−65.0 to −60.0)"


@pytest.mark.parametrize(
    ("accuracy", "old", "verdict", "word"),
    [
        (between(0.70, 0.76), between(-0.02, 0.01), "improved", "12\u202fs of training, 2.40 MB."),
        (between(0.30, 0.36), between(-0.02, 0.01), "undecided", "Not known yet."),  # the most frequent answer: 39 %
        (between(0.70, 0.76), between(-0.65, -0.60), "worse", "The old modality."),
    ],
)
def test_what_a_modality_costs_follows_from_its_arm(accuracy, old, verdict, word):
    arm = {"accuracy": accuracy, "old_difference": old}
    answer = answer_additions(make_results(addition__all_replay=arm, addition__all=arm))
    assert (answer.verdict, answer.word) == (verdict, word)


def test_more_operations_are_not_fewer():
    said = answer_layout(make_results(encoder_decoder={"flops": 1.2e12})).details[0]
    assert "20.0% more" in said


def test_the_cost_of_the_study_is_in_its_head():
    assert dict(make_head(make_results()).facts)["Cost"] == "0.03 EUR"  # 60 s at 2 EUR an hour
    jobs = make_results().jobs.assign(seconds=float("nan"))
    facts = dict(make_head(replace(make_results(), jobs=jobs)).facts)
    assert facts["Computing time"] == "not known" and "Cost" not in facts


def test_without_objectives_or_additions_their_questions_are_not_asked():
    results = make_results()
    settings = results.settings | {
        "onemodel": results.settings.onemodel.model_dump() | {"objectives": [], "additions": []}
    }
    bare = OneModelResults(**{**vars(results), "settings": settings})
    assert answer_objectives(bare) is None and answer_additions(bare) is None and objectives_tables(bare) == []


def test_a_law_of_equal_steps_gives_no_floor_and_names_the_run_that_tells():
    results = make_results(**{LONGER: {"num_steps": 1200, "loss_nats": between(0.11, 0.12)}})
    lines = " ".join(law_lines(results))
    assert tells(lines, "1,200 steps", 0.212)
    assert answer_budget(results).verdict == "undecided"


def test_an_honest_law_has_a_floor_and_predicts():
    sizes = (60, 120, 240, 480, 960, 1920, 3840)
    results = make_results([0.1 + 4 * n**-0.5 for n in sizes], [int(4 * n**0.75) for n in sizes], 1.002)
    assert "Irreducible loss c: 0.10" in law_lines(results)[0]
    rows = budget_table(results).rows
    assert [row[1] for row in rows[:3]] == ["measured"] * 3 and rows[3][:2] == ("7,680", "predicted")
    assert rows[3][3] == "0.040" and " to " in rows[3][4]  # 72 s at 2 EUR an hour, and a loss with its interval
    assert answer_budget(results).verdict == "improved"
    first, *rest = results.law.forecasts
    nothing = replace(first, gain_nats=replace(first.gain_nats, low=-0.02))
    law = results.law.model_copy(update={"forecasts": (nothing, *rest)})
    assert answer_budget(replace(results, law=law)).verdict == "undecided"  # a gain that may be none


def test_parameters_operations_and_rates_stand_beside_each_layout():
    row = layouts_table(make_results()).rows[0]
    assert row[:1] == ("encoder–decoder",)
    assert row[1:6] == ("0.002", "600,000", "600,000", "400", "1.00") and row[7] == "65.0 (60.0 to 70.0)"


def test_the_page_is_written_with_what_is_missing_left_out(tmp_path):
    write_page(ONE_MODEL, make_results(objective__captions__300={"difference": between(-0.03, 0.02)}), tmp_path)
    page = (tmp_path / "index.html").read_text()
    assert page.count("<article") == 4 and '<details class="part" open>' in page
    assert (tmp_path / "figures/arms.svg").is_file() and (tmp_path / "data/arms.csv").is_file()
