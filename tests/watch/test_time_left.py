"""Time left, by hand: the plan's seconds, scaled by what its jobs needed, shared out among the jobs at work."""

import pytest

from further.plan.table import PlannedRun, plan_text
from further.watch.session import Job
from further.watch.time_left import Running, Weight, estimate_left, plan_hours, read_seconds, weigh_jobs

ROW = PlannedRun(
    run="default", quantization="nf4", target_modules="all-linear", rank=8, context=256,
    gradient_accumulation_steps=1, micro_batch=4, num_papers=4, num_unique_tokens=100, num_replay_tokens=0,
    num_trained_tokens=200, num_steps=2, num_looks=1, seconds=7200.0, gpu_hours=2.0, scoring_seconds=1800.0,
)  # fmt: skip
JOBS = [
    Job(number=1, rule="train_qlora", wildcards={"run": "default"}),
    Job(number=2, rule="score_run", wildcards={"run": "default"}),
    Job(number=3, rule="draw_figures", benchmark="benchmarks/draw_figures.tsv"),
    Job(number=4, rule="write_report"),
]


def test_half_of_the_work_done_at_twice_the_planned_time():
    """Two trainings planned at 100 s each; the first took 200, so the second will, and 10 s of other work."""
    weights = {1: Weight(100, True), 2: Weight(100, True), 3: Weight(10, False)}
    left = estimate_left(weights, {1: 200.0}, {}, elapsed=200.0)
    assert left.done == pytest.approx(100 / 210) and left.seconds == pytest.approx(200 + 10)


def test_what_a_running_job_says_of_itself_counts_and_jobs_abreast_share_the_rest():
    weights = {1: Weight(100, True), 2: Weight(100, True), 3: Weight(100, True)}
    running = {2: Running(50.0, done=0.25), 3: Running(50.0)}  # the third says nothing: by its time, a half
    left = estimate_left(weights, {1: 100.0}, running, elapsed=100.0)
    assert left.done == pytest.approx((100 + 25 + 50) / 300)
    assert left.seconds == pytest.approx((75 + 50) / 2)  # 200 job-seconds in 100 s: two abreast
    assert str(left) == "study 58%, about 62 s left"


def test_a_job_that_takes_longer_than_expected_is_given_a_quarter_more_of_what_it_took():
    """A minute's job that is at work for 15 was "about 9 s" from its end for 14 of them."""
    for seconds in (60.0, 500.0, 900.0):
        left = estimate_left({1: Weight(60, True)}, {}, {1: Running(seconds)}, elapsed=seconds)
        assert (left.done, left.seconds) == (0.8, pytest.approx(seconds / 4))


def test_weights_are_the_plans_then_measured_ones_then_ten_seconds(tmp_path):
    assert weigh_jobs(tmp_path, JOBS) is None  # no plan yet, and a training
    (tmp_path / "results").mkdir()
    (tmp_path / "results/plan.tsv").write_text(plan_text([ROW]))
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks/draw_figures.tsv").write_text("s\th:m:s\n42.5\t0:00:42\n")
    assert {number: weight.seconds for number, weight in weigh_jobs(tmp_path, JOBS).items()} == {
        1: 7200, 2: 1800, 3: 42.5, 4: 10,
    }  # fmt: skip
    assert weigh_jobs(tmp_path, [Job(number=1, rule="train_qlora", wildcards={"run": "unplanned"})]) is None


def test_planned_hours_are_those_of_trainings_and_scorings(tmp_path):
    assert plan_hours(tmp_path, JOBS) is None
    (tmp_path / "results").mkdir()
    (tmp_path / "results/plan.tsv").write_text(plan_text([ROW]))
    assert plan_hours(tmp_path, JOBS) == pytest.approx(2.0 + 0.5)
    assert plan_hours(tmp_path, [*JOBS, Job(number=9, rule="train_qlora", wildcards={"run": "unplanned"})]) is None


def test_a_note_of_time_that_is_cut_off_is_none(tmp_path):
    (tmp_path / "note.tsv").write_text("s\th:m:s\n")
    assert read_seconds(tmp_path / "note.tsv") is None and read_seconds(tmp_path / "absent.tsv") is None
