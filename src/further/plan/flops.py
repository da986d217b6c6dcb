"""Floating-point operations of one pass over a training row, forward and backward.

A product of an (m, k) and a (k, n) matrix is 2·m·k·n operations; what is no product of matrices is left out, as in
torch's own counter (`torch.utils.flop_counter`), with which the tests compare. Of a frozen layer of N weights a token
takes 2N forward and 2N for the gradient of its input; the 2N for the gradient of its weights do not arise. Adapters
take 6 per parameter. So LoRA is 4N + 6N_lora + 3·attention against 6N + 3·attention for training everything, and
recomputation adds 2N + 2N_lora + attention. DoRA multiplies out B·A once per forward pass, for the norms; with dropout
it multiplies with the frozen weights a second time. A head that is trained takes the 2N of its own gradient.

Source:
    Kaplan et al. 2020, section 2.1 and table 1 (2N forward, 4N backward; attention 2·L·T·d for each of its two
    products); Chen et al. 2016, section 4 (recomputation: one more forward pass). Done differently: N counts the head;
    attention is counted whole, not half, because packed rows are masked by a matrix, which kernels do not skip.
"""

from further.plan.shape import ATTENTION_OUT, MLP_OUT, Linear, Shape
from further.plan.targets import Adapter, adapter_parameters

LOSS_CHUNK = 1024  # positions whose logits stand in memory at once; a test holds it to the training's own


def training_flops(
    shape: Shape,
    adapter: Adapter,
    micro_batch: int,
    context: float,
    checkpointing: bool,
    head_fraction: float = 1.0,
) -> float:
    """Operations of forward and backward pass, per input token.

    Args:
        micro_batch: Rows per forward pass; beyond 1,024 tokens a trained head's product is done again for the gradient.
        context: Tokens per row; a mean where rows differ.
        checkpointing: Whether the blocks are computed again in the backward pass.
        head_fraction: Fraction of the positions that logits are computed of.
    """
    blocks = sum(_linear(linear, adapter, checkpointing) for linear in shape.linears)
    attention = sum(_attention(shape, layer, context, adapter, checkpointing) for layer in range(shape.num_layers))
    chunked = bool(adapter.copied) and micro_batch * context * head_fraction > LOSS_CHUNK
    head = _linear(shape.head, adapter, checkpointing, recomputed=chunked)
    head += 2 * shape.head_weights if adapter.copied else 0
    norms = _norms(shape, adapter) * (2 if checkpointing else 1) / (micro_batch * context)
    return blocks + attention + head_fraction * head + norms


def forward_flops(
    shape: Shape, adapter: Adapter, micro_batch: int, context: float, head_fraction: float = 1.0
) -> float:
    """Operations of a forward pass with the adapter, per input token: what validation takes."""
    if not context:
        return 0.0
    attention = 4 * shape.num_layers * shape.attention_size * context
    norms = _norms(shape, adapter) / (micro_batch * context)
    multiplied = shape.block_weights + head_fraction * shape.head_weights + adapter.low_rank
    return 2.0 * multiplied + attention + norms


def _norms(shape: Shape, adapter: Adapter) -> int:
    """Once per forward pass, whatever its tokens: DoRA's norms of W + B·A, the product made from a unit matrix."""
    if not adapter.magnitudes:
        return 0
    adapted = [linear for linear in shape.linears if linear.name in adapter.names]
    return sum(2 * linear.inputs * adapter_parameters(linear, adapter.rank) for linear in adapted)


def _linear(linear: Linear, adapter: Adapter, checkpointing: bool, recomputed: bool | None = None) -> float:
    """Of one layer and its adapter: forward, gradient of the input where one is needed, and recomputation."""
    small = adapter_parameters(linear, adapter.rank) if linear.name in adapter.names else 0
    frozen = linear.weights * (2 if small and adapter.multiplies_twice else 1)
    into_a = adapter.rank * linear.inputs if small else 0
    backward = 2 * frozen + 4 * small
    # Where nothing trained stands before, no input needs a gradient: neither W's product nor A's is made for one.
    if not _has_gradient(linear.layer, linear.stage, adapter, checkpointing):
        backward = 4 * small - 2 * into_a
    again = checkpointing if recomputed is None else recomputed
    return 2 * (frozen + small) + backward + (_recomputed(linear, adapter, frozen, small) if again else 0)


def _recomputed(linear: Linear, adapter: Adapter, frozen: int, small: int) -> int:
    """torch stops computing a block again once all that was saved is there: its last product saves nothing more.

    DoRA's last product does: its magnitudes multiply with it.
    """
    if linear.stage != MLP_OUT or (small and adapter.magnitudes):
        return 2 * (frozen + small)
    return 2 * (linear.weights + adapter.rank * linear.inputs) if small else 0


def _attention(shape: Shape, layer: int, context: float, adapter: Adapter, checkpointing: bool) -> float:
    """Queries by keys and weights by values: two products forward, four backward."""
    forward = 4 * shape.attention_size * context
    backward = 2 * forward if _has_gradient(layer, ATTENTION_OUT, adapter, checkpointing) else 0
    return forward + backward + (forward if checkpointing else 0)


def _has_gradient(layer: int, stage: int, adapter: Adapter, checkpointing: bool) -> bool:
    """Whether something trained stands before; with recomputation the embeddings count as trained."""
    return checkpointing or (layer, stage) > adapter.first
