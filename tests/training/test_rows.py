"""What training tools get quietly wrong, on a tiny real model."""

from typing import get_args

import numpy as np
import pytest
import torch
from torch.nn import functional

from further.models import Precision, load
from further.settings import Run
from further.tokens.packing import pack_documents
from further.tokens.tokenizer import special_tokens
from further.training import loss
from further.training.adapters import train_adapter
from further.training.examples import make_batch, mean_loss
from further.training.loss import sum_cross_entropy
from further.training.rows import TextRows
from training.settings import RUN

FULL = Precision("none", "float32")


@pytest.fixture(scope="module")
def model(model_folder):
    return load(model_folder, FULL)


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
    model = load(model_folder, Precision("none", "float32", attention))
    assert model.network.config._attn_implementation == attention
    batch = make_batch(TextRows(packed), [0])
    own = torch.from_numpy(packed.documents_RT[0] == 0)
    changed = batch["input_ids"].clone()
    changed[0, 1] = (changed[0, 1] + 7) % 300
    before, after = (model.encode(batch | {"input_ids": ids})[0] for ids in (batch["input_ids"], changed))
    torch.testing.assert_close(after[~own], before[~own])
    assert (after[own][1:] - before[own][1:]).abs().min() > 0  # the document itself does change
    assert own.any() and not own.all()


@pytest.mark.parametrize("attention", offered_attention())
def test_without_the_guard_documents_would_see_each_other(model_folder, packed, attention):
    """The model's own default uses a cache; `encode` and `load` each switch it off."""
    model = load(model_folder, Precision("none", "float32", attention))
    network = model.network
    assert network.config.use_cache is False
    batch = make_batch(TextRows(packed), [0])
    changed = batch["input_ids"].clone()
    changed[0, 1] = (changed[0, 1] + 7) % 300
    later = torch.from_numpy(packed.documents_RT[0] == 1)

    def moved(use_cache):
        with torch.no_grad():
            hidden = [
                network.model(input_ids=ids, position_ids=batch["position_ids"], use_cache=use_cache)[0][0, later]
                for ids in (batch["input_ids"], changed)
            ]
        return float((hidden[0] - hidden[1]).abs().max())

    assert moved(use_cache=False) < 1e-5
    assert moved(use_cache=True) > 1e-3
    network.config.use_cache = True  # as if the base had been loaded otherwise: `encode` still asks for none
    hidden = [model.encode(batch | {"input_ids": ids})[0, later] for ids in (batch["input_ids"], changed)]
    torch.testing.assert_close(hidden[0], hidden[1])


def test_a_packed_row_has_the_losses_of_its_documents_alone(model, model_folder):
    special = special_tokens(model_folder)
    ids = [7, 8, 9, 20, 30]
    alone = TextRows(pack_documents([ids], 16, special))
    both = pack_documents([[50, 60, 70], ids], 16, special)
    own = torch.from_numpy(both.labels_RT.copy())
    own[torch.from_numpy(both.documents_RT != 1)] = -100
    batch = make_batch(TextRows(both, whole=True), [0]) | {"labels": own}
    expected = float(alone.sum_loss(model, make_batch(alone, [0])))
    assert float(TextRows.sum_loss(model, batch)) == pytest.approx(expected, rel=1e-5)


def test_the_loss_in_chunks_equals_the_whole_with_its_gradient(model, packed, monkeypatch):
    batch = make_batch(TextRows(packed), [0, 1, 2])
    hidden = model.encode(batch).detach().flatten(0, 1)
    whole, parts = hidden.clone().requires_grad_(), hidden.clone().requires_grad_()
    expected = functional.cross_entropy(model.head(whole).float(), batch["labels"].flatten(), reduction="sum")
    monkeypatch.setattr(loss, "CHUNK", 10)
    found = sum_cross_entropy(parts, model.head, batch["labels"].flatten())
    expected.backward()
    found.backward()
    assert float(found.detach()) == pytest.approx(float(expected.detach()), rel=1e-6)
    torch.testing.assert_close(parts.grad, whole.grad)


def test_nothing_behind_the_last_label_is_computed(model, packed):
    """153 + 5 predictions in rows of 32; sharded processes compute rows whole, each batch in one pass."""
    short, whole = TextRows(packed), TextRows(packed, whole=True)
    assert (short.lengths.tolist(), whole.lengths.tolist()) == ([32, 32, 32, 32, 30], [32] * 5)
    assert (short.efficiency, whole.efficiency) == (1.0, pytest.approx(158 / 160))
    sizes = []
    hook = model.network.model.register_forward_pre_hook(
        lambda module, _, inputs: sizes.append(tuple(inputs["input_ids"].shape)), with_kwargs=True
    )
    found = mean_loss(model, short, 3)
    assert sizes == [(3, 32), (1, 30), (1, 32)]
    assert mean_loss(model, whole, 3) == pytest.approx(found, rel=1e-6) and sizes[3:] == [(3, 32), (2, 32)]
    hook.remove()


def test_rows_of_one_length_say_no_length(packed):
    """Read from a GPU, it would make the processor wait for all that was asked before."""
    rows = TextRows(packed)
    assert "length" not in make_batch(rows, [0, 1])
    assert make_batch(rows, [4])["input_ids"].shape == (1, 30)
    assert make_batch(rows, [0, 4])["length"].tolist() == [32, 30]


def test_rows_know_their_documents(packed):
    """6, 41, 2, 18 and 91 predictions: they end at 6, 47, 49, 67 and 158, the rows at multiples of 32."""
    rows = TextRows(packed, ["a", "b", "c", "d"])
    assert [rows.name([row]) for row in range(5)] == [
        ["a", "b"], ["b", "c", "d"], ["d", "document 4"], ["document 4"], ["document 4"],
    ]  # fmt: skip


def test_validation_loss_is_independent_of_the_batch_size(model, packed):
    """A mean of batch means is not (transformers #39241)."""
    rows = TextRows(packed)
    assert mean_loss(model, rows, 1) == pytest.approx(mean_loss(model, rows, 4), rel=1e-6)


def test_a_validation_loss_leaves_the_gradients_of_a_quantized_model_as_they_were(model_folder, packed):
    """bitsandbytes 0.50 repacks 4-bit weights in evaluation mode, for good and without a gradient."""
    torch.manual_seed(0)
    model, rows = load(model_folder, Precision("nf4", "float32")), TextRows(packed)
    train_adapter(model, RUN, model_folder)
    network = model.network.train()

    def gradients():
        network.zero_grad()
        with torch.no_grad():  # B starts at zero, and with it every gradient of A
            for name, parameter in network.named_parameters():
                if "lora_B" in name:
                    parameter.fill_(0.01)
        rows.sum_loss(model, make_batch(rows, [0])).backward()
        return {name: values.grad.clone() for name, values in network.named_parameters() if values.requires_grad}

    before = gradients()
    mean_loss(model, rows, 2)
    after = gradients()
    assert all(before[name].abs().max() > 0 for name in before)
    for name, values in before.items():
        torch.testing.assert_close(after[name], values)
