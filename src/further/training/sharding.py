"""FSDP: each GPU keeps its part of every block's frozen weights, and blocks are put together when they are needed.

torch's own `fully_shard`, per block. What is trained stays whole on every GPU (`ignored_params`): gradients, optimizer,
checkpoints and adapter are as without. Putting a block together takes all processes at once: each must go through as
many forward passes as the others, which `own_share` and `mean_loss` see to.
"""

import logging
from collections.abc import Sequence

import torch
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor

from further.models import Model
from further.training.distributed import world_size

log = logging.getLogger(__name__)


def shard_blocks(model: Model) -> None:
    """Leave each process its part of the frozen weights, which all loaded whole; those of 4 bits stay packed."""
    core = model.base
    trained = {parameter for parameter in model.network.parameters() if parameter.requires_grad}
    mesh = init_device_mesh("cuda" if torch.cuda.is_available() else "cpu", (world_size(),))
    blocks = [module for module in core.modules() if type(module).__name__ in core._no_split_modules]
    whole = _size_mb(blocks, trained)
    for block in blocks:
        fully_shard(block, mesh=mesh, reshard_after_forward=True, ignored_params=trained)
    log.info("sharded %d blocks: %.2f of %.2f MB stay here", len(blocks), _size_mb(blocks, trained), whole)


def _size_mb(blocks: Sequence[torch.nn.Module], trained: set[torch.nn.Parameter]) -> float:
    """Of the frozen weights that this process holds, in MB of 10**6 bytes."""
    frozen = [weight for block in blocks for weight in block.parameters() if weight not in trained]
    held = [weight.to_local() if isinstance(weight, DTensor) else weight for weight in frozen]
    return sum(weight.numel() * weight.element_size() for weight in held) / 1e6


def is_sharded(network: torch.nn.Module) -> bool:
    """Whether a model's blocks were sharded."""
    return any(isinstance(module, FSDPModule) for module in network.modules())
