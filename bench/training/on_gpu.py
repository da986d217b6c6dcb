"""A large model's shapes on a GPU: random weights made there, nf4, LoRA on all linear layers, this project's loop.

Prints tokens per second, peak memory, the matrix-multiply ceiling measured on the same device, and the fraction of it.
`tiny` runs the same lines on a processor, to see that they work; its figures mean nothing.
"""

import importlib.util
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from tools import RUN, StepClock

LLAMA_8B = {
    "vocab_size": 128256,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
}
TINY = {
    "vocab_size": 512,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}


def random_model(shape: dict[str, int], context: int, device: str, dtype: torch.dtype) -> Any:
    """A Llama on the device, its linear layers nf4 with double quantization; never all of it at full precision."""
    from transformers import LlamaConfig, LlamaForCausalLM
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    config = LlamaConfig(**shape, max_position_embeddings=context, use_cache=False)
    with torch.device("meta"):
        model = LlamaForCausalLM(config).to(dtype)
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear) and name != "lm_head":
            parent, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(parent), leaf, random_4bit(module, device, dtype))
    for module in model.modules():
        for key, value in list(module.named_parameters(recurse=False)):
            if value.is_meta:
                filled = torch.ones if value.dim() == 1 else lambda *size, **how: torch.randn(*size, **how) * 0.02
                new = filled(*value.shape, device=device, dtype=dtype)
                setattr(module, key, torch.nn.Parameter(new, requires_grad=False))
    model.model.rotary_emb = LlamaRotaryEmbedding(config).to(device)
    model.is_loaded_in_4bit = True  # what peft asks to choose its layer for 4-bit weights
    return model.requires_grad_(False).eval()


def random_4bit(module: torch.nn.Linear, device: str, dtype: torch.dtype) -> Any:
    """One layer's weights, drawn on the device and quantized before the next is made."""
    import bitsandbytes as bnb

    new = bnb.nn.Linear4bit(
        module.in_features, module.out_features, bias=False, compute_dtype=dtype, quant_type="nf4", device="meta"
    )
    weight = torch.randn(module.out_features, module.in_features, device=device, dtype=dtype) * 0.02
    new.weight = bnb.nn.Params4bit(weight, requires_grad=False, quant_type="nf4", compress_statistics=True).to(device)
    if hasattr(new, "support_avx512bf16_for_cpu"):
        new.support_avx512bf16_for_cpu = False  # repacked layers pass no gradient (further.models)
    return new


def random_rows(shape: dict[str, int], context: int, rows: int) -> Any:
    """Full rows of random tokens, one document each."""
    stream = np.random.default_rng(0).integers(0, shape["vocab_size"], (rows, context + 1))
    positions = np.tile(np.arange(context), (rows, 1))
    owners = np.tile(np.arange(rows)[:, None], (1, context))
    return SimpleNamespace(
        inputs_RT=stream[:, :-1], labels_RT=stream[:, 1:], positions_RT=positions, documents_RT=owners
    )


def flops_per_token(shape: dict[str, int], context: int, trained: int) -> float:
    """Of a LoRA step without recomputation: 4 N + 6 N_lora + 3 attention, N being the weights in matrix products.

    Causal attention is counted half: 2 L d T for a forward pass.
    """
    hidden, inner, layers = shape["hidden_size"], shape["intermediate_size"], shape["num_hidden_layers"]
    heads = hidden // shape["num_attention_heads"] * shape["num_key_value_heads"]
    weights = layers * (2 * hidden * hidden + 2 * hidden * heads + 3 * hidden * inner) + hidden * shape["vocab_size"]
    return float(4 * weights + 6 * trained + 3 * 2 * layers * hidden * context)


def matmul_ceiling(size: int, device: str, dtype: torch.dtype) -> float:
    """FLOP per second of the best of ten products of square matrices."""
    left, right = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    best = float("inf")
    for _ in range(12):
        started = time.perf_counter()
        left @ right
        synchronize(device)
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best


def mark_step(clock: StepClock, device: str) -> None:
    """A step has ended, on the device, too."""
    synchronize(device)
    clock.mark()


def synchronize(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def measure(shapes: str, steps: int) -> None:
    """Train `steps` steps at batch 1 with and without recomputation, and print what came of it."""
    if shapes != "tiny" and not torch.cuda.is_available():
        raise SystemExit("no CUDA device here: --shapes tiny runs the same lines on a processor")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    shape, context, dtype = (TINY, 64, torch.float32) if shapes == "tiny" else (LLAMA_8B, 2048, torch.bfloat16)
    ceiling = matmul_ceiling(512 if shapes == "tiny" else 8192, device, dtype)
    kernels = [name for name in ("liger_kernel", "cut_cross_entropy", "unsloth") if importlib.util.find_spec(name)]
    name = torch.cuda.get_device_name(0) if device == "cuda" else "processor"
    sys.stdout.write(
        f"{name}, torch {torch.__version__}; {shapes}, nf4, rank 16, context {context}, batch 1, {steps} steps\n"
        f"installed: {', '.join(kernels) or 'none'}\nmatmul ceiling {ceiling / 1e12:.3g} TFLOP/s\n"
    )
    for recompute in (False, True):
        try:
            show(train(shape, context, steps, recompute, device, dtype), ceiling, recompute)
        except torch.OutOfMemoryError as error:
            sys.stdout.write(f"recomputation {recompute}: {str(error).splitlines()[0]}\n")


def train(
    shape: dict[str, int], context: int, steps: int, recompute: bool, device: str, dtype: torch.dtype
) -> dict[str, float]:
    """One run; the first step is left out of the speed."""
    from torch.optim.optimizer import register_optimizer_step_post_hook

    from further.models.causal import CausalText
    from further.training import loop
    from further.training.adapters import count_parameters, train_adapter
    from further.training.kernels import speed_up
    from further.training.recipe import Recipe, Task
    from further.training.rows import TextRows
    from further.training.session import open_session

    torch.manual_seed(0)
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    run = RUN | {"gradient_checkpointing": recompute, "compute_dtype": str(dtype).removeprefix("torch.")}
    run |= {"gradient_accumulation_steps": 1}
    model, clock = CausalText(random_model(shape, context, device, dtype)), StepClock()
    train_adapter(model, run, Path())
    kernels = speed_up(model, run)
    rows, one = (TextRows(random_rows(shape, context, number)) for number in (steps, 1))
    hook = register_optimizer_step_post_hook(lambda *_: mark_step(clock, device))
    task = partial(Task, "bench", checkpoint_minutes=60.0, identity={}, threads=torch.get_num_threads())
    with (
        tempfile.TemporaryDirectory() as name,
        open_session(task(adapter=Path(name) / "adapter", checkpoints=Path(name)), {}) as session,
    ):
        session.kernels = kernels
        loop.train(model, Recipe(Path(), run, 1, rows, one), session)
    hook.remove()
    seconds = clock.marks[-1][0] - clock.marks[0][0]
    trained = count_parameters(model.network).trainable
    peak = torch.cuda.max_memory_allocated() / 2**30 if device == "cuda" else float("nan")
    speed = (steps - 1) * context / seconds
    return {"speed": speed, "peak_gib": peak, "flops": flops_per_token(shape, context, trained), "trained": trained}


def show(result: dict[str, float], ceiling: float, recompute: bool) -> None:
    share = result["speed"] * result["flops"] / ceiling
    sys.stdout.write(
        f"recomputation {recompute!s:5}  {result['speed']:10,.0f} tokens/s  peak {result['peak_gib']:.2f} GiB  "
        f"{share:.1%} of the ceiling ({result['trained']:,} trained, FLOPs of a run without recomputation)\n"
    )
