"""A job that was planned for a GPU says why it has none."""

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
        (None, "12.8", "a build of torch for CUDA"),
        ("13.0", None, "no NVIDIA driver"),
        ("13.0", "12.8", "CUDA 12.8 or older"),
        ("12.6", "12.8", "ask for as many"),  # a driver runs older builds of its major version, and all before
        ("12.8", "13.0", "ask for as many"),
    ],
)
def test_the_cure_follows_from_the_versions(built_for, driver, cure):
    said = explain_missing(2, 1, built_for, driver)
    assert cure in said
    assert all(str(version or "none") in said for version in (built_for, driver, torch.__version__))
