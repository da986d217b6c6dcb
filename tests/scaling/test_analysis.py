"""The whole answer: what stands in it, what is refused, and what happens where there is no law."""

import json
from dataclasses import replace

import pytest

from facts import tells
from further.scaling.analysis import analyse_curve
from further.scaling.cost import UnitCosts
from further.scaling.curve import Point
from further.scaling.units import make_target
from scaling.curves import make_curve

SETTINGS = {"base": "tiny", "rank": 8, "epochs": 1}
FRACTIONS = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0]
COST = UnitCosts(
    1000.0, price_per_gpu_hour=20.0, currency="SEK", price_date="2026-11-01", tokens_per_paper=9e3, yearly_budget=1e4
)


def make_points(noise=0.005, smallest=2e4, **settings):
    t, y = make_curve(a=20.0, b=0.3, c=2.0, smallest=smallest, span=16.0, num_sizes=5, seeds=3, noise=noise)
    return [
        Point(
            f"fraction-{FRACTIONS[i // 3]}_seed-{i % 3}",
            float(t[i]),
            float(y[i]),
            FRACTIONS[i // 3],
            i % 3,
            SETTINGS | settings,
        )
        for i in range(15)
    ]


@pytest.fixture(scope="module")
def record():
    targets = [make_target(value, "nats") for value in (2.8, 2.6, 2.0, 0.5)]
    return analyse_curve(make_points(), targets, COST).to_json()


def test_it_is_json_without_nan(record):
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_it_says_what_the_axis_is_and_what_holds(record):
    assert record["x_axis"] == "unique training tokens"
    assert record["epochs"] == 1
    assert record["conditional_on"] == SETTINGS
    assert record["fit"]["num_sizes"] == 5
    assert record["fit"]["span"] == pytest.approx(16.0)


def test_the_largest_size_is_marked_as_held_out(record):
    assert [point["run"] for point in record["points"] if point["held_out"]] == [
        f"fraction-1.0_seed-{i}" for i in range(3)
    ]
    assert record["holdout"]["num_points_held"] == 3


def test_a_held_out_run_may_be_smaller_than_one_that_was_seen():
    """Sizes are labels: one seed's whole is half of another's, and less than the largest half."""
    points = [replace(one, num_unique_tokens=1.5e5 if one.run == "fraction-1.0_seed-1" else one.num_unique_tokens)
              for one in make_points()]  # fmt: skip
    held = [point.run for point in analyse_curve(points).points if point.held_out]
    assert held == [f"fraction-1.0_seed-{i}" for i in range(3)]


def test_every_target_has_a_verdict_and_its_cost(record):
    assert record["targets"][0]["verdict"] == "reached"
    assert record["targets"][0]["cost"]["currency"] == "SEK"
    assert record["targets"][-1]["tokens"] is None and record["targets"][-1]["cost"] is None


def test_forecasts_stand_at_factors_of_the_largest_size(record):
    assert [one["factor"] for one in record["forecasts"]] == pytest.approx([2.0, 4.0, 8.0])
    assert record["budget"]["num_tokens"] == pytest.approx(1e4 / 20.0 * 3600 * 1000)
    assert record["band"][0]["num_tokens"] == pytest.approx(record["fit"]["smallest"])
    assert not record["band"][0]["extrapolated"] and record["band"][-1]["extrapolated"]


def test_same_points_same_answer(record):
    targets = [make_target(value, "nats") for value in (2.8, 2.6, 2.0, 0.5)]
    again = analyse_curve(make_points()[::-1], targets, COST).to_json()
    assert again["law"]["c"] == pytest.approx(record["law"]["c"], rel=1e-9)


def test_a_curve_that_cannot_be_fitted_is_a_result():
    record = analyse_curve(make_points()[:6], [make_target(9.0, "nats"), make_target(1.0, "nats")], COST).to_json()
    assert not record["fitted"]
    assert tells(record["reason"], "2 different sizes", 4)
    assert [one["verdict"] for one in record["targets"]] == ["reached", "undecided"]
    assert len(record["points"]) == 6
    assert record["law"] is None
    json.dumps(record, allow_nan=False)


def test_losses_that_are_refused_themselves_reach_no_target():
    """One of -0.5 nats, accuracies in place of losses, and runs that differ in a setting: none counts."""
    sizes = [1e6, 1e7, 1e8, 1e9]
    curves = {"-0.5": [3.0, 2.0, 1.0, -0.5], "rises": [0.3, 0.35, 0.4, 0.45], "rank": [3.0, 2.5, 2.2, 2.0]}
    for reason, losses in curves.items():
        ranks = [{"rank": 8 + i * (reason == "rank")} for i in range(4)]
        points = [Point(f"run {i}", sizes[i], losses[i], settings=ranks[i]) for i in range(4)]
        record = analyse_curve(points, [make_target(2.8, "nats")]).to_json()
        assert reason in record["reason"]
        assert record["targets"][0]["verdict"] == "undecided"


def test_no_points_at_all_is_a_result():
    assert "0 points" in analyse_curve([]).to_json()["reason"]


def test_a_rising_curve_is_a_result():
    points = make_points()
    rising = [Point(p.run, p.num_unique_tokens, 6.0 - p.loss_nats, p.size, p.seed, p.settings) for p in points]
    assert tells(analyse_curve(rising).to_json()["reason"], "rises")


def test_runs_that_differ_in_a_setting_are_refused_by_name():
    points = make_points()
    points[4] = make_points(rank=16)[4]
    assert tells(analyse_curve(points).to_json()["reason"], "rank", "16 in fraction-0.125_seed-1")


def test_several_points_of_one_run_are_refused():
    points = make_points()
    points[3] = Point(points[2].run, points[3].num_unique_tokens, points[3].loss_nats)
    assert "fraction-0.0625_seed-2 gives 2 points" in analyse_curve(points).to_json()["reason"]


def test_fraction_and_seed_may_differ():
    points = [
        Point(
            p.run, p.num_unique_tokens, p.loss_nats, p.size, p.seed, {**p.settings, "fraction": p.size, "seed": p.seed}
        )
        for p in make_points()
    ]
    record = analyse_curve(points).to_json()
    assert record["fitted"]
    assert record["conditional_on"] == SETTINGS
