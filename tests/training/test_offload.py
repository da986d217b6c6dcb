"""Inputs that wait in the host's memory come back to the layer that they were of. A GPU's streams are left out here."""

from functools import partial

import pytest
import torch
from torch.utils.checkpoint import checkpoint
from transformers.modeling_layers import GradientCheckpointingLayer

from further.training import offload


class AtOnce(offload._Store):
    """On a processor: a copy is made when it is asked for. Nothing may wait for what an earlier pass copied."""

    number_of_pass = 0

    def _copy(self, source, target):
        target.copy_(source)
        return self.number_of_pass

    def _wait(self, event):
        assert event == self.number_of_pass


class Layer(GradientCheckpointingLayer):
    """A product and a second input, as Zamba's layers have one; its gradient needs both of its inputs again."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(4, 4))
        self.gradient_checkpointing = True
        self._gradient_checkpointing_func = partial(checkpoint, use_reentrant=False, preserve_rng_state=False)

    def forward(self, x, second=None):
        return torch.tanh(x @ self.weight) * (1 if second is None else torch.sin(second @ self.weight))


class Network(torch.nn.Module):
    def __init__(self, num_layers, num_frozen=0):
        super().__init__()
        torch.manual_seed(0)
        self.layers = torch.nn.ModuleList([Layer() for _ in range(num_layers)])
        for layer in self.layers[:num_frozen]:
            layer.requires_grad_(False)

    def forward(self, x, second=False, order=None):
        hidden = x
        for number in range(len(self.layers)) if order is None else order:
            hidden = self.layers[number](hidden, x) if second else self.layers[number](hidden)
        return hidden


@pytest.fixture
def stores(monkeypatch):
    """The stores that were made."""
    made = []
    monkeypatch.setattr(torch.cuda, "Stream", lambda: None)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: "cpu")
    monkeypatch.setattr(offload, "_Store", lambda number: made.append(AtOnce(number)) or made[-1])
    return made


def gradients(network, **how):
    network.zero_grad()
    network(torch.linspace(-1, 1, 24).reshape(2, 3, 4), **how).sum().backward()
    return [weight.grad.clone() for weight in network.parameters() if weight.requires_grad]


@pytest.mark.parametrize(
    ("how", "places"),
    [({}, 4), ({"second": True}, 4), ({"order": [0, 1, 2, 1, 3, 1, 4, 5]}, 4)],
    ids=["one input", "two inputs", "a layer called three times"],
)
def test_gradients_are_those_without(stores, how, places):
    network = Network(6)
    expected = gradients(network, **how)
    assert offload.offload_inputs(network) == 4
    for _ in range(2):
        assert all(map(torch.equal, gradients(network, **how), expected))
        stores[0].number_of_pass += 1
        assert not stores[0].kept and not stores[0].leaving and not stores[0].coming
    assert len(stores[0].places) == places


def test_layers_without_a_way_back_keep_nothing(stores):
    network = Network(8, num_frozen=3)
    expected = gradients(network)
    assert offload.offload_inputs(network) == 8 - 3 - offload.LAST
    assert all(map(torch.equal, gradients(network), expected))
    assert len(stores[0].places) == 3


def test_a_pass_that_ended_in_the_middle_leaves_nothing_to_wait_for(stores):
    """A recording that runs out of memory: its events may not be waited for outside of it."""
    network = Network(6)
    expected = gradients(network)
    offload.offload_inputs(network)
    network(torch.ones(2, 3, 4), order=[0, 1, 2])
    assert stores[0].leaving
    stores[0].number_of_pass += 1
    assert all(map(torch.equal, gradients(network), expected))
