"""The faster paths of `training.kernels`, put on a model that is about to be trained on a GPU."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from further.models import Model
from further.models.adapted import compute_in_own_type
from further.models.fused import find_loss, fuse_layers
from further.settings import Run
from further.training.offload import offload_inputs
from further.training.sharding import is_sharded

debugging: Any = torch.utils.deterministic
log = logging.getLogger(__name__)


def speed_up(model: Model, run: Run) -> list[str]:
    """Put the asked-for paths on a model, none on a processor; their names. The log says why others are not used."""
    if model.device.type != "cuda":
        return []
    used: list[str] = [name for name in run.kernels if name in model.faster_paths and _put_on(name, model, run)]
    log.info("faster paths: %s", ", ".join(used) or "none")
    return used


def _put_on(name: str, model: Model, run: Run) -> bool:
    if name == "adapters":
        return compute_in_own_type(model.network) > 0
    if name == "documents":
        return model.attend_within_documents()
    if name == "fused":
        used = fuse_layers(model.base)
        model.loss_in_place = find_loss(model.base.get_output_embeddings()) if used else None
        return used
    if name == "offload":
        return not (run.compile or is_sharded(model.network)) and offload_inputs(model.network) > 0
    return _can_record(model, run)


def _can_record(model: Model, run: Run) -> bool:
    """A graph repeats what it recorded: the same dropout, no exchange with other GPUs, int8's choice of outliers."""
    fixed = not (run.dropout or run.compile or run.quantization == "int8" or is_sharded(model.network))
    return fixed and not model.draws_numbers()


@contextmanager
def same_bits(run: Run) -> Iterator[None]:
    """Have torch choose algorithms that give the same bits every time, where `run.deterministic` asks for it.

    Without a GPU all of them do. torch raises where it has no such algorithm, and names the operation.
    """
    wanted = run.deterministic and torch.cuda.is_available()
    before, filled = torch.are_deterministic_algorithms_enabled(), debugging.fill_uninitialized_memory
    if wanted:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read at the first product of matrices
    torch.use_deterministic_algorithms(wanted)
    debugging.fill_uninitialized_memory = False  # a debugging aid: writes every tensor once more
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
        debugging.fill_uninitialized_memory = filled
