"""What the study took: Snakemake's notes of its jobs, one cost for each run, and what is said where notes are gone."""

from pathlib import Path

import pandas as pd
import pytest

from further.records.base import Interval
from further.report.figures import scaling_law
from further.report.page import make_head
from further.report.results import read_jobs
from further.report.sections.runs import forecast_table, runs_table, target_table
from further.report.sections.statement import statement_table
from further.report.spending import FOLDS, Spending
from report.law_case import make_law, make_refused_law
from report.results_case import PRICED, make_jobs, make_results, make_runs, make_settings

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def priced(**changes):
    return make_results(settings=make_settings(cost=PRICED), **changes)


def test_a_note_is_read_by_its_job_s_name_and_one_that_is_gone_is_not_known(tmp_path: Path) -> None:
    note = tmp_path / "train_qlora" / "fraction-0.25.tsv"
    note.parent.mkdir()
    note.write_text(f"{HEADER}17.32\t0:00:17\t695.71\t2578.52\t519.85\t592.36\t5.75\t0.30\t44.86\t8.05\n")
    jobs = read_jobs({"training": [str(note), str(tmp_path / "gone.tsv")]})
    assert jobs["job"].to_list() == ["fraction-0.25", "gone"]
    assert jobs["seconds"].to_list() == [17.32, pytest.approx(float("nan"), nan_ok=True)]


def test_a_run_that_started_several_times_took_what_its_own_clock_says() -> None:
    assert Spending(make_results()).paid_seconds_of("default") == 30.0  # its clock says 26.5
    spending = Spending(make_results(runs=make_runs(seconds_total=100.0, starts=2)))
    assert spending.paid_seconds_of("default") == 100.0


def test_several_gpus_are_paid_in_training_and_folds_only() -> None:
    paid = Spending(make_results(runs=make_runs(devices=4))).jobs.groupby("kind")["paid_seconds"].sum()
    assert paid["training"] == 4 * 600 and paid[FOLDS] == 4 * 50
    assert paid["scoring"] == 240


def test_a_run_is_paid_for_its_own_gpus_and_a_fold_for_those_of_the_default_run() -> None:
    runs = make_runs()
    runs["seed-1"] = make_runs(devices=4)["seed-1"]
    spending = Spending(make_results(runs=runs))
    assert (spending.paid_seconds_of("seed-1"), spending.paid_seconds_of("default")) == (120.0, 30.0)
    assert spending.jobs.groupby("kind")["paid_seconds"].sum()[FOLDS] == 50


def test_money_and_energy_are_counted_for_every_job() -> None:
    """20 runs of 30 s, 2 folds of 25, 20 scored in 12, one probe of 20: 910 s, 9.10 SEK at 36 an hour, .1011 kWh."""
    spending = Spending(priced())
    assert spending.rows()[0] == ["training", "20", "10.0\u202fmin", "6.00"]
    assert spending.rows()[-1] == ["together", "43", "15.2\u202fmin", "9.10"]
    assert all(part in spending.say_spent() for part in ("9.10 SEK", "0.101 kWh", "2026-11-01"))
    free = Spending(make_results())
    assert free.price is None and free.rows()[-1] == ["together", "43", "15.2\u202fmin"]
    assert "kWh" not in free.say_spent()


def test_a_run_has_one_cost_wherever_it_is_shown() -> None:
    """30 seconds at 36 SEK an hour: in the table of the runs, on the law's axis, and as a part of a forecast."""
    results = priced()
    (row,) = [row for row in runs_table(results).rows if row[0] == "default"]
    assert row[-1] == "0.300"
    points = scaling_law.make_table(results)
    assert points.loc[points["run"] == "default", "money"].tolist() == [pytest.approx(0.30)]
    table = forecast_table(results)
    assert table is not None and table.rows[0][-1] == "0.600"


def test_what_is_not_known_is_said() -> None:
    jobs = make_jobs()
    jobs = jobs.assign(seconds=jobs["seconds"].where(jobs["kind"] != "scoring"))
    spending = Spending(priced(jobs=jobs))
    rows = {row[0]: row[1:] for row in spending.rows()}
    assert rows["scoring"] == ["20", "not known", "not known"]
    assert rows["together"] == ["43", "at least 11.2\u202fmin", "at least 6.70"]
    assert spending.hours == "at least 11.2\u202fmin" and spending.price == "at least 6.70 SEK"


def test_without_notes_it_is_training_alone() -> None:
    results = make_results(jobs=read_jobs({}))  # 20 runs of 26.5 s by their own clocks
    assert "20 jobs" in Spending(results).say_time() and "8.83\u202fmin" in Spending(results).say_time()
    assert "8.83\u202fmin" in dict(statement_table(results).rows)["Compute"]


def test_a_run_s_time_is_its_job_s_as_is_the_plan_s() -> None:
    plan = pd.DataFrame({"seconds_low": {"default": 20.0}, "seconds_high": {"default": 150.0}})
    results = make_results(plan=plan)
    rows = {row[0]: row[5:7] for row in runs_table(results).rows}
    assert rows["default"] == ("30\u202fs", "20\u202fs to 2.50\u202fmin")
    assert rows["seed-1"] == ("30\u202fs", "")  # in no plan


def test_forecasts_show_open_ends_and_leave_empty_columns_out() -> None:
    results = make_results(settings=make_settings(cost=PRICED | {"kwh_per_gpu_hour": 0.0}))
    table = forecast_table(results)
    assert table is not None
    assert "energy, kWh" not in table.header and "cost, SEK" in table.header
    gains = [row[table.header.index("gain, nats")] for row in table.rows]
    assert gains == ["0.150 (0.110 to 0.190)", "0.270 (at least 0.190)", "undecided"]
    assert forecast_table(make_results(law=make_refused_law("no", ()))) is None


def test_targets_show_verdict_tokens_and_their_cost() -> None:
    """150,000 to 420,000 tokens at 30 s for 26,000: 173 to 485 s, 1.73 to 4.85 SEK."""
    results = priced()
    table = target_table(make_law(), Spending(results))
    assert table is not None
    assert [row[:2] for row in table.rows] == [("perplexity 130", "reachable"), ("3.5 nats per token", "unreachable")]
    assert table.rows[0][3] == "150,000 to 420,000" and table.rows[0][-1] == "1.73 to 4.85"
    assert table.rows[1][3:] == ("", "", "", "")
    assert target_table(make_refused_law("no", ()), Spending(results)) is None


def test_an_interval_of_tokens_keeps_its_open_end() -> None:
    cells = Spending(priced()).columns_of(Interval(estimate=None, low=None, high=26000))
    assert cells == ["at most 30\u202fs", "at most 0.00333", "at most 0.300"]


def test_the_head_of_the_page_says_model_study_hours_and_cost() -> None:
    facts = dict(make_head(priced()).facts)
    assert facts["Study"] == "25 papers, 20 training runs" and "tiny" in facts["Base model"]
    assert (facts["Computing time"], facts["Cost"]) == ("15.2\u202fmin", "9.10 SEK")
    assert "Cost" not in dict(make_head(make_results()).facts)
