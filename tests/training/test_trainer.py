"""What training tools get quietly wrong, on a tiny real model."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from torch.nn import functional

from further.models import decode, head_of, load_base
from further.settings import Run
from further.tokens.packing import pack_documents
from further.tokens.tokenizer import special_tokens
from further.training import loss, trainer
from further.training.adapters import add_adapter
from further.training.loss import sum_cross_entropy
from further.training.trainer import RowDataset, mean_loss, stack_rows, sum_loss
from training.settings import RUN

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def model(model_folder):
    return load_base(model_folder, "none", "float32")


@pytest.fixture
def packed(model_folder):
    generator = np.random.default_rng(0)
    documents = [generator.integers(2, 300, size).tolist() for size in (5, 40, 1, 17, 90)]
    return pack_documents(documents, 32, special_tokens(model_folder))


def offered_attention():
    return get_args(Run.model_fields["attention"].annotation)


@pytest.mark.parametrize("attention", offered_attention())
def test_perturbing_one_document_leaves_its_neighbors_alone(model_folder, packed, attention):
    """Packed rows attend across documents where a cache is used (transformers 5.23 moved logits by 0.3)."""
    model = load_base(model_folder, "none", "float32", attention)
    assert model.config._attn_implementation == attention
    batch = stack_rows([RowDataset(packed)[0]])
    own = torch.from_numpy(packed.documents_RT[0] == 0)
    before = decode(model, batch["input_ids"], batch["position_ids"])[0]
    changed = batch["input_ids"].clone()
    changed[0, 1] = (changed[0, 1] + 7) % 300
    after = decode(model, changed, batch["position_ids"])[0]
    torch.testing.assert_close(after[~own], before[~own])
    assert (after[own][1:] - before[own][1:]).abs().min() > 0  # the document itself does change
    assert own.any() and not own.all()


@pytest.mark.parametrize("attention", offered_attention())
def test_without_the_guard_documents_would_see_each_other(model_folder, packed, attention):
    """The model's own default uses a cache; `decode` and `load_base` each switch it off."""
    model = load_base(model_folder, "none", "float32", attention)
    assert model.config.use_cache is False
    batch = stack_rows([RowDataset(packed)[0]])
    changed = batch["input_ids"].clone()
    changed[0, 1] = (changed[0, 1] + 7) % 300
    later = torch.from_numpy(packed.documents_RT[0] == 1)

    def moved(use_cache):
        with torch.no_grad():
            hidden = [
                model.model(input_ids=ids, position_ids=batch["position_ids"], use_cache=use_cache)[0][0, later]
                for ids in (batch["input_ids"], changed)
            ]
        return float((hidden[0] - hidden[1]).abs().max())

    assert moved(use_cache=False) < 1e-5
    assert moved(use_cache=True) > 1e-3
    model.config.use_cache = True  # as if the base had been loaded otherwise: `decode` still asks for none
    hidden = [decode(model, ids, batch["position_ids"])[0, later] for ids in (batch["input_ids"], changed)]
    torch.testing.assert_close(hidden[0], hidden[1])


def test_a_packed_row_has_the_losses_of_its_documents_alone(model, model_folder, packed):
    special = special_tokens(model_folder)
    ids = [7, 8, 9, 20, 30]
    alone = pack_documents([ids], 16, special)
    both = pack_documents([[50, 60, 70], ids], 16, special)
    own = torch.from_numpy(both.labels_RT.copy())
    own[torch.from_numpy(both.documents_RT != 1)] = -100
    batch = stack_rows([RowDataset(both, whole=True)[0]])
    assert float(sum_loss(model, batch | {"labels": own})) == pytest.approx(
        float(sum_loss(model, stack_rows([RowDataset(alone)[0]]))), rel=1e-5
    )


def test_the_loss_in_chunks_equals_the_whole_with_its_gradient(model, packed, monkeypatch):
    batch = stack_rows([RowDataset(packed)[row] for row in range(3)])
    hidden = decode(model, batch["input_ids"], batch["position_ids"]).detach().flatten(0, 1)
    whole, parts = hidden.clone().requires_grad_(), hidden.clone().requires_grad_()
    logits = head_of(model)(whole).float()
    expected = functional.cross_entropy(logits, batch["labels"].flatten(), reduction="sum")
    monkeypatch.setattr(loss, "CHUNK", 10)
    found = sum_cross_entropy(parts, head_of(model), batch["labels"].flatten())
    expected.backward()
    found.backward()
    assert float(found.detach()) == pytest.approx(float(expected.detach()), rel=1e-6)
    torch.testing.assert_close(parts.grad, whole.grad)


def test_nothing_behind_the_last_label_is_computed(model, packed, monkeypatch):
    """153 + 5 predictions in rows of 32; sharded processes compute rows whole, each batch in one pass."""
    short, whole = RowDataset(packed), RowDataset(packed, whole=True)
    assert (short.lengths.tolist(), whole.lengths.tolist()) == ([32, 32, 32, 32, 30], [32] * 5)
    assert (short.efficiency, whole.efficiency) == (1.0, pytest.approx(158 / 160))
    sizes = []
    monkeypatch.setattr(trainer, "decode", lambda *given: sizes.append(tuple(given[1].shape)) or decode(*given))
    loss = mean_loss(model, short, 3)
    assert sizes == [(3, 32), (1, 30), (1, 32)]
    assert mean_loss(model, whole, 3) == pytest.approx(loss, rel=1e-6) and sizes[3:] == [(3, 32), (2, 32)]


def test_rows_of_one_length_say_no_length(packed):
    """Read from a GPU, it would make the processor wait for all that was asked before."""
    dataset = RowDataset(packed)
    assert "length" not in stack_rows([dataset[0], dataset[1]])
    assert stack_rows([dataset[4]])["input_ids"].shape == (1, 30)
    assert stack_rows([dataset[0], dataset[4]])["length"].tolist() == [32, 30]


def test_validation_loss_is_independent_of_the_batch_size(model, packed):
    """A mean of batch means is not (transformers #39241)."""
    dataset = RowDataset(packed)
    assert mean_loss(model, dataset, 1) == pytest.approx(mean_loss(model, dataset, 4), rel=1e-6)


def test_a_validation_loss_leaves_the_gradients_of_a_quantized_model_as_they_were(model_folder, packed):
    """bitsandbytes 0.50 repacks 4-bit weights in evaluation mode, for good and without a gradient."""
    torch.manual_seed(0)
    model = add_adapter(load_base(model_folder, "nf4", "float32"), RUN, model_folder).train()
    dataset = RowDataset(packed)

    def gradients():
        model.zero_grad()
        with torch.no_grad():  # B starts at zero, and with it every gradient of A
            for name, parameter in model.named_parameters():
                if "lora_B" in name:
                    parameter.fill_(0.01)
        sum_loss(model, stack_rows([dataset[0]])).backward()
        return {name: parameter.grad.clone() for name, parameter in model.named_parameters() if parameter.requires_grad}

    before = gradients()
    mean_loss(model, dataset, 2)
    after = gradients()
    assert all(before[name].abs().max() > 0 for name in before)
    for name, values in before.items():
        torch.testing.assert_close(after[name], values)
