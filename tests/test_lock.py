"""The lock of a run: dead owners, silent owners, many at once."""

import json
import multiprocessing
import os
import time

import pytest

from further.lock import hold_lock

BEAT = 0.1


def owner(**fields):
    """A lock as another node's job leaves it."""
    elsewhere = {"host": "cn042", "machine": "elsewhere", "pid": 1, "pid_started": 5, "slurm_job": "777"}
    return elsewhere | {"started": "2026-11-22T07:00:00+00:00"} | fields


def test_a_lock_is_there_while_it_is_held_and_fresh(tmp_path):
    with hold_lock(tmp_path / "run", BEAT) as lock:
        held = json.loads(lock.file.read_text())
        assert (held["pid"], held["host"]) == (os.getpid(), os.uname().nodename)
        before = lock.file.stat().st_mtime_ns
        time.sleep(3 * BEAT)
        assert lock.file.stat().st_mtime_ns > before and lock.is_held()
    assert not lock.file.exists()


def test_an_owner_elsewhere_is_taken_for_dead_after_three_heartbeats_of_silence(tmp_path, caplog):
    (tmp_path / "lock").write_text(json.dumps(owner()))
    os.utime(tmp_path / "lock", (time.time() + 9999,) * 2)  # its clock is hours ahead: only change counts
    caplog.set_level("INFO")
    started = time.monotonic()
    with hold_lock(tmp_path, BEAT):
        assert 3 * BEAT < time.monotonic() - started < 10 * BEAT + 5
    assert "in use by SLURM job 777, process 1 on cn042 since 2026-11-22T07:00:00+00:00: waiting" in caplog.text
    assert "gave no sign of life for 0.3 s: taken over" in caplog.text


def test_a_process_number_used_again_is_not_its_owner(tmp_path, caplog):
    """A number alone would take this very process for the owner."""
    with hold_lock(tmp_path, BEAT) as lock:
        content = json.loads(lock.file.read_text())
    (tmp_path / "lock").write_text(json.dumps(content | {"pid_started": content["pid_started"] - 1}))
    started = time.monotonic()
    with hold_lock(tmp_path, 60):
        assert time.monotonic() - started < 5


def test_a_lock_that_was_never_filled_is_taken_over(tmp_path):
    (tmp_path / "lock").touch()
    with hold_lock(tmp_path, BEAT) as lock:
        assert json.loads(lock.file.read_text())["pid"] == os.getpid()


def test_a_lock_that_was_taken_over_is_not_removed(tmp_path, caplog):
    with hold_lock(tmp_path, BEAT) as lock:
        lock.file.rename(tmp_path / "aside")
        lock.file.write_text(json.dumps(owner()))
        assert not lock.is_held()
        with pytest.raises(SystemExit) as stopped:
            lock.check()
    assert stopped.value.code == os.EX_TEMPFAIL
    assert lock.file.exists()


def add_one(folder):
    """Read and write a number, with time in between for another to do the same."""
    with hold_lock(folder / "run", 1.0):
        value = int((folder / "count").read_text())
        time.sleep(0.02)
        (folder / "count").write_text(str(value + 1))


def test_of_many_at_once_on_a_dead_owners_lock_one_at_a_time_holds_it(tmp_path):
    with hold_lock(tmp_path / "run", BEAT) as lock:
        dead = json.loads(lock.file.read_text()) | {"pid": 2**22 + 1}  # above the largest number a process can have
    (tmp_path / "run" / "lock").write_text(json.dumps(dead))
    (tmp_path / "count").write_text("0")
    processes = [multiprocessing.get_context("fork").Process(target=add_one, args=(tmp_path,)) for _ in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 8
    assert (tmp_path / "count").read_text() == "8"
    assert [path.name for path in (tmp_path / "run").iterdir()] == []
