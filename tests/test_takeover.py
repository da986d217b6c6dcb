"""The snakemakes at work in a folder, without one being started."""

import os
import subprocess
import sys

import psutil
import pytest

from facts import naming, tells
from further.io import read_json, write_json
from further.lock import this_process
from further.takeover import LOCKS, PLACE, enter_folder, find_others


def test_a_folder_that_cannot_be_written_to_is_refused_in_one_line(tmp_path):
    """A file stands where the folder of notes would be: root may write anywhere else."""
    (tmp_path / ".snakemake").write_text("")
    with pytest.raises(ValueError, match=naming(tmp_path)) as caught:
        enter_folder(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


def test_who_only_looks_leaves_the_jobs_of_a_killed_snakemake_at_work(tmp_path):
    """A process whose command line is that of a job stands for one that was left: its parent is gone."""
    write_json(tmp_path / PLACE / "dead.json", this_process() | {"pid": 2**22 + 1})
    (tmp_path / LOCKS).mkdir(parents=True)
    (tmp_path / LOCKS / "0.output.lock").write_text("results/0.txt\n")
    wait = f"{sys.executable} -c 'import time; time.sleep(600)' .snakemake/scripts/job.py > /dev/null & echo $!"
    job = psutil.Process(int(subprocess.check_output(["sh", "-c", wait], cwd=tmp_path)))
    record, said = enter_folder(tmp_path, takes_over=False)
    record.unlink()
    assert said == [] and job.is_running() and list((tmp_path / LOCKS).iterdir())
    assert len(find_others(tmp_path, dead=True)) == 1
    assert tells(enter_folder(tmp_path)[1][0], 2**22 + 1, "taken over")
    assert not job.is_running() and not list((tmp_path / LOCKS).iterdir()) and not find_others(tmp_path, dead=True)


def test_others_are_those_alive_or_not_known_to_be_dead(tmp_path):
    own, said = enter_folder(tmp_path)
    assert said == [] and read_json(own)["pid"] == os.getpid() and find_others(tmp_path) == []
    parent = psutil.Process(os.getppid())
    alive = {"pid": parent.pid, "process_started": parent.create_time()}
    write_json(tmp_path / PLACE / "alive.json", this_process() | alive)
    write_json(tmp_path / PLACE / "dead.json", this_process() | {"pid": 2**22 + 1})
    write_json(
        tmp_path / PLACE / "elsewhere.json", this_process() | {"machine": "another", "host": "node-7", "pid": 12}
    )
    (tmp_path / PLACE / "half.json").write_text("{")
    others = find_others(tmp_path)
    assert len(others) == 2
    assert any(tells(one, parent.pid, this_process()["host"]) for one in others)
    assert any(tells(one, 12, "node-7") for one in others)
