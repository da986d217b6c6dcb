"""How runs stand, read from what jobs leave; SLURM's queue is given as its jobs."""

import json
import os
import time

import pytest

from facts import tells
from further.cli import main
from further.cluster.orphans import Queued
from further.cluster.queue_lock import PLACE
from further.io import write_json
from further.lock import this_process
from further.plan.table import plan_text
from further.watch.session import end_session, write_session
from further.watch.status import describe_session, draw_status, jobs_by_run, read_queue_of, read_status
from watch.test_time_left import ROW

RUNS = ("ended", "at-work", "broken", "silent", "in-time", "never")


def write(folder, path, text):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def progress(folder, run, state, age=1.0, message=None, step=7):
    said = {"run": run, "state": state, "step": step, "steps": 40, "tokens": 900, "loss": 3.9, "message": message}
    write_json(folder / f"checkpoints/{run}/progress.json", said | {"seconds": 30.0, "updated": time.time() - age})


@pytest.fixture
def study(tmp_path):
    """A study with a run in every state."""
    write(tmp_path, "results/runs/ended/metrics.json", json.dumps({"num_steps": 40, "final_train_loss_nats": 3.25}))
    progress(tmp_path, "at-work", "training")
    progress(tmp_path, "silent", "training", age=3600)
    progress(tmp_path, "in-time", "stopped", message="in-time: stopped 10.0 minutes before the time limit")
    log = "starting\nTraceback (most recent call last):\n  File x\nValueError: no memory\n"
    write(tmp_path, "logs/train_qlora/broken.log", log)
    return tmp_path


def statuses(study, *jobs, runs=RUNS):
    return {each.name: each for each in read_status(study, runs, jobs_by_run(jobs) if jobs else None)}


def test_states_without_slurm(study):
    assert {name: each.state for name, each in statuses(study).items()} == {
        "ended": "done", "at-work": "running", "broken": "failed", "silent": "stopped", "in-time": "stopped",
        "never": "waiting",
    }  # fmt: skip


def test_last_step_and_loss_from_metrics_and_from_the_runs_own_word(study):
    told = {name: (each.step, each.num_steps, each.loss_nats) for name, each in statuses(study).items()}
    assert told["ended"] == (40, 40, 3.25) and told["never"] == (None, None, None)
    assert told["at-work"] == told["silent"] == (7, 40, 3.9)


def test_what_is_not_training_steps_is_said(study):
    progress(study, "at-work", "validating")
    assert statuses(study)["at-work"].note == "validating"


def test_a_failed_run_names_its_error_and_its_log(study):
    assert statuses(study)["broken"].note == "ValueError: no memory (logs/train_qlora/broken.log)"
    progress(study, "broken", "failed", message="first line\nmore")
    assert statuses(study)["broken"].note == "first line (logs/train_qlora/broken.log)"
    progress(study, "broken", "failed", message="word " * 40)  # cut between two words, and seen to be
    assert statuses(study)["broken"].note == "word " * 31 + "… (logs/train_qlora/broken.log)"


def test_slurms_queue_says_more_than_files(study):
    told = statuses(
        study,
        Queued("12", "PENDING", "Priority", "rule_train_qlora_wildcards_never"),
        Queued("13", "RUNNING", "None", "rule_train_qlora_wildcards_broken"),  # retried
        Queued("14", "RUNNING", "None", "rule_score_run_wildcards_silent"),
    )
    assert told["never"].state == "queued" and tells(told["never"].note, 12, "Priority")
    assert told["broken"].state == "running" and told["silent"].state == "stopped"


@pytest.mark.parametrize(
    ("said", "state", "note"),
    [
        ("slurmstepd: error: Detected 1 oom_kill event in StepId=12.batch. Some step tasks have been OOM Killed.",
         "failed", "hardware.memory_mb"),
        ("slurmstepd: error: *** JOB 12 ON cn1 CANCELLED AT 2026-11-22T10:00:00 DUE TO TIME LIMIT ***",
         "stopped", "time limit"),
        ("slurmstepd: error: *** JOB 12 ON cn1 CANCELLED AT 2026-11-22T10:00:00 DUE TO NODE FAILURE, SEE SLURMCTLD LOG",
         "stopped", "node"),
        ("slurmstepd: error: *** JOB 12 ON cn1 CANCELLED AT 2026-11-22T10:00:00 ***", "stopped", "cancelled"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("run", ["silent", "never"])
def test_slurm_says_how_a_job_ended_that_says_nothing_itself(study, run, said, state, note):
    logs = f".snakemake/slurm_logs/rule_train_qlora/{run}"
    write(study, f"{logs}/12.log", f"Building DAG of jobs...\n{said}\n")
    os.utime(write(study, f"{logs}/11.log", "slurmstepd: error: Detected 1 oom_kill event"), (1, 1))  # an earlier try
    found = statuses(study)[run]
    assert found.state == state and tells(found.note, note, f"({logs}/12.log)")


def test_a_queue_counts_where_snakemake_has_queued_from(tmp_path, monkeypatch):
    (tmp_path / "squeue").write_text("#!/bin/sh\n")
    (tmp_path / "squeue").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert read_queue_of(tmp_path) == (None, "")
    (tmp_path / PLACE).mkdir(parents=True)
    assert read_queue_of(tmp_path) == ({}, "")


def test_what_needs_a_look_stands_first_and_all_are_counted(study):
    lines = draw_status(list(statuses(study).values()))
    assert [line.split()[0] for line in lines[:-1]] == ["broken", "in-time", "silent", "at-work", "never", "ended"]
    counts = ("1 done", "1 waiting", "1 running", "2 stopped", "1 failed")
    assert lines[-1].startswith("6 runs: ") and all(tells(lines[-1], count) for count in counts)


def begin(folder, started, pid=None):
    jobs = [
        {
            "number": 1,
            "rule": "train_qlora",
            "wildcards": {"run": "ended"},
            "output": "results/runs/ended/metrics.json",
        },
        {"number": 2, "rule": "score_run", "wildcards": {"run": "ended"}, "output": "s", "log": "logs/score.log"},
    ]
    about = {"title": "Hearts", "started": started, "owner": this_process() | ({"pid": pid} if pid else {})}
    write_session(folder, about | {"runs": list(RUNS)}, jobs)


def test_a_result_that_is_to_be_made_anew_is_not_done(study):
    begin(study, time.time() + 100)
    assert statuses(study)["ended"].state == "waiting"
    begin(study, 0.0)
    assert statuses(study)["ended"].state == "done"


def test_other_jobs_and_the_time_left_are_told(study):
    """The training is done; of scoring, planned at half an hour, nothing is."""
    begin(study, time.time() - 7200)
    (study / "results/plan.tsv").write_text(plan_text([type(ROW)(**vars(ROW) | {"run": "ended"})]))
    write_json(study / "logs/score.progress.json", {"message": "3 of 20 documents", "updated": time.time()})
    others, left = describe_session(study, time.time())
    assert tells(others, "0 of 1") and tells(left, "scoring ended", "80%", "30 min")
    begin(study, 0.0, pid=2**22 + 1)  # more than Linux gives out
    assert "not running" in describe_session(study, time.time())[1]
    end_session(study, "failed")
    assert "jobs failed" in describe_session(study, time.time())[1]


def test_the_command_tells_the_runs_of_the_last_start_or_of_a_file(study, tmp_path, capsys):
    assert main(["status", "--study", str(study)]) == 1
    assert "nothing was started" in capsys.readouterr().err
    begin(study, 0.0)
    assert main(["status", "--study", str(study)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("Hearts (") and told[7].startswith("6 runs: ")
    (tmp_path / "folds.yaml").write_text("evaluation: {folds: 3}\n")
    assert main(["status", str(tmp_path / "folds.yaml"), "--study", str(tmp_path / "empty")]) == 0
    told = capsys.readouterr().out
    assert all(f"fold-{fold}-of-3 " in told for fold in (1, 2, 3)) and "fold-4" not in told and "failed" not in told


def test_a_study_without_runs_counts_its_jobs(tmp_path):
    """Arms of small models are no runs: "0 runs: none" stood above them."""
    about = {"title": "Arms", "started": 0.0, "runs": []}
    write_session(
        tmp_path, about, [{"number": 1, "rule": "train_arm", "output": "a"}, {"number": 2, "rule": "b", "output": "b"}]
    )
    (tmp_path / "a").touch()
    end_session(tmp_path, "finished")
    assert draw_status([]) == []
    assert describe_session(tmp_path, 10.0)[0] == "Jobs: 1 of 2 done"
