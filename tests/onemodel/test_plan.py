"""What is planned before a small model is trained is what training it takes."""

from dataclasses import replace
from functools import partial

import pytest

from further.onemodel.arms import list_arms
from further.onemodel.plan import list_steps, measure_step, plan_arms
from further.onemodel.train import train_seed
from further.plan.table import plan_text, read_plan
from further.settings import PlanSettings
from onemodel.made import make_study

HARDWARE = {"startup_seconds": 0, "peak_tflops": 0.01, "utilization": [0.25, 1.0]}
COST = {"price_per_gpu_hour": 3.0, "currency": "EUR", "price_date": "2026-11"}
near = partial(pytest.approx, rel=1e-4)  # six digits are written


def plan(study, arms, **hardware):
    settings = PlanSettings(runs={}, hardware=HARDWARE | hardware, cost=COST, window=1, stride=1)
    study.work.mkdir(exist_ok=True)
    (study.work / "plan.tsv").write_text(plan_text(plan_arms(study, arms, {"0-1": [0, 1]}, settings)))
    return {row.run: row for row in read_plan(study.work / "plan.tsv")}


@pytest.mark.parametrize("passes", [1, 2])
def test_operations_are_those_that_training_counts(tmp_path, passes):
    study = make_study(tmp_path, objectives=[])
    study = replace(study, run=study.run | {"gradient_accumulation_steps": passes})
    rows = plan(study, ["encoder_decoder"])
    trained = train_seed(study, "encoder_decoder", 0, None).numbers
    row = rows["encoder_decoder/0-1"]
    assert row.training_flops == near(2 * trained.flops) and row.num_steps == 2 * trained.num_steps == 16
    # Half of .01 TFLOP/s is expected, and an hour of it costs 3.
    assert row.seconds == near(row.training_flops / 5e9) and row.money == pytest.approx(row.seconds / 1200, rel=1e-4)
    assert rows["rates/prefix"].num_steps == 3 * 4  # three rates, half the steps


def test_every_arm_has_its_steps(tmp_path):
    study = make_study(tmp_path, objectives=["spans"], labelled_cases=[5], additions=["all"], law_fractions=[0.5])
    steps = {arm: dict(list_steps(study, arm)) for names in list_arms(study.settings).values() for arm in names}
    assert steps["prefix"] == {"prefix": 8} and steps["longer"] == {"encoder_decoder": 24}
    equal = ("encoder_decoder", "prefix_equal_compute", "adapted")
    assert all(steps[arm] == {"encoder_decoder": 8} for arm in equal)
    assert steps["objective-none-5"] == steps["objective-spans-5"] == {"captions": 4, "encoder_decoder": 3}
    assert steps["addition-all"] == {"encoder_decoder": 3}
    assert steps["cases-0.5"] == {"encoder_decoder": 5}  # 8 · .5 ** .75 = 4.76


def test_memory_grows_with_the_rows_and_holds_the_weights_four_times(tmp_path):
    study = make_study(tmp_path)
    part = study.questions(study.untrained("prefix", 0), study.asked("train"), 8, 0, "prefix")
    runs = [part.run | {"batch_tokens": rows * 64} for rows in (16, 32, 64)]
    one, two, four = (measure_step(replace(part, run=run), 1)["bytes"] for run in runs)
    assert four - two == pytest.approx(2 * (two - one), rel=0.1)
    trained = train_seed(study, "prefix", 0, None).numbers
    assert 2 * one - two == pytest.approx(16 * trained.num_parameters, rel=0.1)


def test_several_gpus_are_paid_for_and_what_cannot_fit_is_refused(tmp_path):
    study = make_study(tmp_path, objectives=[])
    one, two = (plan(study, ["prefix"], gpus_per_run=gpus, gpu_memory_gb=10)["prefix/0-1"] for gpus in (1, 2))
    assert two.seconds == near(one.seconds / 2) and two.money == near(one.money)
    with pytest.raises(ValueError, match="GiB of GPU memory"):
        plan(study, ["prefix"], gpu_memory_gb=0.5)
    with pytest.raises(ValueError, match="runtime_minutes: "):
        plan(study, ["prefix"], peak_tflops=1e-6, runtime_minutes=1)
