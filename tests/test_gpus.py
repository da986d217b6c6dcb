"""A job that was planned for a GPU says why it has none."""

import re

import pytest
import torch

from further.gpus import explain_missing, require_gpus


def test_a_job_that_was_planned_for_the_processor_needs_none():
    require_gpus(0)


@pytest.mark.skipif(torch.cuda.is_available(), reason="has CUDA")
def test_a_job_that_was_planned_for_a_gpu_is_refused_without_one():
    with pytest.raises(RuntimeError, match=r"hardware.gpu_memory_gb"):
        require_gpus(1)


@pytest.mark.parametrize(
    ("built_for", "driver", "cure"),
    [
        (None, "12.8", {"install"}),
        ("13.0", None, {"NVIDIA", "gres"}),
        ("13.0", "12.8", {"install", "12.8"}),
        ("12.6", "12.8", {"gres"}),  # a driver runs older builds of its major version, and all before
        ("12.8", "13.0", {"gres"}),
    ],
)
def test_the_cure_follows_from_the_versions(built_for, driver, cure):
    said = explain_missing(2, 1, built_for, driver)
    assert set(re.findall(r"\b(?:install|NVIDIA|gres|12\.8)\b", said.split(": ", 1)[1])) == cure
    assert all(str(version or "none") in said for version in (built_for, driver, torch.__version__))
