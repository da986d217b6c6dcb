"""What the study took: Snakemake's notes of its jobs, and what is said where they are gone."""

from pathlib import Path

import pandas as pd
import pytest

from further.report.inputs import read_jobs
from further.report.section_money import runs_table
from further.report.spent import count_seconds, say_spent, seconds_of_runs, spent_table
from further.report.statement import statement_table
from further.report.study import PageSettings, Prices
from report.study import make_inputs

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def test_a_note_is_read_by_its_job_s_name_and_one_that_is_gone_is_not_known(tmp_path: Path) -> None:
    note = tmp_path / "train_qlora" / "fraction-0.25.tsv"
    note.parent.mkdir()
    note.write_text(f"{HEADER}17.32\t0:00:17\t695.71\t2578.52\t519.85\t592.36\t5.75\t0.30\t44.86\t8.05\n")
    jobs = read_jobs({"training": [str(note), str(tmp_path / "gone.tsv")]})
    assert jobs["job"].to_list() == ["fraction-0.25", "gone"]
    assert jobs["seconds"].to_list() == [17.32, pytest.approx(float("nan"), nan_ok=True)]


def test_a_run_that_started_several_times_took_what_its_own_clock_says() -> None:
    inputs = make_inputs()
    timing = {**inputs.timing, "default": {**inputs.timing["default"], "seconds_total": 100.0, "starts": 2}}
    seconds = seconds_of_runs(make_inputs(timing=timing))
    assert seconds["default"] == 100.0 and seconds["seed-1"] == 30.0  # of the others the clock says 26.5


def test_several_gpus_are_paid_in_training_and_folds_only() -> None:
    inputs = make_inputs()
    timing = {run: {**own, "devices": 4} for run, own in inputs.timing.items()}
    jobs = count_seconds(make_inputs(timing=timing))
    paid = jobs.groupby("kind")["paid_seconds"].sum()
    assert paid["training"] == 4 * 600 and paid["training for the cross-validation"] == 4 * 50
    assert paid["scoring"] == 240


def test_what_is_not_known_is_said() -> None:
    inputs = make_inputs()
    assert inputs.jobs is not None
    jobs = inputs.jobs.assign(seconds=inputs.jobs["seconds"].where(inputs.jobs["kind"] != "scoring"))
    prices = Prices(per_hour=36, currency="SEK", as_of="2026-11-01")
    rows = {row[0]: row[1:] for row in spent_table(make_inputs(jobs=jobs), prices).rows}
    assert rows["scoring"] == ("20", "not known", "not known")
    assert rows["together"] == ("43", "at least 11.2\u202fmin", "at least 6.70")
    assert "took at least 11.2" in say_spent(make_inputs(jobs=jobs), None)


def test_without_notes_it_is_training_alone_and_says_so() -> None:
    inputs = make_inputs(jobs=None)  # 20 runs of 26.5 s by their own clocks
    said = "20 jobs that trained or ran a model took 8.83\u202fmin together"
    assert said in say_spent(inputs, None) and "That is training alone" in say_spent(inputs, None)
    rows = dict(statement_table(inputs, PageSettings(toy_base=False)).rows)
    assert said in rows["Compute"] and "That is training alone" in rows["Compute"]


def test_a_run_s_time_is_its_job_s_as_is_the_plan_s() -> None:
    plan = pd.DataFrame({"seconds_low": {"default": 20.0}, "seconds_high": {"default": 150.0}})
    (row,) = [row for row in runs_table(make_inputs(plan=plan), None).rows if row[0] == "default"]
    assert row[5:7] == ("30\u202fs", "20\u202fs to 2.50\u202fmin")
