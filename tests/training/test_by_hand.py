"""A whole run beside the same training in plain torch: rows, masks, mean, clipping, schedule, AdamW, all by hand."""

import math

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM

from further.tokens.tokenizer import special_tokens

EPOCHS, MICRO_BATCH, MICRO_BATCHES, CONTEXT = 3, 2, 2, 32
RATE, WARMUP, DECAY, LARGEST = 1e-2, 0.25, 0.1, 0.02


def rows_by_hand(documents, special):
    """Each row as the parts of documents in it: inputs and the ids that follow them."""
    pairs = [
        (number, token, following)
        for number, ids in enumerate(documents)
        for token, following in zip([special.bos, *ids], [*ids, special.eos], strict=True)
    ]
    rows = []
    for start in range(0, len(pairs), CONTEXT):
        row = pairs[start : start + CONTEXT]
        numbers = list(dict.fromkeys(number for number, _, _ in row))
        rows.append([[pair[1:] for pair in row if pair[0] == number] for number in numbers])
    return rows


def sum_loss(network, row):
    """Every part of a document alone in a forward pass: nothing else can be seen."""
    total = torch.zeros(())
    for part in row:
        inputs, labels = torch.tensor(part).T
        total = total + cross_entropy(network(input_ids=inputs[None]).logits[0], labels, reduction="sum")
    return total


def train_by_hand(folder, documents):
    torch.manual_seed(0)
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    network = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear", r=4, lora_alpha=8))
    weights = {name: values for name, values in network.named_parameters() if values.requires_grad}
    first, second = ({name: torch.zeros_like(values) for name, values in weights.items()} for _ in range(2))
    rows, losses, step = rows_by_hand(documents, special_tokens(folder)), [], 0
    size = MICRO_BATCH * MICRO_BATCHES
    num_steps = EPOCHS * math.ceil(len(rows) / size)
    warmup = math.ceil(WARMUP * num_steps)
    for epoch in range(EPOCHS):
        order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(epoch)).tolist()
        for start in range(0, len(rows), size):
            batch = [rows[number] for number in order[start : start + size]]
            loss = sum(sum_loss(network, row) for row in batch) / sum(len(part) for row in batch for part in row)
            gradients = dict(zip(weights, torch.autograd.grad(loss, list(weights.values())), strict=True))
            norm = math.sqrt(sum(float(values.pow(2).sum()) for values in gradients.values()))
            assert norm > LARGEST  # every step is clipped
            left = (step - warmup) / (num_steps - warmup)
            rate = RATE * ((step + 1) / (warmup + 1) if step < warmup else (1 + math.cos(math.pi * left)) / 2)
            step += 1
            with torch.no_grad():
                for name, weight in weights.items():
                    gradient = gradients[name] * LARGEST / norm
                    first[name] = 0.9 * first[name] + 0.1 * gradient
                    second[name] = 0.999 * second[name] + 0.001 * gradient**2
                    mean, variance = first[name] / (1 - 0.9**step), second[name] / (1 - 0.999**step)
                    weight.mul_(1 - rate * DECAY).sub_(rate * mean / (variance.sqrt() + 1e-8))
            losses.append(float(loss.detach()))
    return {name.replace(".default", ""): values.detach() for name, values in weights.items()}, losses


@pytest.mark.parametrize("settings", [{}, {"gradient_checkpointing": True, "attention": "eager"}])
def test_a_run_is_what_plain_torch_makes_of_the_same_documents(train, model_folder, documents, settings):
    expected, losses = train_by_hand(model_folder, documents)
    weights, outcome = train(
        micro_batch=MICRO_BATCH, gradient_accumulation_steps=MICRO_BATCHES, epochs=EPOCHS, learning_rate=RATE,
        warmup_ratio=WARMUP, weight_decay=DECAY, max_grad_norm=LARGEST, **settings,
    )  # fmt: skip
    assert [row["loss_nats"] for row in outcome.history] == pytest.approx(losses, abs=2e-4)
    assert weights.keys() == expected.keys()
    for name, values in expected.items():
        assert float((weights[name] - values).norm()) <= 0.01 * float(values.norm()), name
