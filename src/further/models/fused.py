"""Norms, rotations and gated layers as single kernels, by liger-kernel, for the families that it knows."""

import importlib
import importlib.util
import logging
from typing import Any

log = logging.getLogger(__name__)

PACKAGE = "liger_kernel"


def fuse_layers(network: Any) -> bool:
    """Lay liger-kernel over transformers' layers of a loaded model.

    It replaces the family's functions in transformers' module, too: models that are loaded later in this process need
    the GPU as well.

    Args:
        network: transformers' model, on a GPU, before an adapter is put on it or after.

    Returns:
        Whether that was done; a line in the log says why not.
    """
    if importlib.util.find_spec(PACKAGE) is None:
        log.info("training.kernels: fused is left out, liger-kernel is not installed: pip install 'further[gpu]'")
        return False
    monkey_patch: Any = importlib.import_module(f"{PACKAGE}.transformers.monkey_patch")
    family = network.config.model_type
    if family not in monkey_patch.MODEL_TYPE_TO_APPLY_LIGER_FN:
        log.info("training.kernels: fused is left out, liger-kernel does not know the family %s", family)
        return False
    # The loss is Further's own: it goes on from hidden states, in chunks.
    monkey_patch._apply_liger_kernel_to_instance(network, fused_linear_cross_entropy=False, cross_entropy=False)
    return True
