"""Tokens, rows and steps against packing, and against a real run's own metrics."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from further.batch import micro_batch
from further.plan.shape import read_shape
from further.plan.targets import place_adapter
from further.plan.work import Texts, count_flops, count_rows
from further.tokens.choice import count_tokens, take_replay
from further.tokens.chunks import lay_out
from further.tokens.packing import IGNORED
from further.tokens.tokenizer import SpecialTokens, special_tokens
from further.training.adapters import train_adapter
from further.training.recipe import Recipe, Task
from further.training.rows import TextRows
from further.training.run import train_run
from plan.measured import RUN


def test_by_hand():
    """Documents of 3 and 1 tokens with BOS: 4 + 2 predictions are 2 rows of 4, so 1 step an epoch of 2 rows."""
    run = RUN.model_copy(update={"context": 4, "batch_tokens": 8, "epochs": 3})
    work = Texts((3, 1), (5,), has_begin=True).count(run)
    assert (work.num_papers, work.num_unique_tokens, work.num_trained_tokens) == (2, 6, 18)
    assert (work.training.number, work.num_steps, work.validation.number) == (2, 3, 2)


def test_rows_of_one_document_each_by_hand():
    """Documents of 3 and 1 tokens: 4 + 2 predictions, rows of 3 + 1 and 2, so 2 steps a pass of 2 rows."""
    run = RUN.model_copy(
        update={"context": 3, "batch_tokens": 6, "epochs": 3, "packing": False, "validations_per_epoch": 5}
    )
    work = Texts((3, 1), (5,), has_begin=True).count(run)
    assert (work.training.number, work.num_steps, work.num_trained_tokens) == (3, 6, 18)
    assert (work.training.num_inputs, work.training.num_pairs) == (6, 9 + 1 + 4)
    assert work.num_looks == 6  # not five a pass: one a step


def test_general_text_is_trained_on_but_is_none_of_the_unique_tokens():
    """Papers of 3 and 1 tokens and a general document of 5: 6 + 6 predictions are 3 rows of 4, 2 steps of 2 rows."""
    run = RUN.model_copy(update={"context": 4, "batch_tokens": 8, "epochs": 1})
    work = Texts((3, 1), (5,), has_begin=True, replay=(5,)).count(run)
    assert (work.num_papers, work.num_unique_tokens, work.num_replay_tokens) == (2, 6, 6)
    assert (work.num_trained_tokens, work.training.number, work.num_steps) == (12, 3, 2)


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(2, 17), st.booleans(), st.booleans(),
    st.integers(0, 2),
)  # fmt: skip
def test_as_rows_are_laid_out(lengths, context, has_begin, packing, num_replayed):
    rows = lay_out([[7] * length for length in lengths], context, SpecialTokens(1 if has_begin else None, 2), packing)
    papers = max(1, len(lengths) - num_replayed)
    run = RUN.model_copy(update={"context": context, "batch_tokens": 2 * context, "packing": packing})
    work = Texts(tuple(lengths[:papers]), (), has_begin, tuple(lengths[papers:])).count(run)
    assert work.training.number == len(rows.inputs_RT)
    assert work.num_unique_tokens + work.num_replay_tokens == rows.num_tokens
    assert work.num_trained_tokens == 2 * (rows.labels_RT != IGNORED).sum()
    assert work.num_steps == 2 * math.ceil(len(rows.inputs_RT) / 2)
    for sharded in (False, True):
        planned = count_rows(lengths, has_begin, run, sharded)
        computed = TextRows(rows, whole=sharded).lengths.tolist()
        assert (planned.num_inputs, planned.num_pairs) == (sum(computed), sum(size**2 for size in computed))


OPTIONS = [
    {},
    {"gradient_accumulation_steps": 4},
    {"packing": False, "validations_per_epoch": 2},
    {"replay_fraction": 0.4},
    {"packing": False, "replay_fraction": 0.4, "dora": True, "train_embeddings": True},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_real_run_has_the_steps_tokens_and_parameters_that_were_planned(model_folder, tmp_path, options):
    sizes = []  # of what goes through the model

    def prepare(model, *arguments):
        save = train_adapter(model, *arguments)
        model.base.model.register_forward_pre_hook(
            lambda module, _, inputs: sizes.append(inputs["input_ids"].numel()), with_kwargs=True
        )
        return save

    generator = np.random.default_rng(0)
    documents = [generator.integers(2, 40, size).tolist() for size in (30, 75, 11, 120, 60)]
    general = {f"general-{size}": generator.integers(2, 40, size).tolist() for size in (50, 70, 90, 110)}
    run = RUN | {"context": 32, "batch_tokens": 128} | options
    replay = take_replay(general, count_tokens(documents), run.replay_fraction, run.seed)
    rows, held_out = (
        TextRows(lay_out(texts, 32, special_tokens(model_folder), run.packing))
        for texts in ([*documents, *replay.values()], documents)
    )
    task = Task("run", tmp_path / "adapter", tmp_path / "checkpoints", 60.0, {}, threads=1)
    outcome = train_run(Recipe(model_folder, run, micro_batch(run), rows, held_out, prepare), task)
    lengths, replayed = tuple(map(len, documents)), tuple(map(len, replay.values()))
    work = Texts(lengths, lengths, has_begin=True, replay=replayed).count(run)
    shape = read_shape(model_folder)
    adapter = place_adapter(shape, run)
    assert bool(replayed) == bool(run.replay_fraction)
    assert (work.num_steps, work.num_trained_tokens) == (outcome.num_steps, outcome.num_trained_tokens)
    looking = (work.num_looks + 1) * work.validation.num_inputs
    assert sum(sizes) == run.epochs * work.training.num_inputs + looking
    assert outcome.packing_efficiency == 1.0  # rows of 32, of which the last one is not full
    assert work.num_looks == sum(entry["validation_loss_nats"] is not None for entry in outcome.history)
    assert adapter.parameters == outcome.parameters.trainable
    assert shape.total_parameters + adapter.parameters == outcome.parameters.total


def test_operations_grow_with_passes_and_rows(model_folder):
    shape = read_shape(model_folder)
    adapter = place_adapter(shape, RUN)
    texts = Texts((200, 300), (100,), has_begin=True)
    (one, look), (three, same) = (
        count_flops(shape, adapter, texts.count(RUN | {"epochs": epochs}), RUN | {"epochs": epochs})
        for epochs in (1, 3)
    )
    assert three == 3 * one and same == look > 0


def test_nothing_to_train_on_is_an_error():
    with pytest.raises(ValueError, match="no training documents"):
        Texts((), (5,), has_begin=True).count(RUN)
