"""Peak memory of a training job by part, in bytes, from shapes alone.

What is saved for the backward pass follows transformers 5.23 and peft 0.21 operation by operation, and the tests hold
each of these to what torch saves: adapters are fp32 at every compute type, so in bfloat16 each adapted layer keeps its
own fp32 copy of its input; norms keep theirs in fp32; a frozen layer keeps nothing; keys and values are repeated to all
heads; attention to a packed row keeps a T × T mask per block. bitsandbytes' int8 layers keep their inputs where
recomputation does not see them (`ctx.tensors`), so checkpointing saves little there. Eager attention keeps its weights,
T per token and head; where scores are capped (Gemma 2, so PaliGemma 2), it is the only one, and keeps them too. Not
modeled: `training.compile`, which keeps less or as much.

The faster paths of a GPU (`training.kernels`) are counted where they are asked for: adapters and fused norms keep
inputs in the compute type; fused gated layers keep two tensors of the inner width, not three; attention within
documents keeps no mask and no repeated keys; the fused loss has one chunk of logits, whose gradient takes its place;
with `offload` the inputs of recomputed layers are in the host's memory but for a few.

At or above the real one, to 2 %: DoRA, whose norms take whole matrices for a moment; trained embeddings; and rows
without packing, which are planned at their whole length.

Source:
    Korthikanti et al. 2022, section 4 (activations by operation), which has bf16 everywhere, dropout and full
    training; Dettmers et al. 2023 (QLoRA), section 3: blocks of 64 weights with an 8-bit constant each, and those in
    blocks of 256 with a 32-bit one; Dettmers et al. 2022 (8-bit optimizers), section 2: two bytes and 2 × 4/256 per
    parameter.
"""

import math
from dataclasses import dataclass

from further.plan.beyond_lora import dora_bytes, dora_matrices, dora_workspace, embedding_gradient, start_bytes
from further.plan.flops import LOSS_CHUNK
from further.plan.precision import BYTES, FP32, weight_bytes
from further.plan.shape import ATTENTION_OUT, MLP_IN, MLP_OUT, QUERY_KEY_VALUE, Shape
from further.plan.targets import Adapter
from further.settings import Run

MIN_8BIT = 4096  # bitsandbytes keeps the state of smaller tensors in 32 bits
ON_GPU = 3  # inputs of recomputed layers that stay there with `offload`; a test holds it to the training's own
STAGES = (QUERY_KEY_VALUE, ATTENTION_OUT, MLP_IN, MLP_OUT)
# Taken before any tensor. CUDA: context and cuBLAS workspace. CPU: Python with torch, transformers, peft, bitsandbytes.
OVERHEAD = {"gpu": 640 * 2**20, "cpu": 540 * 2**20}
# Of a step's own bytes, what glibc holds beside them: of 135 million parameters at contexts of 256 and 512, .61 to .63
# unquantized and .43 to .52 quantized.
KEPT_BY_GLIBC = 0.6


@dataclass(frozen=True)
class Memory:
    """Bytes by part; they add up to the peak.

    Attributes:
        weights: The blocks' matrices at their precision, constants of the quantization counted.
        unquantized: Embeddings, head, norms and biases at the compute type.
        adapter: fp32; trained copies of embeddings and head at the compute type.
        gradients: Of all that is trained, at its type.
        optimizer: Two moments per trained parameter.
        activations: What is saved for the backward pass, and the gradients under way at its worst moment.
        logits: One chunk of the loss: log-probabilities, and two gradients of their size.
        start: What an adapter's start from the base's weights takes beyond what training does after it.
        overhead: The process before any tensor. On the CPU also the base's file, which stays mapped behind quantized
            weights, and what the allocator does not give back.
    """

    weights: int
    unquantized: int
    adapter: int
    gradients: int
    optimizer: int
    activations: int
    logits: int
    start: int
    overhead: int

    @property
    def peak(self) -> int:
        """All parts."""
        return sum(vars(self).values())


def estimate_memory(shape: Shape, adapter: Adapter, run: Run, micro_batch: int, gpu: bool) -> Memory:
    """Peak memory of a run with so many rows per forward pass, on CUDA or on the CPU."""
    size = BYTES[run.compute_dtype]
    workspace = _workspace_bytes(shape, adapter, run, gpu)
    run = run if gpu else run | {"kernels": []}
    activations, logits = _activations_and_logits(shape, adapter, run, micro_batch, workspace)
    trained = FP32 * (adapter.low_rank + adapter.magnitudes) + size * adapter.copied
    optimizer = _optimizer_bytes(shape, adapter, run)
    return Memory(
        weights=sum(weight_bytes(linear, run.quantization, size) for linear in shape.linears),
        unquantized=shape.unquantized_parameters * size,
        adapter=trained,
        gradients=trained,
        optimizer=optimizer,
        activations=activations,
        logits=logits,
        start=max(0, start_bytes(shape, run) - trained - optimizer - activations - logits),
        overhead=OVERHEAD["gpu"] if gpu else _beside_tensors(shape, run, trained + activations + logits),
    )


def _beside_tensors(shape: Shape, run: Run, step: int) -> int:
    """On the CPU, what a process holds that is no tensor of its own.

    Embeddings and norms are used where the file is mapped, which keeps its other pages resident, too.

    Args:
        step: Bytes of gradients, activations and logits.
    """
    unquantized = sum(weight_bytes(linear, "none", BYTES[run.compute_dtype]) for linear in shape.linears)
    mapped = 0 if run.quantization == "none" else unquantized
    return OVERHEAD["cpu"] + mapped + int(KEPT_BY_GLIBC * step)


def _optimizer_bytes(shape: Shape, adapter: Adapter, run: Run) -> int:
    """Two moments of every trained number: 32 bits each, or 8 with a scale per 256 of them.

    torch's are of the parameter's type; bitsandbytes keeps those of embeddings in 32 bits, and a head's are
    counted so, too.
    """
    of_copies = BYTES[run.compute_dtype] if run.optimizer == "adamw_torch" else FP32
    copies = 2 * of_copies * adapter.copied
    if not run.optimizer.endswith("8bit"):
        return copies + 2 * FP32 * (adapter.low_rank + adapter.magnitudes)
    adapted = [linear for linear in shape.linears if linear.name in adapter.names]
    tensors = [adapter.rank * size for linear in adapted for size in (linear.inputs, linear.outputs)]
    tensors += [linear.outputs for linear in adapted if adapter.magnitudes]
    kept = sum(2 * (size + FP32 * math.ceil(size / 256) if size >= MIN_8BIT else FP32 * size) for size in tensors)
    return copies + kept


def _workspace_bytes(shape: Shape, adapter: Adapter, run: Run, gpu: bool) -> int:
    """One matrix dequantized for a product; for nf4 the CPU's kernel does without. More with DoRA."""
    matrices = dora_workspace(shape, adapter, run)
    if run.quantization == "none" or (run.quantization == "nf4" and not gpu):
        return matrices
    size: int = BYTES[run.compute_dtype]
    return matrices + size * max(linear.weights for linear in shape.linears)


def _activations_and_logits(
    shape: Shape, adapter: Adapter, run: Run, micro_batch: int, workspace: int
) -> tuple[int, int]:
    """Both at the moment at which their sum is largest: in the loss, or in the backward pass of a block."""
    tokens, size = micro_batch * run.context, BYTES[run.compute_dtype]
    chunk = min(tokens, LOSS_CHUNK)
    per_logit = size if _has("fused", adapter, run) and not adapter.copied else 3 * FP32 + size * shape.caps_logits
    logits = per_logit * shape.vocab_size * chunk + embedding_gradient(shape, adapter, run)
    hidden = 2 * size * shape.hidden_size * tokens if tokens > LOSS_CHUNK else 0  # kept by the chunks, and its gradient
    saved = _saved_bytes(shape, adapter, run) * tokens + hidden
    block = max(_backward_bytes(shape, adapter, run, layer) for layer in range(shape.num_layers)) * tokens + workspace
    matrices = [dora_matrices(shape, adapter, run, layer) for layer in range(shape.num_layers)]
    # The loss and a block's backward pass are not at the same time: the worse of the two counts.
    if run.gradient_checkpointing:
        inputs = _inputs_bytes(shape, adapter, run) * tokens + max(matrices)
        return (inputs + block, 0) if inputs + block > saved + logits else (saved, logits)
    saved += sum(matrices)
    last = shape.num_layers - 1
    under_way = block - _block_bytes(shape, adapter, run, last) * tokens
    return (saved + under_way, 0) if under_way > logits else (saved, logits)


def _has(path: str, adapter: Adapter, run: Run) -> bool:
    """Whether one of `training.kernels` is used, as far as that is known before a model is loaded."""
    usable = {
        "adapters": not (run.dropout or adapter.magnitudes),
        "documents": run.packing and run.attention == "sdpa" and run.compute_dtype == "bfloat16",
        "fused": True,
        "offload": run.gradient_checkpointing and not run.compile,
    }
    return path in run.kernels and usable[path]


def _saved_bytes(shape: Shape, adapter: Adapter, run: Run) -> int:
    """Per token, saved by the forward pass: blocks or their inputs, rotations, and the last norm."""
    size: int = BYTES[run.compute_dtype]
    width = shape.hidden_size
    norm = size if _has("fused", adapter, run) else FP32
    if run.gradient_checkpointing:
        return _inputs_bytes(shape, adapter, run) + norm * width
    first_layer, first_stage = adapter.first
    blocks = sum(_block_bytes(shape, adapter, run, layer) for layer in range(max(first_layer, 0), shape.num_layers))
    # The norm before the first trained layer needs no gradient; the norm before the head does.
    norms = norm * width * (0 if first_stage == QUERY_KEY_VALUE else 1)
    return blocks + norms + _rotations(shape, size)


def _inputs_bytes(shape: Shape, adapter: Adapter, run: Run) -> int:
    """Per token, kept while blocks are computed again: each block's input, the mask as booleans, the rotations."""
    size: int = BYTES[run.compute_dtype]
    here = min(shape.num_layers, ON_GPU) if _has("offload", adapter, run) else shape.num_layers
    kept = size * shape.hidden_size * here
    if run.quantization == "int8":
        kept += _kept_apart_by_int8(shape, run) * shape.num_layers
    mask = 0 if _has("documents", adapter, run) else int(run.context)
    return kept + mask + _rotations(shape, size)


def _rotations(shape: Shape, size: int) -> int:
    return 2 * size * shape.attention_size // shape.num_heads


def _block_bytes(shape: Shape, adapter: Adapter, run: Run, layer: int) -> int:
    """Per token, saved by one block."""
    size: int = BYTES[run.compute_dtype]
    fused = _has("fused", adapter, run)
    norms = (size if fused else FP32) * (shape.norms_per_layer * shape.hidden_size + shape.normed_heads_size)
    norms += FP32 * shape.norms_per_layer
    heads = 4 * size * shape.attention_size + FP32 * shape.num_heads + size * run.context
    if _has("documents", adapter, run):
        projected = sum(linear.outputs for linear in shape.block(layer) if linear.stage == QUERY_KEY_VALUE)
        heads = size * (shape.attention_size + projected) + FP32 * shape.num_heads
    heads += _eager_bytes(shape, run)
    inputs = sum(_adapter_bytes(shape, adapter, run, layer, stage) for stage in STAGES)
    inputs += dora_bytes(shape, adapter, run, layer)
    gated = (2 if fused else 3) * size * shape.mlp_size
    return int(norms + heads + gated + inputs + _kept_by_int8(shape, adapter, run, layer))


def _eager_bytes(shape: Shape, run: Run) -> int:
    """Per token, weights of eager attention: fp32 as the softmax left them, and once more at another compute type."""
    if not _is_eager(shape, run):
        return 0
    size = BYTES[run.compute_dtype]
    capped = size if shape.caps_attention else 0  # what the tangent left
    return int(shape.num_heads * run.context * (FP32 + capped + (size if size < FP32 else 0)))


def _is_eager(shape: Shape, run: Run) -> bool:
    return run.attention == "eager" or shape.caps_attention


def _kept_by_int8(shape: Shape, adapter: Adapter, run: Run, layer: int) -> int:
    """Per token, inputs of one block's int8 layers that nothing else keeps; attention keeps its own output."""
    if run.quantization != "int8":
        return 0
    size, inputs = BYTES[run.compute_dtype], _inputs_by_stage(shape)
    shared = {
        stage
        for stage in STAGES
        if size == FP32 and not run.dropout and _adapter_bytes(shape, adapter, run, layer, stage)
    }
    return size * sum(width for stage, width in inputs.items() if stage not in shared | {ATTENTION_OUT})


def _kept_apart_by_int8(shape: Shape, run: Run) -> int:
    """Per token, inputs that one block's int8 layers keep: casts to fp16 are copies, one a layer; fp32 is shared."""
    if BYTES[run.compute_dtype] == FP32:
        return FP32 * sum(_inputs_by_stage(shape).values())
    return 2 * sum(linear.inputs for linear in shape.block(0))


def _inputs_by_stage(shape: Shape) -> dict[int, int]:
    return {linear.stage: linear.inputs for linear in shape.block(0)}


def _adapter_bytes(shape: Shape, adapter: Adapter, run: Run, layer: int, stage: int) -> int:
    """Per token, what the adapters of one stage of a block save: outputs of A, and inputs that nothing else keeps."""
    adapted = [linear for linear in shape.block(layer) if linear.stage == stage and linear.name in adapter.names]
    if not adapted:
        return 0
    outputs = FP32 * adapter.rank * len(adapted)
    width = adapted[0].inputs
    if _has("adapters", adapter, run):
        size: int = BYTES[run.compute_dtype]
        return size * adapter.rank * len(adapted) + (0 if stage == ATTENTION_OUT else size * width)
    if run.dropout > 0:
        return outputs + 2 * FP32 * width * len(adapted)  # what is left of the input, and which of it: bytes on CUDA
    if BYTES[run.compute_dtype] < FP32:
        return outputs + FP32 * width * len(adapted)
    return outputs + (0 if stage == ATTENTION_OUT else FP32 * width)


def _backward_bytes(shape: Shape, adapter: Adapter, run: Run, layer: int) -> int:
    """Per token, the worst moment of a block's backward pass: what it saved, and gradients of its inner width."""
    size, inner, width = BYTES[run.compute_dtype], shape.mlp_size, shape.hidden_size
    saved, down = _block_bytes(shape, adapter, run, layer), _adapter_bytes(shape, adapter, run, layer, MLP_OUT)
    if run.gradient_checkpointing:  # the block's input is kept already, and so are those of its int8 layers
        saved -= _kept_by_int8(shape, adapter, run, layer) + (FP32 * width if size == FP32 else 0)
    fused = _has("fused", adapter, run)  # whose gradients take the place of what was saved
    at_product = saved - down + size * ((1 if fused else 3) * inner + width)
    cast = FP32 + size if size < FP32 else size
    at_last_layer = saved + (cast + size) * inner + (size + FP32) * width if down else 0
    if _has("adapters", adapter, run):
        at_last_layer = saved + size * (inner + 2 * width)
    # LLM.int8 forms its product in int32 and fp16 before it has the compute type.
    at_int8 = saved - down + (FP32 + 2) * inner if run.quantization == "int8" else 0
    scores = FP32 * shape.num_heads * run.context if _is_eager(shape, run) else 0
    at_attention = saved - down - (2 if fused else 3) * size * inner + 3 * scores  # of the inner width nothing is left
    return max(at_product, at_last_layer, at_attention, at_int8)
