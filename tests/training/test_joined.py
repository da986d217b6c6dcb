"""Parameters that are updated together have the bits of those updated one by one, through checkpoints, too."""

from functools import partial

import pytest
import torch
from bitsandbytes import optim
from safetensors.torch import load_file

from further.models import Precision, load
from further.training.adapters import train_adapter
from further.training.examples import make_batch
from further.training.graphs import Graphs
from further.training.joined import can_join, lay_end_to_end
from further.training.loop import add_gradients
from further.training.optimizer import make_optimizer, put_state, take_state, update
from further.training.rows import TextRows
from training.settings import RUN

SHAPES = [(16, 256), (512, 16), (4096, 2), (16, 272), (17, 256)]


class Layers(torch.nn.Module):
    def __init__(self, device):
        super().__init__()
        torch.manual_seed(0)
        self.weights = torch.nn.ParameterList([torch.nn.Parameter(torch.randn(shape)) for shape in SHAPES])
        self.to(device)


def begin(device, kind, together):
    network = Layers(device)
    return network, make_optimizer(network, RUN | {"optimizer": kind, "weight_decay": 0.1}, together=together)


def train(steps, *, together, device, kind, missing=(), resumed_at=None):
    """Weights and states after some steps; at some a parameter has no gradient, at one all is begun anew."""
    network, optimizer = begin(device, kind, together)
    places = lay_end_to_end(list(network.parameters()))
    for step in range(steps):
        if step == resumed_at:
            kept, states = [weight.detach().clone() for weight in network.parameters()], take_state(optimizer)
            network, optimizer = begin(device, kind, together)
            for weight, values in zip(network.parameters(), kept, strict=True):
                weight.data.copy_(values)
            put_state(optimizer, *states)
        for number, (weight, place) in enumerate(zip(network.parameters(), places, strict=True)):
            place.copy_(torch.randn(place.shape, generator=torch.Generator().manual_seed(100 * step + number)))
            weight.grad = None if (step, number) in missing else place
        update(optimizer, 1e-2 / (step + 1))
    return [weight.detach().cpu() for weight in network.parameters()], *take_state(optimizer)


@pytest.fixture
def updates(monkeypatch):
    """The sizes of what was updated, in order."""
    sizes, plain = [], optim.AdamW.update_step

    def note(self, group, parameter, *place):
        sizes.append(parameter.numel())
        plain(self, group, parameter, *place)

    monkeypatch.setattr(optim.AdamW, "update_step", note)
    return sizes


# all are 4096 + 8192 + 8192 + 4352 + 4352; where one had no gradient, its steps are no longer those of the others
WAYS = {
    "plain": ({}, [29_184] * 6),
    "resumed": ({"resumed_at": 2}, [29_184] * 6),
    "missing": ({"missing": [(1, 0)]}, [29_184, *[8192, 8192, 4352, 4352], *[4096, 8192, 8192, 4352, 4352] * 4]),
}


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
@pytest.mark.parametrize("kind", ["adamw_8bit", "paged_adamw_8bit"])
@pytest.mark.parametrize("way", WAYS)
def test_bits_are_those_of_one_by_one(updates, way, kind, device):
    how, expected = WAYS[way]
    weights, tensors, numbers = train(6, together=False, kind=kind, device=device, **how)
    assert set(updates) == {4096, 8192, 4352}
    updates.clear()
    together = train(6, together=True, kind=kind, device=device, **how)
    assert updates == expected
    assert all(torch.equal(one, other) for one, other in zip(weights, together[0], strict=True))
    assert list(tensors) == list(together[1]) and numbers == together[2]
    assert all(torch.equal(values, together[1][name]) for name, values in tensors.items())


def test_a_graphs_gradients_lie_end_to_end(updates, model_folder, rows):
    """Rank 64 of the tiny model: every adapter is whole blocks."""
    found = []
    for together in (False, True):
        torch.manual_seed(0)
        model, run = load(model_folder, Precision("none", "float32")), RUN | {"rank": 64, "optimizer": "adamw_8bit"}
        train_adapter(model, run, model_folder)
        trained = {name: weight for name, weight in model.network.named_parameters() if weight.requires_grad}
        optimizer = make_optimizer(model.network, run, together=together)
        graphs = Graphs(partial(TextRows.sum_loss, model), list(trained.values()))
        batches = [make_batch(TextRows(rows), [number]) for number in range(2)]  # a third would be recorded
        updates.clear()
        for batch in batches:
            add_gradients(model, TextRows, [batch], 32.0, graphs)
            update(optimizer, 1e-3)
            optimizer.zero_grad(set_to_none=False)
        found.append({name: weight.detach().clone() for name, weight in trained.items()})
    assert updates == [sum(weight.numel() for weight in found[0].values())] * 2
    assert all(torch.equal(values, found[1][name]) for name, values in found[0].items())


def test_gradients_apart_are_added_one_by_one(updates):
    network, optimizer = begin("cpu", "adamw_8bit", together=True)
    for weight in network.parameters():
        weight.grad = torch.ones_like(weight)
    update(optimizer, 1e-2)
    assert updates == [4096, 8192, 8192, 4352, 4352]


@pytest.mark.parametrize(
    ("shapes", "dtype"),
    [([(16, 256)], torch.float32), ([(16, 256), (16, 255)], torch.float32), ([(16, 256), (15, 256)], torch.float32),
     ([(16, 256)] * 2, torch.bfloat16)],
    ids=["one alone", "no whole blocks", "32-bit states", "another type"],
)  # fmt: skip
def test_what_cannot_be_joined(shapes, dtype):
    parameters = [torch.nn.Parameter(torch.zeros(shape, dtype=dtype)) for shape in shapes]
    assert not can_join(parameters)
    assert can_join([torch.nn.Parameter(torch.zeros(16, 256))] * 2)


def test_a_run_with_joined_parameters_is_saved_and_loaded(tmp_path, model_folder):
    """Parts of one tensor are written as tensors of their own."""
    model = load(model_folder, Precision("none", "float32"))
    save = train_adapter(model, RUN | {"rank": 64, "optimizer": "adamw_8bit"}, model_folder)
    make_optimizer(model.network, RUN | {"optimizer": "adamw_8bit"}, together=True)
    trained = [weight for weight in model.network.parameters() if weight.requires_grad]
    assert len({weight.untyped_storage().data_ptr() for weight in trained}) == 1
    save(tmp_path)
    saved = load_file(tmp_path / "adapter_model.safetensors")
    assert sum(values.numel() for values in saved.values()) == sum(weight.numel() for weight in trained)
    assert (tmp_path / "adapter_model.safetensors").stat().st_size < 4.2 * sum(w.numel() for w in trained)
    for name, weight in model.network.named_parameters():
        if weight.requires_grad:
            assert torch.equal(saved[name.replace(".default", "")], weight)
