"""A run on two processes of one machine, as on two GPUs of a node, against the same run on one."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from training.drive import Case, finish, start

pytestmark = pytest.mark.slow


def carried_out(case):
    assert finish(start(case)) == 0, case.log()
    return load_file(case.folder / "adapter/adapter_model.safetensors"), case.results()[1]


@pytest.mark.parametrize("settings", [{"batch_tokens": 128, "accumulation": 1}, {"batch_tokens": 128, "accumulation": 2}])
def test_two_processes_train_as_one(model_folder, tmp_path, settings):
    one = Case(tmp_path / "one", model_folder, {"dropout": 0.0} | settings, minutes=60)
    alone, expected = carried_out(one)
    together, results = carried_out(replace(one, folder=tmp_path / "two", processes=2))
    assert results["num_trained_tokens"] == expected["num_trained_tokens"] == 3 * (386 + 6)
    assert results["num_steps"] == expected["num_steps"]
    for mine, other in zip(results["history"], expected["history"], strict=True):
        assert mine == pytest.approx(other, abs=1e-5)
    for name, values in alone.items():
        torch.testing.assert_close(together[name], values, atol=1e-5, rtol=1e-4)
