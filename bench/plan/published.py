"""The plan's figures for published shapes on one A100 of 80 GB: memory by part, speed, hours and money per 10^6 tokens.

    python bench/plan/published.py

Nothing is loaded or measured. The rows of the second table set published speeds of QLoRA against the operations that
the plan counts for the same model: the fraction of the peak that they reached.
"""

import sys
from itertools import product

from further.plan.flops import training_flops
from further.plan.memory import estimate_memory
from further.plan.shape import Shape, shape_of
from further.plan.targets import Adapter, place_adapter
from further.settings import Run

GIB = 2**30
PEAK, PRICE = 312e12, 2.0  # bf16 operations per second of an A100; money per hour
UTILIZATION = (0.34, 0.55)
LLAMA = {"model_type": "llama", "num_key_value_heads": 8, "vocab_size": 128256, "tie_word_embeddings": False}
SHAPES = {
    "Llama-3.1-8B": (4096, 14336, 32, 32),
    "Llama-3.1-70B": (8192, 28672, 80, 64),
}
KEYS = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
QWEN_7B = dict(zip(KEYS, (4096, 11008, 32, 32), strict=True)) | {"model_type": "qwen2", "vocab_size": 151936}
LLAMA_3B = dict(zip(KEYS, (3072, 8192, 28, 24), strict=True)) | LLAMA | {"tie_word_embeddings": True}
PUBLISHED = [  # model, hardware, its peak, tokens per second, source
    (LLAMA_3B, "3B on an A100", PEAK, 8035, "torchtune, packed 2,048"),
    (QWEN_7B, "7B on an A100", PEAK, 2340, "Qwen, 2,048"),
]
SETTINGS = Run.model_validate({
    "compute_dtype": "bfloat16", "context": 2048, "dropout": 0.0, "optimizer": "paged_adamw_8bit",
    "gradient_checkpointing": True, "packing": True, "attention": "sdpa", "initialization": "default",
    "target_modules": "all-linear", "rank": 16, "dora": False, "train_embeddings": False,
})  # fmt: skip


def main() -> None:
    parts = "peak GiB\tweights\tactivations\tlogits"
    write(f"model\tprecision\tcheckpointing\t{parts}\ttokens/s\thours and EUR per 10^6 tokens")
    for (name, sizes), quantization, checkpointing in product(SHAPES.items(), ("nf4", "int8", "none"), (True, False)):
        shape = shape_of(LLAMA | dict(zip(KEYS, sizes, strict=True)))
        write("\t".join([name, quantization, str(checkpointing), *describe(shape, quantization, checkpointing)]))
    write("\nmodel and hardware\tsource\ttokens/s\tGFLOP a token\tshare of the peak")
    for config, where, peak, speed, source in PUBLISHED:
        shape = shape_of(config)
        flops = training_flops(shape, all_linear(shape), 1, 2048, checkpointing=True)
        write(f"{where}\t{source}\t{speed}\t{flops / 1e9:.1f}\t{speed * flops / peak:.2f}")


def describe(shape: Shape, quantization: str, checkpointing: bool) -> list[str]:
    adapter = all_linear(shape)
    run = SETTINGS | {"quantization": quantization, "gradient_checkpointing": checkpointing}
    memory = estimate_memory(shape, adapter, run, 1, gpu=True)
    speeds = [fraction * PEAK / training_flops(shape, adapter, 1, 2048, checkpointing) for fraction in UTILIZATION]
    hours = [1e6 / speed / 3600 for speed in reversed(speeds)]
    parts = [memory.peak, memory.weights, memory.activations, memory.logits]
    money = f"{hours[0]:.2f} to {hours[1]:.2f} h, {PRICE * hours[0]:.2f} to {PRICE * hours[1]:.2f}"
    return [*(f"{size / GIB:.1f}" for size in parts), f"{speeds[0]:.0f} to {speeds[1]:.0f}", money]


def all_linear(shape: Shape) -> Adapter:
    return place_adapter(shape, SETTINGS)


def write(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
