"""Whole runs on a tiny model: equal batches, seeds, what is trained, and resuming."""

import hashlib
import math

import numpy as np
import pytest
import torch
from torch.optim import SGD
from transformers import TrainingArguments

from further.models import load_base
from further.training import run, trainer
from further.training.adapters import add_adapter, count_parameters
from further.training.loss import sum_cross_entropy
from further.training.schedule import make_schedule
from further.training.trainer import RowDataset, mean_loss
from training.settings import RUN


def digest(weights):
    return hashlib.sha256(b"".join(weights[name].numpy().tobytes() for name in sorted(weights))).hexdigest()


@pytest.fixture
def labels_trained(monkeypatch):
    """Labels of every batch that the model is trained on, counted at the loss itself."""
    counts = []

    def count(hidden, head, labels):
        if hidden.requires_grad:
            counts.append(int((labels >= 0).sum()))
        return sum_cross_entropy(hidden, head, labels)

    monkeypatch.setattr(trainer, "sum_cross_entropy", count)
    return counts


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
    schedule = make_schedule(SGD([torch.zeros(1)], lr=1.0), num_steps, num_warmup)
    rates = []
    for _ in range(num_steps):
        rates += schedule.get_last_lr()
        schedule.optimizer.step()
        schedule.step()
    peak = rates.index(1.0)
    assert peak == min(num_warmup, num_steps - 1) and min(rates) > 0
    assert rates[: peak + 1] == sorted(rates[: peak + 1]) and rates[peak:] == sorted(rates[peak:], reverse=True)


class SeesTwoGPUs(TrainingArguments):
    """As on a node whose GPUs are all visible to the job."""

    def __post_init__(self):
        super().__post_init__()
        self._n_gpu = 2


def test_a_second_visible_gpu_changes_no_step(train, monkeypatch):
    _, expected = train("one", micro_batch=2, epochs=1)
    monkeypatch.setattr(run, "TrainingArguments", SeesTwoGPUs)
    _, outcome = train("two", micro_batch=2, epochs=1)
    assert outcome.num_steps == expected.num_steps == 5  # ten rows, two at a time
    assert outcome.history == expected.history


class DropsLastBatch(TrainingArguments):
    def __post_init__(self):
        super().__post_init__()
        self.dataloader_drop_last = True


def test_every_token_is_counted(train, rows, labels_trained):
    _, outcome = train()
    assert outcome.num_trained_tokens == sum(labels_trained) == outcome.history[-1]["num_tokens"]
    assert outcome.num_trained_tokens + 3 * rows.num_dropped == 3 * rows.num_tokens
    assert [row["validation_loss_nats"] is not None for row in outcome.history].count(True) == 3


def test_tokens_that_are_not_trained_on_are_not_counted(train, rows, labels_trained, monkeypatch):
    """Ten rows, four at a time: a Trainer that leaves out what fills no batch leaves out two rows a pass."""
    monkeypatch.setattr(run, "TrainingArguments", DropsLastBatch)
    _, outcome = train()
    assert [row["num_tokens"] for row in outcome.history] == np.cumsum(labels_trained).tolist()
    assert outcome.num_trained_tokens == sum(labels_trained) < 3 * (rows.num_tokens - rows.num_dropped)


def test_a_run_that_stops_early_counts_what_it_did(train, labels_trained):
    _, outcome = train(epochs=20, learning_rate=0.5, validations_per_epoch=3, patience=1)
    assert outcome.stopped_early
    assert [row["num_tokens"] for row in outcome.history] == np.cumsum(labels_trained).tolist()
    assert outcome.num_trained_tokens == sum(labels_trained)


@pytest.mark.parametrize(("preset", "modules"), [("attention", 4), ("all-linear", 7)])
def test_only_the_adapter_is_trained(model_folder, preset, modules):
    model = add_adapter(load_base(model_folder, "none", "float32"), RUN | {"target_modules": preset}, model_folder)
    count = count_parameters(model)
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
    """Trainer (5.23) divides by the labels less one per row: at context 32 a loss came out 3 % too high."""
    _, outcome = train(micro_batch=len(rows.labels_RT), dropout=0.0, epochs=1)
    expected = mean_loss(load_base(train.folder, "none", "float32"), RowDataset(rows), batch_rows=4)
    assert outcome.history[0]["loss_nats"] == pytest.approx(expected, abs=1e-5)


def test_more_context_than_the_model_has_positions_is_refused(train):
    """A Llama would rotate on, and give wrong numbers without a word."""
    with pytest.raises(ValueError, match=r"^training\.context: 256 is more than the 128 positions"):
        train(context=256)
