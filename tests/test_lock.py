"""The lock of a run: dead owners, silent owners, many at once."""

import json
import multiprocessing
import os
import re
import signal
import time
from pathlib import Path

import psutil
import pytest

from facts import naming
from further import lock
from further.lock import find_owner_here, hold_lock, take_lock

LEASE = 0.6


@pytest.fixture(autouse=True)
def short_lease(monkeypatch):
    monkeypatch.setattr(lock, "LEASE_S", LEASE)


def leave_lock(folder, clock_ahead_s=0.0, job="777"):
    """A lock as another node's job leaves it: filelock's own marker, with that node's name."""
    with hold_lock(folder):
        marker, owner = (folder / "lock").read_text(), json.loads((folder / "owner.json").read_text())
    (folder / "lock").write_text(re.sub("(?m)^host=.*$", "host=cn042", marker))
    (folder / "owner.json").write_text(json.dumps(owner | {"machine": "elsewhere", "slurm_job": job}))
    os.utime(folder / "lock", (time.time() + clock_ahead_s,) * 2)


def hold_until(connection, folder):
    with hold_lock(folder):
        connection.send(True)
        connection.recv()


@pytest.fixture
def owner(tmp_path):
    """A process on this machine that holds the lock."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=hold_until, args=(there, tmp_path))
    process.start()
    assert here.recv()
    yield process
    process.kill()
    process.join()


def test_a_lock_is_there_while_it_is_held_and_fresh(tmp_path):
    with hold_lock(tmp_path / "run") as held:
        before = (tmp_path / "run" / "lock").stat().st_mtime_ns
        time.sleep(LEASE)
        assert (tmp_path / "run" / "lock").stat().st_mtime_ns > before and held.is_held()
    assert list((tmp_path / "run").iterdir()) == []


def test_an_owner_elsewhere_is_taken_for_dead_after_its_lease_whatever_its_clock(tmp_path, caplog):
    leave_lock(tmp_path, clock_ahead_s=9999)
    caplog.set_level("INFO")
    started = time.monotonic()
    with hold_lock(tmp_path):
        assert LEASE <= time.monotonic() - started < LEASE + 60  # its clock is 9999 s ahead
    assert re.search(rf"\b777\b.*\b{os.getpid()}\b.*\bcn042\b.*\b20\d\d-", caplog.text)


def test_an_owner_elsewhere_that_gives_a_sign_of_life_is_named(tmp_path):
    leave_lock(tmp_path, clock_ahead_s=-9999)
    beating = multiprocessing.get_context("fork").Process(target=beat, args=(tmp_path / "lock",))
    beating.start()
    with pytest.raises(BlockingIOError, match=naming(777, "cn042")):
        take_lock(tmp_path)
    beating.kill()
    beating.join()


def beat(file):
    while True:
        time.sleep(LEASE / 3)
        os.utime(file)


def test_an_owner_here_is_followed_at_once_when_it_is_dead_and_refused_while_it_lives(tmp_path, owner, monkeypatch):
    with pytest.raises(SystemExit) as stopped:
        hold_lock(tmp_path).__enter__()
    assert stopped.value.code == os.EX_TEMPFAIL
    owner.kill()
    owner.join()
    monkeypatch.setattr(lock, "LEASE_S", 60.0)
    started = time.monotonic()
    with hold_lock(tmp_path):
        assert time.monotonic() - started < lock.LEASE_S / 2


def test_an_owner_here_is_found_suspended_too(tmp_path, owner):
    psutil.Process(owner.pid).suspend()
    assert find_owner_here(tmp_path).startswith(f"process {owner.pid} on {os.uname().nodename} since")
    os.kill(owner.pid, signal.SIGKILL)
    owner.join()
    assert find_owner_here(tmp_path) is None


def test_an_owner_that_comes_in_the_moment_of_taking_the_lock_is_named(tmp_path, owner, monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda self: False)  # as it was when the second of two looked
    with pytest.raises(BlockingIOError, match=naming("process", owner.pid)):
        take_lock(tmp_path, wait=False)


def test_a_lock_that_was_never_filled_is_taken_over(tmp_path):
    (tmp_path / "lock").touch()
    with hold_lock(tmp_path) as held:
        assert held.is_held()


def test_a_lock_that_was_taken_over_is_not_removed(tmp_path):
    with hold_lock(tmp_path) as held:
        (tmp_path / "lock").rename(tmp_path / "aside")
        leave_lock(tmp_path)
        assert not held.is_held()
        with pytest.raises(SystemExit) as stopped:
            held.check()
    assert stopped.value.code == os.EX_TEMPFAIL
    assert (tmp_path / "lock").exists() and (tmp_path / "owner.json").exists()


def add_one(folder):
    """Read and write a number, with time in between for another to do the same."""
    lock.LEASE_S = 60.0
    while True:
        try:
            with hold_lock(folder / "run", wait=False):
                value = int((folder / "count").read_text())
                time.sleep(0.02)
                (folder / "count").write_text(str(value + 1))
                return
        except BlockingIOError:
            time.sleep(0.005)


def test_of_many_at_once_on_a_dead_owners_lock_one_at_a_time_holds_it(tmp_path):
    lock.LEASE_S = 60.0
    with hold_lock(tmp_path / "run"):
        marker = (tmp_path / "run" / "lock").read_text()
    dead = re.sub("(?m)^pid=.*$", f"pid={2**22 + 1}", marker)  # above the largest number a process can have
    (tmp_path / "run" / "lock").write_text(dead)
    (tmp_path / "count").write_text("0")
    processes = [multiprocessing.get_context("fork").Process(target=add_one, args=(tmp_path,)) for _ in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 8
    assert (tmp_path / "count").read_text() == "8"
    assert [path.name for path in (tmp_path / "run").iterdir()] == []
