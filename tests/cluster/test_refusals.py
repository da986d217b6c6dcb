"""What SLURM would refuse is one clear message before anything is queued, and leaves nothing behind."""

import re
import shutil
from contextlib import contextmanager

import pytest

from cluster.conftest import Study
from cluster.daemons import ACCOUNT
from facts import tells

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

PROFILE = "profiles/slurm/config.yaml"


@pytest.fixture(scope="module")
def study(fresh, tmp_path_factory):
    folder = tmp_path_factory.mktemp("refused") / "project"
    shutil.copytree(fresh.folder, folder, symlinks=True, ignore=shutil.ignore_patterns(".snakemake"))
    return Study(folder, fresh.slurm)


@contextmanager
def profile(study, *edits):
    """The profile with an account, and with edits, for the time of a test."""
    file = study.folder / "profiles/slurm/config.yaml"
    text = file.read_text()
    study.edit_profile(("lu2026-0-00", ACCOUNT), *edits)
    try:
        yield
    finally:
        file.write_text(text)


def refused(study, *configs):
    """What stands after "Nothing was started."; nothing was, and no lock is left."""
    said = study.snakemake(configs=("small.yaml", *configs), check=False)
    assert "Traceback" not in said, said
    message = said.split("Nothing was started.\n")[1].strip()
    assert not study.jobs() and not (study.folder / "results/corpus").exists()
    locks = study.folder / ".snakemake/locks"
    assert not locks.exists() or not list(locks.iterdir())
    return message


def test_the_account_that_nobody_wrote_into_the_profile(study):
    message = refused(study)
    assert tells(message, "slurm_account", "lu2026-0-00", PROFILE) and len(message.splitlines()) == 1


def test_an_account_that_does_not_exist(study):
    with profile(study, (f"slurm_account={ACCOUNT}", "slurm_account=lu2026-9-99")):
        message = refused(study)
    assert tells(message, "slurm_account", "lu2026-9-99", f"{ACCOUNT}, root", PROFILE)
    assert len(message.splitlines()) == 1


def test_a_partition_that_does_not_exist(study):
    with profile(study, ("train_qlora: {slurm_partition: gpua100,", "train_qlora: {slurm_partition: gpua10,")):
        message = refused(study)
    assert tells(message, "train_qlora", "gpua10", "gpua100, gpua100i, lu48", "slurm_partition", PROFILE)
    assert len(message.splitlines()) == 1


def test_memory_and_minutes_above_the_nodes(study):
    (study.folder / "large.yaml").write_text("hardware: {memory_mb: 600000, runtime_minutes: 20000}\n")
    with profile(study):
        lines = refused(study, "large.yaml").splitlines()
    assert len({line.partition(":")[0] for line in lines if tells(line, "512,000")}) == 6  # kinds of GPU job
    assert len(lines) == 6 + 1  # scoring has minutes of its own
    memory = ("600,000 MB", "gpua100", "512,000", "hardware.memory_mb", "mem_mb", PROFILE)
    minutes = ("20,000 minutes", "gpua100", "10,080")
    assert any(tells(line, "train_qlora", *memory) for line in lines)
    assert any(tells(line, "train_qlora", *minutes) for line in lines)


def test_a_gpu_smaller_than_the_study_was_planned_for(study):
    (study.folder / "planned.yaml").write_text("hardware: {gpu_memory_gb: 80}\n")
    with profile(study, ("gpua100, gres", "gpua100i, gres"), ("gpu_memory_gb: 80", "gpu_memory_gb: 40")):
        message = refused(study, "planned.yaml")
    assert tells(message, "hardware.gpu_memory_gb", 80, "gpua100i", 40, PROFILE) and len(message.splitlines()) == 1


def test_a_gpu_too_small_for_a_run(study):
    (study.folder / "tiny.yaml").write_text("hardware: {gpu_memory_gb: 0.01}\n")
    with profile(study):
        assert "of GPU memory" in refused(study, "tiny.yaml")


def test_a_walltime_that_is_too_short_queues_no_gpu_job_and_is_planned_once(finished, tmp_path_factory):
    """Base scores are ready as soon as the plan is: they and the trainings wait for it."""
    folder = tmp_path_factory.mktemp("short") / "project"
    shutil.copytree(finished.folder, folder, symlinks=True)
    study = Study(folder, finished.slurm)
    shutil.rmtree(folder / "results/scores")
    study.forget_runs()
    (folder / "short.yaml").write_text("hardware: {runtime_minutes: 1, startup_seconds: 600}\n")
    said = study.snakemake(configs=("small.yaml", "short.yaml"), check=False)
    assert re.search(r"\bhardware\.runtime_minutes is 1\. .*\bhardware\.runtime_minutes: \d+", said)
    assert len(re.findall(r"^Error in rule plan_runs", said, re.M)) == 1
    assert not [job for job in study.jobs().values() if job["Partition"] == "gpua100"]


def test_a_partition_that_takes_no_jobs(study):
    study.slurm.call("scontrol", "update", "PartitionName=gpua100", "State=INACTIVE")
    try:
        with profile(study):
            lines = refused(study).splitlines()
    finally:
        study.slurm.call("scontrol", "update", "PartitionName=gpua100", "State=UP")
    assert len(lines) == 6 and all(tells(line, "gpua100", "inactive") for line in lines)


def test_a_queue_that_refuses_says_why_in_its_own_words(study):
    study.slurm.call("sacctmgr", "-i", "modify", "user", "root", "set", "MaxSubmitJobs=0")
    try:
        with profile(study):
            message = refused(study)
    finally:
        study.slurm.call("sacctmgr", "-i", "modify", "user", "root", "set", "MaxSubmitJobs=-1")
    assert f"train_qlora: partition gpua100 with account {ACCOUNT} refuses 1 cores, 1,800 MB, 15 minutes" in message
    assert "SLURM says “Job violates accounting/QOS policy (job submit limit" in message
