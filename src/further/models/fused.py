"""Norms, rotations, gated layers and the loss as single kernels, by liger-kernel, for the families that it knows."""

import importlib
import importlib.util
import logging
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from further.memory import is_out_of_memory
from further.settings.training import FUSED_PACKAGE

log = logging.getLogger(__name__)


def fuse_layers(network: Any) -> bool:
    """Lay liger-kernel over transformers' layers of a loaded model.

    liger-kernel also replaces classes and functions of the family's module. Classes are put back, so that models loaded
    later are transformers' own; a replaced function is used on the GPU only.

    Returns:
        Whether that was done; a line in the log says why not.
    """
    if importlib.util.find_spec(FUSED_PACKAGE) is None:
        log.info("training.kernels: fused is left out, liger-kernel is not installed: pip install 'further[gpu]'")
        return False
    monkey_patch: Any = importlib.import_module(f"{FUSED_PACKAGE}.transformers.monkey_patch")
    family = network.config.model_type
    if family not in monkey_patch.MODEL_TYPE_TO_APPLY_LIGER_FN:
        log.info("training.kernels: fused is left out, liger-kernel does not know the family %s", family)
        return False
    if not has_usual_activation(network.config):
        log.info("training.kernels: fused is left out, liger-kernel knows the usual activation of %s only", family)
        return False
    module = sys.modules[type(network).__module__]
    before = dict(vars(module))
    # The loss is Further's own: it goes on from hidden states, in chunks.
    monkey_patch._apply_liger_kernel_to_instance(network, fused_linear_cross_entropy=False, cross_entropy=False)
    for name, plain in before.items():
        fused = vars(module)[name]
        if fused is not plain:
            setattr(module, name, plain if isinstance(plain, type) else _on_gpu(fused, plain))
    return True


def has_usual_activation(config: Any) -> bool:
    """Whether a model's activation is its family's, the only one that the fused layers compute (ReluLLaMA has another).

    liger-kernel (0.8.5) asks for it where it makes layers, not where it is laid over those of a loaded model.
    """
    usual, names = type(config)(), ("hidden_act", "hidden_activation")
    return all(getattr(config, name) == getattr(usual, name) for name in names if hasattr(usual, name))


def _on_gpu(fused: Callable[..., Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    """The fused function for tensors on a GPU, the plain one elsewhere."""

    def choose(first: Any, *others: Any, **named: Any) -> Any:
        return (fused if first.is_cuda else plain)(first, *others, **named)

    return choose


def find_loss(head: torch.nn.Linear) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None:
    """`replace_by_gradient`, if it gives torch's loss and gradient on this device at this vocabulary, else None."""
    size, weight = head.weight.shape[0], head.weight
    logits = torch.linspace(-4, 4, 2 * size, device=weight.device, dtype=weight.dtype).reshape(2, size)
    labels = torch.tensor([size // 3, -100], device=weight.device)
    plain = logits.clone().float().requires_grad_()
    loss = cross_entropy(plain, labels, reduction="sum")
    [gradient] = torch.autograd.grad(loss, plain)
    expected = float(loss.detach())
    try:
        found = float(replace_by_gradient(logits, labels))
    except Exception as error:  # of a compiler, whose errors have no common class
        if is_out_of_memory(error):
            raise
        log.info("training.kernels: the loss stays torch's: %.200r", error)
        return None
    off = float((logits.float() - gradient).norm() / gradient.norm())
    if abs(found - expected) <= 1e-3 * expected and off <= 0.01 and not logits[1].any():
        return replace_by_gradient
    log.info("training.kernels: the loss stays torch's, %.5g, not %.5g; gradient %.2g off", expected, found, off)
    return None


def replace_by_gradient(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Put the gradient of the summed cross-entropy in the place of logits.

    liger-kernel's own function around this kernel waits for the GPU to count labels, which a CUDA graph cannot.

    Args:
        logits: (P, V), on a GPU; overwritten.
        labels: (P,); -100 is skipped.

    Returns:
        The loss, a scalar in fp32.
    """
    kernels: Any = importlib.import_module(f"{FUSED_PACKAGE}.ops.cross_entropy")
    losses = torch.zeros(len(logits), dtype=torch.float32, device=logits.device)
    kernels.liger_cross_entropy_kernel[(len(logits),)](
        X_ptr=logits,
        X_stride=logits.stride(0),
        Y_ptr=labels,
        Y_stride=labels.stride(0),
        weight_ptr=None,
        loss_ptr=losses,
        z_loss_ptr=None,
        loss_stride=1,
        token_accuracy_ptr=None,
        token_accuracy_stride=0,
        predicted_tokens_ptr=None,
        predicted_tokens_stride=0,
        n_cols=logits.shape[1],
        n_non_ignore=1,
        sum_non_ignore_weight=1,
        weight_sum=0.0,
        ignore_index=-100,
        lse_square_scale=0.0,
        label_smoothing=0.0,
        reduction="sum",
        softcap=None,
        RETURN_Z_LOSS=False,
        RETURN_TOKEN_ACCURACY=False,
        RETURN_PREDICTED_TOKENS=False,
        BLOCK_SIZE=min(kernels.MAX_FUSED_SIZE, 1 << (logits.shape[1] - 1).bit_length()),
        HAS_WEIGHT=False,
        HAS_SOFTCAPPING=False,
        HAS_GRADIENTS=True,
        num_warps=32,
    )
    return losses.sum()
