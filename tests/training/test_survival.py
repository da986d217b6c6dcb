"""Runs killed, stopped, starved and disturbed: each ends with the adapter of an undisturbed one, to the bit."""

import os
import random
import re
import signal
import subprocess
import time
from dataclasses import replace

import psutil
import pytest

from facts import tells
from further.training.checkpoints import step_of
from training.drive import Case, finish, running, start, wait_for_step

pytestmark = pytest.mark.slow

STEPS = 21  # 13 rows, two at a time, three epochs
STEPS_PER_PASS = 7


@pytest.fixture(scope="module")
def expected(model_folder, tmp_path_factory):
    """Adapter and results of undisturbed runs, by quantization; made when asked for."""
    made = {}

    def results(quantization="none", **settings):
        key = (quantization, *settings.items())
        if key not in made:
            folder = tmp_path_factory.mktemp("undisturbed")
            case = Case(folder, model_folder, {"quantization": quantization} | settings, minutes=60)
            assert finish(start(case)) == 0, case.log()
            made[key] = case.results()
        return made[key]

    return results


@pytest.fixture
def case(model_folder, tmp_path):
    return Case(tmp_path / "run", model_folder, step_s=0.02)


def killed_at(case, step):
    """Kill a run that has just saved this step; what it saved after that before the signal arrived is thrown away."""
    with running(case) as process:
        wait_for_step(case, process, step)
        process.kill()
    assert process.exitcode == -signal.SIGKILL
    for path in case.store.glob("*/checkpoint-*"):
        if step_of(path) > step:
            path.unlink()
    assert max(case.steps_saved()) == step


@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_a_run_killed_three_times_ends_with_the_same_adapter_bit_for_bit(case, expected, quantization):
    case = replace(case, settings={"quantization": quantization})
    steps = sorted([STEPS_PER_PASS, *random.Random(4).sample(range(STEPS_PER_PASS + 2, STEPS - 3), 2)])
    for step in steps:
        killed_at(case, step)
        assert (case.store / "lock").exists()
    assert finish(start(case)) == 0, case.log()
    assert tells(case.log(), "process", "taken over")
    assert case.results() == expected(quantization)
    check_timing(case, starts=4)


def check_timing(case, starts):
    """Seconds of all starts, of training at least what the steps had to last."""
    from further.io import read_json

    timing = read_json(case.folder / "timing.json")
    tokens = case.results()[1]["num_trained_tokens"]
    assert timing["starts"] == starts
    assert STEPS * case.step_s < timing["seconds_train"] < timing["seconds_total"]
    assert timing["tokens_per_second"] == pytest.approx(tokens / timing["seconds_train"], rel=0.01)


def test_killed_at_any_moment_it_leaves_what_can_be_used(case, expected):
    """No waiting for a step to end: the signal may come while files are written."""
    case, moments = replace(case, step_s=0.0), random.Random(0)
    for _ in range(3):
        with running(case) as process:
            wait_for_step(case, process, max(case.steps_saved(), default=0) + 3)
            time.sleep(moments.uniform(0, 0.05))
            process.kill()
        assert 1 <= len(case.steps_saved()) <= 3  # two, and one that was renamed when the oldest was not yet removed
    assert finish(start(case)) == 0, case.log()
    assert case.results() == expected()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_at_the_steps_end_and_a_retry_goes_on(case, expected, number):
    case = replace(case, minutes=60, step_s=0.1)
    with running(case) as process:
        while "step 1/" not in (case.log() if (case.folder / "log").exists() else ""):
            assert process.is_alive()
            time.sleep(0.01)
        os.kill(process.pid, number)
        assert finish(process) == os.EX_TEMPFAIL
    [step] = case.steps_saved()
    assert tells(case.log(), f"run: stopped by {number.name}", step, STEPS)
    assert not (case.folder / "adapter").exists() and not (case.store / "lock").exists()
    assert finish(start(replace(case, step_s=0.0))) == 0, case.log()
    assert f"resuming from {next(case.store.glob('*/'))}/checkpoint-{step}" in case.log()
    assert case.results() == expected()


def test_it_stops_before_the_walltime(case, expected):
    case = replace(case, minutes=60, step_s=0.25, walltime_s=(61.5, 60))
    assert finish(start(case)) == os.EX_TEMPFAIL
    [step] = case.steps_saved()
    assert tells(case.log(), "run: stopped 1.0 minutes", step, STEPS)
    assert finish(start(replace(case, walltime_s=(600, 60)))) == 0, case.log()
    assert case.results() == expected()


def test_a_checkpoint_cut_short_is_recognized_and_the_one_before_is_used(case, expected):
    killed_at(case, 9)
    newest = next(case.store.glob("*/checkpoint-9-*"))
    (newest.parent / ".part-0").touch()  # as a kill in the middle of writing leaves it
    newest.write_bytes(newest.read_bytes()[:-100])
    assert finish(start(case)) == 0, case.log()
    assert tells(case.log(), newest, "damaged", "removed")
    assert "resuming from" in case.log() and "/checkpoint-8" in case.log()
    assert not list(newest.parent.glob(".part-*"))
    assert case.results() == expected()
    assert case.steps_saved() == [STEPS - 1, STEPS]


def test_a_full_disk_ends_in_one_error_and_the_next_start_goes_on(case, expected, tmp_path):
    """On a file system of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], capture_output=True).returncode:
        pytest.skip("only root can mount a small file system; the test below does without")
    case = replace(case, checkpoints=disk / "checkpoints")
    try:
        with running(replace(case, step_s=0.3)) as process:
            wait_for_step(case, process, 5)
            hold_between_checkpoints(case, process)
            (disk / "filler").write_bytes(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - 60_000))
            os.kill(process.pid, signal.SIGCONT)
            assert finish(process) == 1
        check_no_room(case)
        (disk / "filler").unlink()
        assert finish(start(case)) == 0, case.log()
        assert case.results() == expected()
    finally:
        subprocess.run(["umount", disk], check=True)


def hold_between_checkpoints(case, process):
    """Stop a run's clock while no checkpoint is being written; the oldest is removed after the newest is there."""
    while True:
        os.kill(process.pid, signal.SIGSTOP)
        while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:
            time.sleep(0.001)
        if len(case.steps_saved()) <= 2 and not list(case.store.glob("*/.part-*")):
            return
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(0.005)


def test_a_file_that_may_not_grow_is_no_room(case, expected):
    assert finish(start(replace(case, room_ends_at=8))) == 1
    check_no_room(case)
    assert case.steps_saved() == [6, 7]
    assert finish(start(case)) == 0, case.log()
    assert case.results() == expected()


def check_no_room(case):
    """The error names folder, room needed and free, and what is left; nothing half written stays."""
    step, last = case.steps_saved()[-1] + 1, case.log().splitlines()[-1]
    [folder] = case.store.glob("*/")
    assert re.search(rf"\bstep {step}\b.*{re.escape(str(folder))}\b.*\b0\.1\d* MB\b.*\bstep {step - 1}\b", last)
    assert not list(folder.glob(".part-*"))


def test_memory_that_does_not_suffice_names_the_settings_to_change(case, expected):
    assert finish(start(replace(case, memory_ends_at=8))) == 1
    last = case.log().splitlines()[-1]
    assert last.startswith("MemoryError: ") and tells(last, "training", "step 7", 2, 32)
    assert tells(last, "training.gradient_accumulation_steps", "now 1", "training.gradient_checkpointing: true")
    assert case.steps_saved() == [6, 7]
    assert finish(start(case)) == 0, case.log()
    assert case.results() == expected()


def test_checkpoints_of_another_setting_are_kept_unused_until_it_is_put_back(case, expected):
    killed_at(case, 9)
    other = replace(case, settings={"learning_rate": 2e-3})
    killed_at(other, 12)
    assert tells(other.log(), "step 9", "not", "run.learning_rate 0.001 → 0.002") and "resuming" not in other.log()
    assert finish(start(case)) == 0, case.log()
    assert "/checkpoint-9" in case.log() and "run.learning_rate 0.002 → 0.001" in case.log()
    assert case.results() == expected() != expected(learning_rate=2e-3)


def test_a_second_job_is_refused_and_told_who_has_the_run(case, expected):
    case = replace(case, lease_s=0.6, step_s=0.1)
    second = replace(case, folder=case.folder.with_name("second"), checkpoints=case.store)
    with running(case) as process:
        wait_for_step(case, process, 2)
        assert finish(start(second)) == os.EX_TEMPFAIL
        assert tells(second.log().splitlines()[-1], process.pid, os.uname().nodename)
        assert finish(process) == 0, case.log()
    assert case.results() == expected()


def test_a_suspended_job_is_superseded_and_writes_nothing_more(case, expected):
    case = replace(case, lease_s=0.6)
    second = replace(case, folder=case.folder.with_name("second"), checkpoints=case.store)
    with running(case) as process:
        wait_for_step(case, process, 3)
        os.kill(process.pid, signal.SIGSTOP)
        with running(second) as other:
            wait_for_step(second, other, 6)
            assert tells(second.log(), process.pid, "taken over")
            os.kill(process.pid, signal.SIGCONT)
            assert finish(process) == os.EX_TEMPFAIL
            assert tells(case.log().splitlines()[-1], case.store / "lock", "without saving")
            assert finish(other) == 0, second.log()
    assert second.results() == expected()
