"""The snakemakes at work in a folder, without one being started."""

import os

import psutil
import pytest

from facts import naming, tells
from further.heads import PLACE, enter_folder, find_others
from further.io import read_json, write_json
from further.lock import this_process


def test_a_folder_that_cannot_be_written_to_is_refused_in_one_line(tmp_path):
    """A file stands where the folder of notes would be: root may write anywhere else."""
    (tmp_path / ".snakemake").write_text("")
    with pytest.raises(ValueError, match=naming(tmp_path)) as caught:
        enter_folder(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


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
