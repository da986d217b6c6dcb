"""Whole runs on a tiny model: equal batches, seeds, what is trained, and resuming."""

import hashlib
import math
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.optim.optimizer import register_optimizer_step_post_hook

from facts import naming
from further.models import Precision, load
from further.training.adapters import count_parameters, train_adapter
from further.training.examples import count_labels, mean_loss
from further.training.optimizer import rate_fraction
from further.training.rows import TextRows
from training.settings import RUN


def digest(weights):
    return hashlib.sha256(b"".join(weights[name].numpy().tobytes() for name in sorted(weights))).hexdigest()


class CountedRows(TextRows):
    """Rows that count the labels of every batch that is trained on, at the loss itself."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.counts = []

    def sum_loss(self, model, batch):
        self.counts.append(count_labels(batch))
        return TextRows.sum_loss(model, batch)


def train_counting(train, **settings):
    """A run, and the labels of each of its batches."""
    made = []
    _, outcome = train(kind=lambda packed: made.append(CountedRows(packed)) or made[0], **settings)
    return outcome, made[0].counts


def test_accumulation_at_equal_batch_gives_the_same_losses_and_weights(train):
    """A mean of micro-batch means does not, where rows hold unequal numbers of labels (transformers #34191)."""
    weights, outcome = train("whole", micro_batch=4, gradient_accumulation_steps=1)
    parts, in_parts = train("parts", micro_batch=1, gradient_accumulation_steps=4)
    assert [row["loss_nats"] for row in in_parts.history] == pytest.approx(
        [row["loss_nats"] for row in outcome.history], rel=1e-4
    )
    for name, values in weights.items():
        torch.testing.assert_close(parts[name], values, rtol=1e-3, atol=1e-5)


def test_one_seed_gives_one_adapter_and_two_seeds_two(train):
    assert digest(train("a")[0]) == digest(train("b")[0]) != digest(train("c", seed=1)[0])


@pytest.mark.parametrize("quantization", ["none", "int8", "nf4"])
def test_a_run_lowers_the_loss_at_every_quantization(train, quantization):
    _, outcome = train(quantization=quantization, epochs=4, learning_rate=5e-3)
    assert outcome.history[-1]["loss_nats"] < outcome.history[0]["loss_nats"] - 0.1
    assert outcome.validation_loss_nats < outcome.history[0]["loss_nats"]


def test_the_schedule_is_matched_to_the_runs_own_length(train, rows):
    """Two steps of six below the peak, at thirds of it; then a quarter of the cosine each."""
    _, outcome = train(epochs=2, warmup_ratio=0.3)
    assert outcome.num_steps == len(outcome.history) == 2 * math.ceil(len(rows.inputs_RT) / 4) == 6
    expected = [1 / 3, 2 / 3, 1, 0.8535534, 0.5, 0.1464466]
    assert [row["learning_rate"] for row in outcome.history] == pytest.approx([1e-3 * share for share in expected])


def test_a_run_of_one_step_trains(train, rows):
    weights, outcome = train(micro_batch=len(rows.inputs_RT), epochs=1)
    assert [row["learning_rate"] for row in outcome.history] == [1e-3]
    assert all(values.abs().max() > 0 for name, values in weights.items() if "lora_B" in name)


@pytest.mark.parametrize(("num_steps", "num_warmup"), [(1, 0), (1, 1), (2, 1), (5, 5), (9, 2)])
def test_every_step_has_a_rate_and_one_the_peak(num_steps, num_warmup):
    rates = [rate_fraction(step, num_steps, num_warmup / num_steps) for step in range(num_steps)]
    peak = rates.index(1.0)
    assert peak == min(num_warmup, num_steps - 1) and min(rates) > 0
    assert rates[: peak + 1] == sorted(rates[: peak + 1]) and rates[peak:] == sorted(rates[peak:], reverse=True)


def test_every_token_is_counted(train, rows):
    outcome, counts = train_counting(train)
    assert [row["num_tokens"] for row in outcome.history] == np.cumsum(counts).tolist()
    assert outcome.num_trained_tokens == sum(counts)
    assert outcome.num_trained_tokens + 3 * rows.num_dropped == 3 * rows.num_tokens
    assert [row["validation_loss_nats"] is not None for row in outcome.history].count(True) == 3


def test_a_run_that_stops_early_counts_what_it_did(train):
    outcome, counts = train_counting(train, epochs=20, learning_rate=0.5, validations_per_epoch=3, patience=1)
    assert outcome.stopped_early
    assert [row["num_tokens"] for row in outcome.history] == np.cumsum(counts).tolist()


@pytest.mark.parametrize(("preset", "modules"), [("attention", 4), ("all-linear", 7)])
def test_only_the_adapter_is_trained(model_folder, preset, modules):
    model = load(model_folder, Precision("none", "float32"))
    train_adapter(model, RUN | {"target_modules": preset}, model_folder)
    count = count_parameters(model.network)
    assert len(count.names) == 2 * 2 * modules  # A and B, two layers
    assert all("lora_" in name for name in count.names)
    # rank × (inputs + outputs): four attention layers of 64 by 64, three of 64 by 128
    by_hand = 2 * 4 * (4 * 128 + (3 * 192 if preset == "all-linear" else 0))
    assert count.trainable == by_hand
    # tied embeddings; in each layer four matrices of 64 by 64, three of 64 by 128 and two norms; a norm at the end
    base = 300 * 64 + 2 * (4 * 64 * 64 + 3 * 64 * 128 + 2 * 64) + 64
    assert (count.total, count.share) == (base + by_hand, by_hand / (base + by_hand))


def test_a_loss_that_is_no_number_stops_the_run_and_says_where(train):
    with pytest.raises(FloatingPointError, match=r"loss is (nan|inf) at step \d+, learning rate"):
        train(learning_rate=1e30, warmup_ratio=0.0, max_grad_norm=1e30)


def test_the_loss_of_a_step_is_the_mean_over_all_of_its_labels(train, rows):
    """transformers' Trainer (5.23) divides by the labels less one per row: 3 % too much at context 32."""
    _, outcome = train(micro_batch=len(rows.labels_RT), dropout=0.0, epochs=1)
    expected = mean_loss(load(train.folder, Precision("none", "float32")), TextRows(rows), batch_size=4)
    assert outcome.history[0]["loss_nats"] == pytest.approx(expected, abs=1e-5)


def test_batches_are_read_while_the_step_before_is_computed(train):
    """A paged optimizer waits for the GPU: rows that were read after it would leave the GPU idle."""
    order = []

    class Watched(TextRows):
        def __getitem__(self, row):
            order.append("read")
            return super().__getitem__(row)

    hook = register_optimizer_step_post_hook(lambda *_: order.append("update"))
    try:
        train(kind=Watched, epochs=1)
    finally:
        hook.remove()
    # 301 inputs are ten rows of 32, in steps of 4, 4 and 2
    assert order == ["read"] * 8 + ["update"] + ["read"] * 2 + ["update"] * 2


def test_more_context_than_the_model_has_positions_is_refused(train):
    """A Llama would rotate on, and give wrong numbers without a word."""
    with pytest.raises(ValueError, match=naming("training.context", 256, 128)):
        train(context=256)


def test_all_of_a_small_model_can_be_trained(train, model_folder):
    """What is trained is handed in: here every parameter, which is saved as a model."""

    def prepare(model, run, folder):
        model.network.requires_grad_(True)
        return lambda place: (
            model.network.save_pretrained(place)
            or shutil.copy(place / "model.safetensors", place / "adapter_model.safetensors")
        )

    weights, outcome = train(prepare=prepare)
    base = load_file(model_folder / "model.safetensors")
    assert outcome.history[-1]["loss_nats"] < outcome.history[0]["loss_nats"]
    assert outcome.parameters.share == 1.0
    assert all((weights[name] - base[name]).abs().max() > 0 for name in base)
