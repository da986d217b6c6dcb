"""Whole runs on a tiny model: equal batches, seeds, what is trained, and resuming."""

import hashlib
import math

import pytest
import torch

from further.models import load_base
from further.training.adapters import add_adapter, count_parameters
from further.training.trainer import RowDataset, mean_loss
from training.settings import RUN


def digest(weights):
    return hashlib.sha256(b"".join(weights[name].numpy().tobytes() for name in sorted(weights))).hexdigest()


def test_accumulation_at_equal_batch_gives_the_same_losses_and_weights(train):
    """A mean of micro-batch means does not, where rows hold unequal numbers of labels (transformers #34191)."""
    weights, outcome = train("whole", micro_batch=4, accumulation=1)
    parts, in_parts = train("parts", micro_batch=1, accumulation=4)
    assert [row["loss_nats"] for row in in_parts.history] == pytest.approx(
        [row["loss_nats"] for row in outcome.history], rel=1e-4
    )
    for name, values in weights.items():
        torch.testing.assert_close(parts[name], values, rtol=1e-3, atol=1e-5)


def test_one_seed_gives_one_adapter_and_two_seeds_two(train):
    assert digest(train("a")[0]) == digest(train("b")[0]) != digest(train("c", seed=1)[0])


@pytest.mark.parametrize("quantisation", ["none", "int8", "nf4"])
def test_a_run_lowers_the_loss_at_every_quantisation(train, quantisation):
    _, outcome = train(quantisation=quantisation, passes=4, learning_rate=5e-3)
    assert outcome.history[-1]["loss_nats"] < outcome.history[0]["loss_nats"] - 0.1
    assert outcome.validation_loss_nats < outcome.history[0]["loss_nats"]


def test_the_schedule_is_matched_to_the_runs_own_length(train, rows):
    _, outcome = train()
    rates = [row["learning_rate"] for row in outcome.history]
    assert outcome.num_steps == len(rates) == 3 * math.ceil(len(rows.inputs_RT) / 4)
    peak = rates.index(max(rates))
    assert peak == math.ceil(0.2 * len(rates)) and rates[peak] == pytest.approx(1e-3)
    assert rates[0] == 0 and rates[-1] < 0.05 * max(rates)


def test_every_token_is_counted(train, rows):
    _, outcome = train()
    assert outcome.num_trained_tokens + 3 * rows.num_dropped == 3 * rows.num_tokens
    assert [row["validation_loss_nats"] is not None for row in outcome.history].count(True) == 3


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
        train(learning_rate=1e30, warmup_share=0.0, max_grad_norm=1e30)


def test_the_loss_of_a_step_is_the_mean_over_all_of_its_labels(train, rows):
    """Trainer (5.23) divides by the labels less one per row: at context 32 a loss came out 3 % too high."""
    _, outcome = train(micro_batch=len(rows.labels_RT), dropout=0.0, passes=1)
    expected = mean_loss(load_base(train.folder, "none", "float32"), RowDataset(rows), batch_rows=4)
    assert outcome.history[0]["loss_nats"] == pytest.approx(expected, abs=1e-5)


def test_more_context_than_the_model_has_positions_is_refused(train):
    """A Llama would rotate on, and give wrong numbers without a word."""
    with pytest.raises(ValueError, match=r"^training\.context: 256 is more than the 128 positions"):
        train(context=256)
