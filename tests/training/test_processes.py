"""A run on two processes of one machine, as on two GPUs of a node, against the same run on one."""

import os
import re
import signal
import time
from dataclasses import replace

import psutil
import pytest
import torch
from safetensors.torch import load_file

from facts import naming, tells
from further.io import read_json
from further.training.launch import check_gpus
from training.drive import Case, finish, running, start, wait_for_step

NUM_LABELS = 386 + 6  # a prediction per token of the six papers, and their EOS


def test_more_processes_than_gpus_are_refused():
    check_gpus(2, 2)
    check_gpus(2, None)
    with pytest.raises(ValueError, match=naming("hardware.gpus_per_run", 2, 1)):
        check_gpus(2, 1)


def carried_out(case):
    """Weights and results of a whole run."""
    assert finish(start(case)) == 0, case.log()
    return load_file(case.folder / "adapter/adapter_model.safetensors"), case.results()[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"batch_tokens": 128},  # four rows a step, two for each process; the last step of a pass has one row
        {
            "batch_tokens": 192,
            "gradient_accumulation_steps": 2,
            "packing": False,
            "quantization": "nf4",
            "gradient_checkpointing": True,
        },
    ],
)
def test_two_processes_train_as_one(model_folder, tmp_path, settings):
    one = Case(tmp_path / "one", model_folder, {"dropout": 0.0} | settings, minutes=60)
    alone, expected = carried_out(one)
    together, results = carried_out(replace(one, folder=tmp_path / "two", world_size=2))
    assert results["num_trained_tokens"] == expected["num_trained_tokens"] == 3 * NUM_LABELS
    assert results["num_steps"] == expected["num_steps"]
    for mine, other in zip(results["history"], expected["history"], strict=True):
        assert mine == pytest.approx(other, abs=1e-5)
    assert results["validation_loss_nats"] == pytest.approx(expected["validation_loss_nats"], abs=1e-5)
    for name, values in alone.items():
        torch.testing.assert_close(together[name], values, atol=1e-5, rtol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings", [{"quantization": "nf4", "gradient_checkpointing": True}, {"gradient_accumulation_steps": 2}]
)
def test_sharded_processes_train_as_one(model_folder, tmp_path, settings):
    """13 rows, six a step: the last step has one, so that one of the processes has none."""
    one = Case(tmp_path / "one", model_folder, {"dropout": 0.0, "batch_tokens": 192} | settings, minutes=60)
    alone, expected = carried_out(one)
    two = replace(one, folder=tmp_path / "two", world_size=2, sharded=True)
    together, results = carried_out(two)
    for mine, other in zip(results["history"], expected["history"], strict=True):
        assert mine == pytest.approx(other, abs=1e-5)
    for name, values in alone.items():
        torch.testing.assert_close(together[name], values, atol=1e-5, rtol=1e-4)
    # in each block four matrices of 64 by 64 and three of 64 by 128, of 4 bits or 4 bytes, and two norms in fp32
    matrices = 4 * 64 * 64 + 3 * 64 * 128
    size = 2 * (matrices / 2 if "quantization" in settings else matrices * 4) + 2 * 2 * 64 * 4
    assert tells(two.log(), "2 blocks", f"{size / 2e6:.2f}", f"{size / 1e6:.2f} MB")


def workers(process):
    """The processes that train, by rank: those that were started to run Python code, in order."""
    started = [child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())]
    return sorted(started, key=lambda child: child.pid)


@pytest.mark.slow
def test_disturbed_in_every_way_it_ends_as_undisturbed(model_folder, tmp_path):
    """With dropout, whose generators no checkpoint of two processes holds."""
    undisturbed = Case(tmp_path / "undisturbed", model_folder, {"epochs": 8}, minutes=60, world_size=2)
    assert finish(start(undisturbed)) == 0, undisturbed.log()
    case = replace(undisturbed, folder=tmp_path / "run", minutes=0.0)

    with running(case) as process:
        wait_for_step(case, process, 2)
        workers(process)[1].kill()
        assert finish(process) == 1
    assert tells(case.log().splitlines()[-1], "RuntimeError", "process 1", "SIGKILL")

    with running(case) as process:
        wait_for_step(case, process, max(case.steps_saved()) + 2)
        left = workers(process)
        process.kill()
        psutil.wait_procs(left, timeout=20)
        assert len(left) == 2 and not any(worker.is_running() for worker in left)
    killed_at = max(case.steps_saved())

    with running(replace(case, minutes=60)) as process:
        wait_for_log(case, process, f"/checkpoint-{killed_at}", "run: step ")
        os.kill(process.pid, signal.SIGTERM)
        assert finish(process) == os.EX_TEMPFAIL, case.log()
    assert tells(case.log(), "run: stopped by SIGTERM", max(case.steps_saved()), 56)
    assert not (case.store / "lock").exists()

    assert finish(start(replace(case, minutes=60))) == 0, case.log()
    assert case.results() == undisturbed.results()
    assert read_json(case.folder / "timing.json")["starts"] == 4


def wait_for_log(case, process, *words):
    until = time.monotonic() + 120
    while not all(each in case.log() for each in words):
        assert process.is_alive() and time.monotonic() < until, case.log()
        time.sleep(0.01)


@pytest.mark.slow
def test_a_loss_that_is_no_number_ends_all_processes_with_one_error(model_folder, tmp_path):
    settings = {"batch_tokens": 128, "learning_rate": 1e30, "warmup_ratio": 0.0, "max_grad_norm": 1e30}
    case = Case(tmp_path / "run", model_folder, settings, world_size=2)
    assert finish(start(case)) == 1
    last = case.log().splitlines()[-1]
    assert re.match(r"RuntimeError: [^:]*: FloatingPointError: loss is (nan|inf) at step \d+,", last)
    assert "diaz" in last and last.count("FloatingPointError") == 1
