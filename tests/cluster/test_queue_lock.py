"""One snakemake per folder, with a queue of one job that a script of this test keeps: no SLURM is needed."""

import os
import signal
import subprocess
import sys

import pytest

from facts import naming
from further import lock
from further.cluster.queue_lock import PLACE, take_queue

UUID = "8612b9dd-8829-4f32-a064-d3331f3d1c11"
LIVING = """
import signal, sys
from pathlib import Path
from further.cluster.queue_lock import take_queue
held = take_queue(Path(sys.argv[1]))
print("taken", flush=True)
signal.pause()
"""


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """A queue that is empty until `queue.touch()`; the file goes when its job is cancelled."""
    queued, programs = tmp_path / "queued", tmp_path / "bin"
    programs.mkdir()
    row = f"77|RUNNING|None|{UUID}|{tmp_path / 'study'}|rule_train_qlora_wildcards_default"
    for name, line in (("squeue", f"[ ! -e {queued} ] || echo '{row}'"), ("scancel", f"rm {queued}")):
        (programs / name).write_text(f"#!/bin/sh\n{line}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return queued


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    return folder


@pytest.fixture
def living(queue, study):
    """Another process that is at work in the folder, with a job in the queue."""
    process = subprocess.Popen([sys.executable, "-c", LIVING, study], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "taken\n"
    queue.touch()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("state", [None, signal.SIGSTOP])
def test_a_second_snakemake_is_refused_and_the_jobs_of_the_living_one_stay(queue, study, living, state):
    if state:
        living.send_signal(state)  # Ctrl-Z: it would queue its cancelled jobs again
    with pytest.raises(ValueError, match=naming("process", living.pid)):
        take_queue(study)
    assert queue.exists()


def test_a_killed_snakemake_is_followed_at_once_and_its_jobs_are_cancelled(queue, study, living):
    living.kill()
    living.wait()
    held, cancelled = take_queue(study)
    held.release()
    assert [job.number for job in cancelled] == ["77"] and not queue.exists()


def test_one_on_another_machine_is_alive_while_its_heart_beats(queue, study, monkeypatch):
    monkeypatch.setattr(lock, "LEASE_S", 0.6)
    held, _ = take_queue(study)
    for name, own, other in (("lock", os.uname().nodename, "cosmos2"), ("owner.json", '"machine": "', '"machine": "x')):
        file = study / PLACE / name
        text = file.read_text().replace(own, other)
        with file.open("r+") as stream:  # the same file, which its owner keeps fresh
            stream.truncate(stream.write(text))
    queue.touch()
    with pytest.raises(ValueError, match=naming("cosmos2")):
        take_queue(study)
    assert queue.exists()
    held.release()


def test_the_folder_is_free_again_once_its_snakemake_has_ended(queue, study):
    for _ in range(2):
        held, cancelled = take_queue(study)
        assert (study / PLACE / "lock").exists() and not cancelled
        held.release()


def test_a_queue_that_does_not_answer_leaves_the_folder_free(queue, study):
    (queue.parent / "bin" / "squeue").write_text("#!/bin/sh\necho slurm_load_jobs error; exit 1\n")
    with pytest.raises(ValueError, match=naming("SLURM", "slurm_load_jobs error")):
        take_queue(study)
    assert not (study / PLACE / "lock").exists()
