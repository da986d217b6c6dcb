"""Trainings that are cancelled, run out of time or lose their node, and a snakemake that is killed."""

import os
import re
import shutil
import signal
import subprocess

import pytest

from cluster.conftest import RUNS, Study, numbers_in
from facts import tells

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


@pytest.fixture(scope="module")
def study(finished, tmp_path_factory):
    """A copy of the finished study in a folder of its own: its jobs are told apart by that."""
    folder = tmp_path_factory.mktemp("killed") / "project"
    shutil.copytree(finished.folder, folder, symlinks=True)
    return Study(folder, finished.slurm)


def targets(*runs):
    return [f"results/runs/{run}/metrics.json" for run in runs]


def killed_jobs(study, since):
    """States of the training jobs that did not complete, by run."""
    return {
        job["Comment"].split("_wildcards_")[1]: job["State"].split()[0]
        for number, job in study.jobs().items()
        if number > since and job["State"] != "COMPLETED"
    }


def test_killed_trainings_are_retried_and_end_with_the_same_adapters(study):
    cancelled, out_of_time, on_lost_node = RUNS
    before, last = study.adapters(), max(study.jobs(), default=0)
    study.forget_runs()
    node = None
    head = study.start(*targets(*RUNS))
    try:
        jobs = study.halt_at_first_checkpoint(*RUNS)
        # Snakemake's own lock lets one with other targets pass, which then took the first's jobs for a dead one's.
        second = study.snakemake("--force", "results/scores/base/none.parquet", check=False)
        assert tells(second.split("Nothing was started.\n")[1], "process", head.pid)
        assert {run: study.job_of(run) for run in RUNS} == jobs
        study.slurm.call("scontrol", "update", f"JobId={jobs[out_of_time]}", "TimeLimit=1")
        node = study.slurm.call("squeue", "-h", "-j", jobs[on_lost_node], "-o", "%N").strip()
        study.slurm.call("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=test")
        study.slurm.call("scancel", jobs[cancelled])
        assert head.wait(600) == 0, study.said()[-6000:]
    finally:
        stop(head)
        if node:
            study.slurm.call("scontrol", "update", f"NodeName={node}", "State=RESUME", check=False)  # it may be back
    assert killed_jobs(study, last) == {cancelled: "CANCELLED", out_of_time: "TIMEOUT", on_lost_node: "NODE_FAIL"}
    assert len(numbers_in(study.said())) == 2 * len(RUNS)  # each once more, by the profile's retries
    assert all("resuming from" in study.log_of(run) for run in RUNS)
    assert study.adapters() == before


def test_a_killed_snakemake_is_started_again(study):
    ended, orphan = "fraction-0.25", "default"
    before, last = study.adapters(ended, orphan), max(study.jobs(), default=0)
    study.forget_runs()
    head = study.start(*targets(ended, orphan))
    try:
        number = study.halt_at_first_checkpoint(orphan)[orphan]
        study.wait("one training ends", lambda: f"trained {ended} (1 of 2)" in study.said(), 300)
    finally:
        os.killpg(head.pid, signal.SIGKILL)
        head.wait()
    assert study.job_of(orphan) == number  # nobody cancelled it
    assert "--unlock" in study.snakemake(*targets(ended, orphan), check=False)  # its job is alive on this machine
    study.snakemake("--unlock")
    again = study.snakemake(*targets(ended, orphan))
    assert tells(again, "Cancelled", number, f"rule_train_qlora_wildcards_{orphan}")
    assert len(numbers_in(again)) == 1 and not re.search(rf"wildcards: run={re.escape(ended)}$", again, re.M)
    assert killed_jobs(study, last) == {orphan: "CANCELLED"}
    assert "resuming from" in study.log_of(orphan)
    assert study.adapters(ended, orphan) == before


def test_a_training_that_ends_unwatched_is_kept_but_snakemake_knows_no_settings_of_it(study):
    before = study.adapters("default")
    study.forget_runs()
    shutil.rmtree(study.folder / ".snakemake/metadata")  # of the run that the finished study made
    head = study.start(*targets("default"))
    try:
        number = study.halt_at_first_checkpoint("default")["default"]
    finally:
        os.killpg(head.pid, signal.SIGKILL)
        head.wait()
    study.slurm.call("scancel", "--signal=CONT", number)
    study.wait("the orphan ends", lambda: study.jobs()[int(number)]["State"] == "COMPLETED")
    study.snakemake("--unlock")
    again = study.snakemake("-n", *targets("default"))
    assert "Nothing to be done" in again and re.search("Rules with missing metadata: .*train_qlora", again), again
    assert study.adapters("default") == before
    (study.folder / "rank.yaml").write_text("training: {rank: 8}\n")
    changed = study.snakemake("-n", *targets("default"), configs=("small.yaml", "rank.yaml"))
    assert "Nothing to be done" in changed, changed
    shutil.rmtree(study.folder / "results/runs/default")  # what docs/lunarc.md says to do before such a change
    plan = study.snakemake("-n", *targets("default"), configs=("small.yaml", "rank.yaml"))
    assert re.search(r"^train_qlora +1", plan, re.M), plan


def stop(head):
    """End a snakemake that a failed test left; its jobs end with SLURM."""
    if head.poll() is None:
        head.send_signal(signal.SIGINT)
        try:
            head.wait(60)
        except subprocess.TimeoutExpired:
            head.kill()
            head.wait()
