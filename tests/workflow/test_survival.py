"""A training job killed under Snakemake goes on at the next start, to the same adapter."""

import json
import os
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from facts import tells

pytestmark = [pytest.mark.slow, pytest.mark.workflow]

RUN = "fraction-0.5"
FILES = ("adapter/adapter_model.safetensors", "metrics.json", "history.parquet")


def read(study):
    return [(study / "results/runs" / RUN / file).read_bytes() for file in FILES]


def killed_after(study, step, job, timeout=300):
    """Kill the process that holds the run's lock once it has saved a step."""
    until = time.monotonic() + timeout
    folder = study / "checkpoints" / RUN
    while not list(folder.glob(f"*/checkpoint-{step}-*")):
        assert not job.done() and time.monotonic() < until
        time.sleep(0.01)
    os.kill(json.loads((folder / "owner.json").read_text())["pid"], signal.SIGKILL)


def test_a_training_job_killed_under_snakemake_goes_on_to_the_same_adapter(finished, tmp_path):
    again = type(finished)(finished.code, tmp_path / "study")
    shutil.copytree(finished.study, again.study)
    config = again.study / "config.yaml"
    config.write_text(config.read_text().replace("checkpoint_minutes: 5", "checkpoint_minutes: 0"))
    command = (*again.config, "--profile", again.code / "profiles/default", "--cores", "1")
    target = f"results/runs/{RUN}/metrics.json"
    assert again.plan("--cores", "1", target) == {}  # how often a run is saved shapes no result
    with ThreadPoolExecutor() as threads:
        job = threads.submit(again.snakemake, *command, "--force", target, check=False)
        killed_after(again.study, 3, job)
        assert job.result().returncode == 1
    assert not (again.study / target).exists()
    log = again.snakemake(*command, target).stdout
    assert tells(log, f"checkpoints/{RUN}", "process", "taken over")
    assert "resuming from" in (again.study / f"logs/train_qlora/{RUN}.log").read_text()
    assert read(again.study) == read(finished.study)
    assert json.loads((again.study / target).with_name("timing.json").read_text())["starts"] == 2
    assert not (again.study / "checkpoints" / RUN).exists()  # nothing is left once the results are written
