"""Predicted bytes against torch's allocator, on real steps of tiny models, and against published figures."""

import gc
from dataclasses import replace

import pytest
import torch

from further.models import Precision, load
from further.plan.beyond_lora import start_bytes
from further.plan.memory import OVERHEAD, estimate_memory
from further.plan.precision import FP32, weight_bytes
from further.plan.shape import read_shape, shape_of
from further.plan.targets import place_adapter
from further.training.adapters import train_adapter
from plan.measured import RUN, Step, constants_of, peak_bytes_of, save_gemma2, save_llama
from plan.shapes import LLAMA_8B

SHAPES = {  # width, inner width, blocks, heads, key heads, vocabulary, rows, context
    "wide": (256, 896, 2, 8, 2, 1000, 1, 512),
    "demonstration": (192, 512, 4, 4, 4, 2048, 4, 256),
    "short rows": (64, 128, 2, 4, 4, 300, 6, 128),
    "large vocabulary": (128, 384, 3, 4, 2, 4096, 5, 256),
    "many rows": (64, 128, 1, 4, 2, 4096, 16, 256),
}
CASES = [  # shape, precision, compute type, recomputation, targets
    ("demonstration", "none", "float32", False, "all-linear"),
    ("demonstration", "nf4", "float32", False, "all-linear"),
    ("demonstration", "int8", "float32", False, "attention"),
    ("wide", "none", "float32", False, "attention"),
    ("wide", "none", "bfloat16", False, "all-linear"),
    ("wide", "none", "bfloat16", True, "all-linear"),
    ("wide", "nf4", "float32", True, "all-linear"),
    ("wide", "int8", "float32", True, "all-linear"),
    ("short rows", "nf4", "float32", False, "attention"),
    ("short rows", "none", "float32", True, "attention"),
    ("large vocabulary", "nf4", "bfloat16", True, "all-linear"),
    ("large vocabulary", "none", "float32", True, "all-linear"),
]


def compare(tmp_path, name, settings):
    *dimensions, rows, context = SHAPES[name]
    folder = save_llama(tmp_path, *dimensions)
    run = RUN | settings | {"context": context}
    step = Step(folder, run, rows, dimensions[-1])
    shape = read_shape(folder)
    adapter = place_adapter(shape, run)
    memory = estimate_memory(shape, adapter, run, rows, gpu=False)
    return memory, step


@pytest.mark.parametrize(("name", "quantization", "dtype", "checkpointing", "targets"), CASES)
def test_the_peak_of_a_step_is_within_a_tenth(tmp_path, name, quantization, dtype, checkpointing, targets):
    settings = {"quantization": quantization, "compute_dtype": dtype, "gradient_checkpointing": checkpointing}
    memory, step = compare(tmp_path, name, settings | {"target_modules": targets})
    resting = memory.weights + memory.unquantized + memory.adapter + memory.optimizer
    assert resting == pytest.approx(step.resting_bytes(), rel=0.02)
    assert memory.gradients + memory.activations + memory.logits == pytest.approx(step.peak_bytes(), rel=0.1)


def test_dropout_keeps_what_it_left_of_each_input(tmp_path):
    memory, step = compare(tmp_path, "wide", {"dropout": 0.1})
    assert memory.gradients + memory.activations + memory.logits == pytest.approx(step.peak_bytes(), rel=0.1)


OPTIONS = {  # each with how far above the real the plan may be
    "magnitudes": ({"dora": True}, 1.25),
    "magnitudes at nf4": ({"dora": True, "quantization": "nf4"}, 1.25),
    "magnitudes and dropout": ({"dora": True, "dropout": 0.1}, 1.25),
    "magnitudes and dropout at bfloat16": ({"dora": True, "dropout": 0.1, "compute_dtype": "bfloat16"}, 1.25),
    "embeddings": ({"train_embeddings": True}, 1.15),
    "embeddings at bfloat16": ({"train_embeddings": True, "compute_dtype": "bfloat16"}, 1.15),
    "eager attention": ({"attention": "eager"}, 1.4),
    "eager attention at bfloat16": ({"attention": "eager", "compute_dtype": "bfloat16"}, 1.6),
}


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("name", ["wide", "large vocabulary"])
def test_options_take_no_more_than_planned(tmp_path, option, checkpointing, name):
    settings, above = OPTIONS[option]
    memory, step = compare(tmp_path, name, settings | {"gradient_checkpointing": checkpointing})
    resting = memory.weights + memory.unquantized + memory.adapter + memory.optimizer
    assert resting == pytest.approx(step.resting_bytes(), rel=0.02)
    planned, peak = memory.gradients + memory.activations + memory.logits, step.peak_bytes()
    assert 0.98 * peak < planned < above * peak


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize(("name", "above"), [("wide", 1.5), ("large vocabulary", 1.1)])
def test_capped_scores_and_logits_of_gemma_2_are_counted(tmp_path, dtype, checkpointing, name, above):
    """Its attention is eager whatever is asked for: T fp32 weights per token and head, and the capped scores beside."""
    *dimensions, rows, context = SHAPES[name]
    save_gemma2(tmp_path, *dimensions)
    run = RUN | {"compute_dtype": dtype, "gradient_checkpointing": checkpointing, "context": context}
    step, shape = Step(tmp_path, run | {"attention": "eager"}, rows, dimensions[-1]), read_shape(tmp_path)
    memory = estimate_memory(shape, place_adapter(shape, run), run, rows, gpu=False)
    resting = memory.weights + memory.unquantized + memory.adapter + memory.optimizer
    assert resting == pytest.approx(step.resting_bytes(), rel=0.02)
    planned, peak = memory.gradients + memory.activations + memory.logits, step.peak_bytes()
    assert 0.97 * peak < planned < above * peak


def test_the_plan_of_paligemma_2_counts_its_eager_attention():
    """One block computed again: 8 heads × 512 weights a token, in fp32, in bf16, and bf16 of the capped scores."""
    text = {
        "model_type": "gemma2", "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26,
        "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "vocab_size": 257216,
    }  # fmt: skip
    vision = {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27, "patch_size": 14}
    shape = shape_of({"model_type": "paligemma", "text_config": text, "vision_config": vision})
    assert shape.caps_attention and shape.memory_known
    run = RUN | {"compute_dtype": "bfloat16", "context": 512, "attention": "sdpa"}
    capped = [
        estimate_memory(one, place_adapter(one, run), run, 1, gpu=True).activations
        for one in (shape, replace(shape, caps_attention=False))
    ]
    assert capped[0] - capped[1] >= 26 * 8 * 512 * (4 + 2 + 2) * 512  # every block keeps them without recomputation


@pytest.mark.parametrize("lengths", [[256] * 16, list(range(256, 240, -1))])
@pytest.mark.parametrize("checkpointing", [False, True])
def test_rows_of_many_lengths_take_what_is_planned(tmp_path, lengths, checkpointing):
    """One loss in chunks for all of them; with one for each length, the logits of all would wait for the way back."""
    settings = {"packing": False, "gradient_checkpointing": checkpointing}
    memory, step = compare(tmp_path, "many rows", settings)
    planned, peak = memory.gradients + memory.activations + memory.logits, step.of_lengths(lengths).peak_bytes()
    assert 0.98 * peak < planned < 1.1 * peak


@pytest.mark.parametrize(("initialization", "quantization"), [("pissa", "none"), ("loftq", "nf4")])
@pytest.mark.parametrize("widths", [(192, 512), (256, 256)])
def test_starts_take_no_more_than_planned(tmp_path, initialization, quantization, widths):
    """Of one block, as the profiler sees no end of what was there before it, such as weights that PiSSA replaces."""
    folder = save_llama(tmp_path, *widths, 1, 4, 4, 500)
    run = RUN | {"initialization": initialization, "quantization": quantization}
    base, shape = load(folder, Precision(quantization, "float32")), read_shape(folder)
    peak = peak_bytes_of(lambda: train_adapter(base, run, folder))
    planned = start_bytes(shape, run) + FP32 * place_adapter(shape, run).parameters
    assert peak < planned < 2 * peak


@pytest.mark.gpu
@pytest.mark.parametrize("quantization", ["none", "nf4"])
@pytest.mark.parametrize("checkpointing", [False, True])
def test_the_peak_on_a_gpu_is_within_a_tenth(tmp_path, quantization, checkpointing):
    folder = save_llama(tmp_path, 1024, 3584, 8, 16, 4, 32000)
    settings = {"quantization": quantization, "compute_dtype": "bfloat16", "gradient_checkpointing": checkpointing}
    run = RUN | settings | {"context": 1024}
    run |= {"kernels": []}  # which a step by hand does not use
    gc.collect()
    before = torch.cuda.memory_allocated()  # of other tests
    step = Step(folder, run, 4, 32000)
    torch.cuda.reset_peak_memory_stats()
    step.take()
    shape = read_shape(folder)
    memory = estimate_memory(shape, place_adapter(shape, run), run, 4, gpu=True)
    assert memory.peak - OVERHEAD["gpu"] == pytest.approx(torch.cuda.max_memory_allocated() - before, rel=0.1)


@pytest.mark.parametrize("quantization", ["int8", "nf4"])
def test_quantized_weights_take_what_bitsandbytes_keeps(tmp_path, quantization):
    *dimensions, _, _ = SHAPES["wide"]
    folder = save_llama(tmp_path, *dimensions)
    modules = dict(load(folder, Precision(quantization, "float32")).network.named_modules())
    for linear in read_shape(folder).linears:
        weight = modules[linear.name].weight
        kept = weight.nbytes + sum(tensor.nbytes for tensor in constants_of(modules[linear.name]))
        assert weight_bytes(linear, quantization, 4) == kept


def test_known_figures_of_an_8b_llama():
    """Its blocks at nf4 are 3.25 GiB and 0.10 of constants, embeddings and head 1.96 in bf16."""
    shape = shape_of(LLAMA_8B)
    run = RUN | {"quantization": "nf4", "compute_dtype": "bfloat16", "context": 2048, "gradient_checkpointing": True}
    run |= {"kernels": []}
    memory = estimate_memory(shape, place_adapter(shape, run | {"rank": 16}), run, 1, gpu=True)
    assert memory.weights / 2**30 == pytest.approx(3.25 + 0.10, abs=0.005)
    assert memory.unquantized / 2**30 == pytest.approx(1.96, abs=0.005)
    assert memory.adapter == memory.gradients == memory.optimizer // 2 == 4 * 41_943_040
    assert memory.logits == 3 * 4 * 1024 * 128256
    # torchtune's 8B QLoRA recipe, packed rows of 2,048, is published with a peak of 7.4 GiB: compiled, and its loss and
    # adapters in bf16, which are in fp32 here
    assert 7.4 < memory.peak / 2**30 < 9


@pytest.mark.parametrize(
    ("kernels", "rows", "measured"),
    [([], 1, 7.60), (["adapters"], 1, 7.60), (["adapters"], 4, 9.63), (["adapters", "graphs"], 4, 9.85)],
)
def test_an_8b_llama_on_an_h100_takes_what_is_planned(kernels, rows, measured):
    """GiB that torch had allocated at most: nf4, rank 16 on all linear layers, paged 8-bit AdamW."""
    shape = shape_of(LLAMA_8B)
    run = RUN | {"quantization": "nf4", "compute_dtype": "bfloat16", "context": 2048, "gradient_checkpointing": True}
    run |= {"rank": 16, "optimizer": "paged_adamw_8bit", "kernels": kernels}
    memory = estimate_memory(shape, place_adapter(shape, run), run, rows, gpu=True)
    assert (memory.peak - OVERHEAD["gpu"]) / 2**30 == pytest.approx(measured, rel=0.05)


def test_the_fused_loss_has_one_chunk_of_logits():
    shape = shape_of(LLAMA_8B)
    run = RUN | {"quantization": "nf4", "compute_dtype": "bfloat16", "context": 1024, "gradient_checkpointing": False}
    memory = estimate_memory(shape, place_adapter(shape, run), run, 1, gpu=True)
    plain = estimate_memory(shape, place_adapter(shape, run), run | {"kernels": []}, 1, gpu=True)
    assert plain.logits in (0, 3 * 4 * 1024 * 128256)
    assert memory.logits in (0, 2 * 1024 * 128256)
    assert memory.peak < plain.peak


@pytest.mark.parametrize(
    ("quantization", "context", "measured_mb"),
    [("none", 256, 1843), ("none", 512, 2614), ("nf4", 256, 1920), ("nf4", 512, 2684), ("int8", 256, 1959)],
)
def test_a_process_on_the_cpu_takes_what_linux_said_of_it(quantization, context, measured_mb):
    """VmHWM in MiB of two steps of SmolLM2-135M (30 blocks of 576, 1536 inside, 9 heads on 3, vocabulary 49,152)."""
    shape = shape_of(
        {
            "model_type": "llama",
            "hidden_size": 576,
            "intermediate_size": 1536,
            "num_hidden_layers": 30,
            "num_attention_heads": 9,
            "num_key_value_heads": 3,
            "head_dim": 64,
            "vocab_size": 49_152,
            "tie_word_embeddings": True,
        }
    )
    run = RUN | {"quantization": quantization, "context": context, "rank": 8, "alpha": 16, "batch_tokens": context}
    memory = estimate_memory(shape, place_adapter(shape, run), run, 1, gpu=False)
    assert memory.peak / 2**20 == pytest.approx(measured_mb, rel=0.06)


def test_eight_bit_moments_take_two_bytes_and_their_scales():
    shape = shape_of(LLAMA_8B)
    run = RUN | {"optimizer": "paged_adamw_8bit", "rank": 16}
    adapter = place_adapter(shape, run)
    memory = estimate_memory(shape, adapter, run, 1, gpu=True)
    assert memory.optimizer == 2 * adapter.parameters * (1 + 4 / 256)


@pytest.mark.parametrize(("rank", "expected"), [(15, 2 * 2 * 4 * 3840), (16, 2 * 2 * (4096 + 4 * 16))])
def test_the_state_of_a_small_tensor_keeps_32_bits(rank, expected):
    """bitsandbytes' min_8bit_size is 4,096: two moments of two tensors of rank × 256, with a scale per 256 numbers."""
    config = LLAMA_8B | {"hidden_size": 256, "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 4}
    shape = shape_of(config)
    run = RUN | {"rank": rank, "optimizer": "paged_adamw_8bit", "target_modules": ["q_proj"]}
    assert estimate_memory(shape, place_adapter(shape, run), run, 1, gpu=True).optimizer == expected
