"""Whole runs on a tiny model: equal batches, seeds, what is trained, and resuming."""

import hashlib
import math

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from further.models import load_base
from further.tokens.packing import pack_documents
from further.tokens.tokenizer import special_tokens
from further.training.adapters import add_adapter, count_parameters
from further.training.run import Task, train_run

RUN = {
    "seed": 0,
    "quantisation": "none",
    "target_modules": "all-linear",
    "rank": 4,
    "alpha": 8,
    "dropout": 0.0,
    "accumulation": 1,
    "passes": 3,
    "learning_rate": 1e-3,
    "warmup_share": 0.2,
    "weight_decay": 0.0,
    "max_grad_norm": 1.0,
    "compute_dtype": "float32",
    "gradient_checkpointing": False,
    "optimiser": "adamw_torch",
}


@pytest.fixture
def rows(model_folder):
    generator = np.random.default_rng(0)
    documents = [generator.integers(2, 40, size).tolist() for size in (30, 75, 11, 120, 60)]
    return pack_documents(documents, 32, special_tokens(model_folder))


@pytest.fixture
def train(model_folder, rows, tmp_path):
    """Train a run in a folder of its own; returns adapter weights and outcome."""

    def run(name="run", micro_batch=4, minutes=60.0, **settings):
        chosen = RUN | settings
        task = Task(name, tmp_path / name / "checkpoints", minutes, {"settings": chosen}, threads=1)
        adapter = tmp_path / name / "adapter"
        outcome = train_run(model_folder, adapter, chosen, micro_batch, rows, rows, task)
        return load_file(adapter / "adapter_model.safetensors"), outcome

    return run


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
    model = add_adapter(load_base(model_folder, "none", "float32"), RUN | {"target_modules": preset})
    count = count_parameters(model)
    assert len(count.names) == 2 * 2 * modules  # A and B, two layers
    assert all("lora_" in name for name in count.names)
    # rank × (inputs + outputs): four attention layers of 64 by 64, three of 64 by 128
    by_hand = 2 * 4 * (4 * 128 + (3 * 192 if preset == "all-linear" else 0))
    assert count.trainable == by_hand


def test_a_loss_that_is_no_number_stops_the_run_and_says_where(train):
    with pytest.raises(FloatingPointError, match=r"loss is (nan|inf) at step \d+, learning rate"):
        train(learning_rate=1e30, warmup_share=0.0, max_grad_norm=1e30)
