"""Tokens, rows and steps against packing, and against a real run's own metrics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from further.batch import micro_batch
from further.plan.shape import read_shape
from further.plan.targets import place_adapter
from further.plan.work import Texts, count_flops, count_work
from further.tokens.packing import IGNORED, pack_documents
from further.tokens.tokenizer import SpecialTokens, special_tokens
from further.training.run import Task, train_run
from plan.measured import RUN


def test_by_hand():
    """Documents of 3 and 1 tokens with begin marks: 4 + 2 predictions are 2 rows of 4, so 1 step a pass of 2 rows."""
    run = RUN | {"context": 4, "batch_tokens": 8, "passes": 3}
    work = count_work(Texts((3, 1), (5,), has_begin=True), run)
    assert (work.num_papers, work.num_unique_tokens, work.num_trained_tokens) == (2, 6, 18)
    assert (work.training.number, work.num_steps, work.validation.number) == (2, 3, 2)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(2, 17), st.booleans())
def test_as_packing_does(lengths, context, has_begin):
    packed = pack_documents([[7] * length for length in lengths], context, SpecialTokens(1 if has_begin else None, 2))
    work = count_work(Texts(tuple(lengths), (), has_begin), RUN | {"context": context, "batch_tokens": 2 * context})
    assert work.training.number == len(packed.inputs_RT)
    assert work.num_unique_tokens == packed.num_tokens
    assert work.num_trained_tokens == 2 * (packed.labels_RT != IGNORED).sum()


@pytest.mark.parametrize("accumulation", [1, 4])
def test_a_real_run_has_the_steps_tokens_and_parameters_that_were_planned(model_folder, tmp_path, accumulation):
    generator = np.random.default_rng(0)
    documents = [generator.integers(2, 40, size).tolist() for size in (30, 75, 11, 120, 60)]
    run = RUN | {"context": 32, "batch_tokens": 128, "accumulation": accumulation}
    rows = pack_documents(documents, 32, special_tokens(model_folder))
    task = Task("run", tmp_path / "checkpoints", 60.0, {}, threads=1)
    outcome = train_run(model_folder, tmp_path / "adapter", run, micro_batch(run), rows, rows, task)
    work = count_work(Texts(tuple(map(len, documents)), (), has_begin=True), run)
    shape = read_shape(model_folder)
    adapter = place_adapter(shape, run)
    assert (work.num_steps, work.num_trained_tokens) == (outcome.num_steps, outcome.num_trained_tokens)
    assert adapter.parameters == outcome.parameters.trainable
    assert shape.total_parameters + adapter.parameters == outcome.parameters.total


def test_operations_grow_with_passes_and_rows(model_folder):
    shape = read_shape(model_folder)
    adapter = place_adapter(shape, RUN)
    texts = Texts((200, 300), (100,), has_begin=True)
    (one, look), (three, same) = (
        count_flops(shape, adapter, count_work(texts, RUN | {"passes": passes}), RUN | {"passes": passes})
        for passes in (1, 3)
    )
    assert three == 3 * one and same == look > 0


def test_nothing_to_train_on_is_an_error():
    with pytest.raises(ValueError, match="no training documents"):
        count_work(Texts((), (5,), has_begin=True), RUN)
