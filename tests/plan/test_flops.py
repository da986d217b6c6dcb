"""Predicted operations against torch's counter, on real steps of tiny models."""

import pytest

from further.plan.flops import LOSS_CHUNK, forward_flops, training_flops
from further.plan.shape import read_shape, shape_of
from further.plan.targets import place_adapter
from further.plan.work import Texts, count_flops
from further.training import loss
from plan.measured import RUN, Step, save_llama
from plan.shapes import LLAMA_8B

SHAPES = {  # width, inner width, blocks, heads, key heads, vocabulary, rows, context
    "wide": (128, 384, 3, 4, 2, 512, 2, 128),
    "long": (64, 128, 2, 4, 4, 300, 1, 512),
    "many rows": (64, 192, 2, 4, 1, 500, 9, 128),  # more tokens than a chunk of the loss
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("targets", ["attention", "all-linear", ["up_proj"], r".*\.1\.self_attn\.o_proj"])
def test_training_takes_what_is_predicted(tmp_path, name, checkpointing, targets):
    *dimensions, rows, context = SHAPES[name]
    folder = save_llama(tmp_path, *dimensions)
    run = RUN | {"gradient_checkpointing": checkpointing, "context": context, "target_modules": targets}
    step = Step(folder, run, rows, dimensions[-1])
    shape = read_shape(folder)
    adapter = place_adapter(shape, run)
    predicted = training_flops(shape, adapter, rows, context, checkpointing) * rows * context
    assert predicted == pytest.approx(step.flops(), rel=1e-3)


OPTIONS = {
    "magnitudes": {"dora": True},
    "magnitudes of some layers": {"dora": True, "target_modules": ["o_proj", "up_proj"]},
    "magnitudes and dropout": {"dora": True, "dropout": 0.1},
    "embeddings": {"train_embeddings": True},
    "embeddings and magnitudes": {"train_embeddings": True, "dora": True},
    "eager attention": {"attention": "eager"},
}


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("tied", [False, True])
def test_options_take_what_is_predicted(tmp_path, option, checkpointing, tied):
    *dimensions, rows, context = SHAPES["many rows"]
    folder = save_llama(tmp_path, *dimensions, tied=tied)
    run = RUN | {"gradient_checkpointing": checkpointing, "context": context} | OPTIONS[option]
    step = Step(folder, run, rows, dimensions[-1])
    shape = read_shape(folder)
    predicted = training_flops(shape, place_adapter(shape, run), rows, context, checkpointing) * rows * context
    assert predicted == pytest.approx(step.flops(), rel=1e-3)


def test_rows_that_are_not_packed_take_what_is_predicted(tmp_path):
    *dimensions, rows, context = SHAPES["wide"]
    lengths = [context, 50]
    folder = save_llama(tmp_path, *dimensions)
    step, shape = (
        Step(folder, RUN | {"context": context}, rows, dimensions[-1]).of_lengths(lengths),
        read_shape(folder),
    )
    run = RUN | {"packing": False, "context": context, "batch_tokens": rows * context, "epochs": 1}
    work = Texts(tuple(length - 1 for length in lengths), (), has_begin=True).count(run)
    training, _ = count_flops(shape, place_adapter(shape, run), work, run)
    assert work.num_steps == 1
    assert training == pytest.approx(step.flops(), rel=1e-3)


def test_the_chunk_of_the_loss_is_the_trainings_own():
    assert loss.CHUNK == LOSS_CHUNK


def test_by_hand_on_one_block():
    """Width 8, inner width 16, one head, vocabulary 10, context 4; LoRA of rank 1 on the value layer alone."""
    config = {"hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1}
    shape = shape_of(config | {"model_type": "llama", "vocab_size": 10})
    adapter = place_adapter(shape, RUN | {"target_modules": ["v_proj"], "rank": 1})
    attention, mlp, head = 4 * 8 * 8, 3 * 8 * 16, 8 * 10
    assert shape.block_weights + shape.head_weights == attention + mlp + head == 720
    # q, k and v stand beside or before the adapter: no gradient flows through them, and none into its own A
    through = 720 - 3 * 64
    adapter_flops = 6 * (8 + 8) - 2 * 8
    expected = 2 * 720 + 2 * through + adapter_flops + 3 * 4 * 8 * 4
    assert training_flops(shape, adapter, 1, 4, checkpointing=False) == expected
    assert forward_flops(shape, adapter, 1, 4) == 2 * (720 + 16) + 4 * 8 * 4


def test_an_8b_llama_takes_four_per_frozen_weight_and_six_per_adapter_weight():
    """Without the savings of the first block and of the last product, which are small at this size."""
    shape = shape_of(LLAMA_8B)
    adapter = place_adapter(shape, RUN | {"rank": 16})
    attention = 4 * 32 * 4096 * 2048
    plain = 4 * 7.50e9 + 6 * adapter.parameters + 3 * attention
    again = plain + 2 * 6.98e9 + 2 * adapter.parameters + attention  # a frozen head is not multiplied with again
    assert training_flops(shape, adapter, 1, 2048, checkpointing=False) == pytest.approx(plain, rel=0.01)
    assert training_flops(shape, adapter, 1, 2048, checkpointing=True) == pytest.approx(again, rel=0.01)
