"""How runs stand, read from what jobs leave; SLURM's queue is given as its jobs."""

import json
import os

import pytest

from further.cluster.command import main, read_study
from further.cluster.head import PLACE
from further.cluster.orphans import Queued
from further.cluster.status import draw_status, jobs_by_run, read_queue_of, read_status

NOW = 1_000_000.0


@pytest.fixture
def study(tmp_path):
    """A study with a run in every state."""
    write(tmp_path, "results/runs/ended/metrics.json", json.dumps({"num_steps": 40, "final_train_loss_nats": 3.25}))
    log(tmp_path, "ended", "step 39/40, loss 3.300, 100 tokens/s, 1 s left")
    log(
        tmp_path, "at-work", "starting\n2026 further.progress: at-work: step 7/40, loss 3.900, 100 tokens/s, 9 s left\n"
    )
    log(
        tmp_path,
        "broken",
        "step 3/40, loss 4.500, \nTraceback (most recent call last):\n  File x\nValueError: no memory\n",
    )
    log(tmp_path, "silent", "step 9/40, loss 3.800, ", age=3600)
    state = {"state": "training", "step": 20, "steps": 40, "loss": 3.5}
    write(tmp_path, "checkpoints/silent/progress.json", json.dumps(state))
    write(tmp_path, "checkpoints/broken/progress.json", '{"state": "trai')
    return tmp_path


def write(folder, path, text):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def log(folder, run, text, age=60):
    file = write(folder, f"logs/train_qlora/{run}.log", text)
    os.utime(file, (NOW - age, NOW - age))


def statuses(study, *jobs, runs=("ended", "at-work", "broken", "silent", "never")):
    return {each.name: each for each in read_status(study, runs, jobs_by_run(jobs) if jobs else None, NOW)}


def test_states_without_slurm(study):
    assert {name: each.state for name, each in statuses(study).items()} == {
        "ended": "done", "at-work": "running", "broken": "failed", "silent": "stopped", "never": "waiting",
    }  # fmt: skip


def test_last_step_and_loss_from_metrics_log_and_what_the_run_says_itself(study):
    told = {name: (each.step, each.num_steps, each.loss_nats) for name, each in statuses(study).items()}
    assert told == {
        "ended": (40, 40, 3.25), "at-work": (7, 40, 3.9), "broken": (3, 40, 4.5),
        "silent": (20, 40, 3.5), "never": (None, None, None),
    }  # fmt: skip


def test_a_failed_run_names_its_error_and_its_log(study):
    assert statuses(study)["broken"].note == "ValueError: no memory (logs/train_qlora/broken.log)"


def test_slurms_queue_says_more_than_files(study):
    told = statuses(
        study,
        Queued("12", "PENDING", "Priority", "rule_train_qlora_wildcards_never"),
        Queued("13", "RUNNING", "None", "rule_train_qlora_wildcards_broken"),  # retried
        Queued("14", "RUNNING", "None", "rule_score_run_wildcards_silent"),
    )
    assert (told["never"].state, told["never"].note) == ("queued", "SLURM job 12, waits for Priority")
    assert told["broken"].state == "running" and told["silent"].state == "stopped"
    assert told["at-work"].state == "stopped"  # its log is fresh, but its job is gone


def test_an_empty_queue_has_nobody_at_work(study):
    """Cancelled a minute ago, or killed while it imported torch: its log is fresh, and no job of it is left."""
    log(study, "importing", "")
    states = {each.name: each.state for each in read_status(study, ("at-work", "importing", "never"), {}, NOW)}
    assert states == {"at-work": "stopped", "importing": "stopped", "never": "waiting"}


def test_what_runs_beside_slurm_has_a_heartbeat(study):
    for job, state in ((None, "running"), ("13", "stopped")):
        write(study, "checkpoints/at-work/owner.json", json.dumps({"slurm_job": job}))
        file = write(study, "checkpoints/at-work/lock", "")
        os.utime(file, (NOW - 30, NOW - 30))
        [status] = read_status(study, ["at-work"], {}, NOW)
        assert status.state == state
    write(study, "checkpoints/at-work/owner.json", json.dumps({"slurm_job": None}))
    os.utime(file, (NOW - 90, NOW - 90))
    assert read_status(study, ["at-work"], {}, NOW)[0].state == "stopped"


@pytest.mark.parametrize(
    ("said", "state", "note"),
    [
        ("slurmstepd: error: Detected 1 oom_kill event in StepId=12.batch. Some step tasks have been OOM Killed.",
         "failed", "out of memory: raise hardware.memory_mb"),
        ("slurmstepd: error: *** JOB 12 ON cn1 CANCELLED AT 2026-11-22T10:00:00 DUE TO TIME LIMIT ***",
         "stopped", "at its walltime"),
        ("slurmstepd: error: *** JOB 12 ON cn1 CANCELLED AT 2026-11-22T10:00:00 DUE TO NODE FAILURE, SEE SLURMCTLD LOG",
         "stopped", "its node failed"),
        ("slurmstepd: error: *** JOB 12 ON cn1 CANCELLED AT 2026-11-22T10:00:00 ***", "stopped", "cancelled"),
    ],
)  # fmt: skip
def test_slurm_says_how_a_job_ended_that_says_nothing_itself(study, said, state, note):
    logs = ".snakemake/slurm_logs/rule_train_qlora/silent"
    write(study, f"{logs}/12.log", f"Building DAG of jobs...\n{said}\n")
    os.utime(write(study, f"{logs}/11.log", "slurmstepd: error: Detected 1 oom_kill event"), (1, 1))  # an earlier try
    assert (statuses(study)["silent"].state, statuses(study)["silent"].note) == (state, f"{note} ({logs}/12.log)")


def test_a_run_that_stopped_in_time_says_so_itself(study):
    said = "in-time: stopped 10.0 minutes before the walltime at step 3 of 40, saved; run again to continue"
    log(study, "in-time", f"2026-11-22 10:00:00,000 further.progress: {said}\n", age=1)
    status = statuses(study, runs=["in-time"])["in-time"]
    assert (status.state, status.note) == ("stopped", said)


def test_a_queue_counts_where_snakemake_has_queued_from(tmp_path, monkeypatch):
    (tmp_path / "squeue").write_text("#!/bin/sh\n")
    (tmp_path / "squeue").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert read_queue_of(tmp_path) == (None, "")
    (tmp_path / PLACE).mkdir(parents=True)
    assert read_queue_of(tmp_path) == ({}, "")


def test_what_needs_a_look_stands_first_and_all_are_counted(study):
    lines = draw_status(list(statuses(study).values())).splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["broken", "silent", "at-work", "never", "ended"]
    assert lines[-1] == "5 runs: 1 done, 1 running, 1 failed, 1 stopped, 1 waiting"


def test_the_command_tells_the_runs_of_the_default_study(tmp_path, capsys):
    assert main(["--directory", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "default" in told and "waiting" in told and "failed" not in told


def test_folds_are_runs(tmp_path, capsys):
    (tmp_path / "folds.yaml").write_text("evaluation: {folds: 3}\n")
    assert main(["--configfile", str(tmp_path / "folds.yaml"), "--directory", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert all(f"fold-{fold}-of-3 " in told for fold in (1, 2, 3)) and "fold-4" not in told


def test_the_command_refuses_a_configuration_that_is_none(tmp_path, capsys):
    (tmp_path / "wrong.yaml").write_text("training: {rnak: 8}\n")
    assert main(["--configfile", str(tmp_path / "wrong.yaml"), "--directory", str(tmp_path)]) == 2
    assert "training: unknown key rnak" in capsys.readouterr().err
    assert main(["--configfile", str(tmp_path / "absent.yaml")]) == 2


def test_configurations_are_laid_over_each_other_as_snakemake_does(tmp_path):
    (tmp_path / "below.yaml").write_text("a: {x: 1, y: [1, 2]}\nb: 2\n")
    (tmp_path / "above.yaml").write_text("a: {y: [3]}\nb: null\n")
    assert read_study([tmp_path / "below.yaml", tmp_path / "above.yaml"]) == {"a": {"x": 1, "y": [3]}, "b": None}
