import pytest
import torch
from torch import nn

from further.demo.muon import Muon, orthogonalize


@pytest.mark.parametrize("shape", [(3, 8, 8), (3, 8, 24), (3, 24, 8)])
def test_singular_values_come_near_one_and_singular_vectors_stay(shape):
    generator = torch.Generator().manual_seed(0)
    u, _, vt = torch.linalg.svd(torch.randn(shape, generator=generator), full_matrices=False)
    values = torch.linspace(0.2, 1.0, 8).expand(3, 8)
    result = orthogonalize(u @ torch.diag_embed(values) @ vt)
    core = u.mT @ result @ vt.mT  # diagonal where the vectors stayed
    diagonal = core.diagonal(dim1=-2, dim2=-1)
    torch.testing.assert_close(core, torch.diag_embed(diagonal), atol=1e-4, rtol=0)
    assert 0.6 < diagonal.min() < diagonal.max() < 1.3


def test_one_step_is_that_of_torch_in_its_precision():
    generator = torch.Generator().manual_seed(1)
    start, gradient = torch.randn(2, 16, 8, generator=generator)
    ours, theirs = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    optimizers = [
        Muon([ours], lr=0.02, momentum=0.95, dtype=torch.float32),
        torch.optim.Muon([theirs], lr=0.02, momentum=0.95, weight_decay=0.0),
    ]
    for _ in range(3):
        for parameter, optimizer in zip((ours, theirs), optimizers, strict=True):
            parameter.grad = gradient.clone()
            optimizer.step()
    # Theirs works in bfloat16, to 3 digits; a step has entries up to 0.02.
    torch.testing.assert_close(ours.detach(), theirs.detach(), atol=2e-3, rtol=0)
    assert (ours.detach() - start).abs().max() > 1e-2


def test_a_parameter_without_gradient_is_an_error():
    with pytest.raises(ValueError, match="call backward"):
        Muon([nn.Parameter(torch.zeros(2, 2))], lr=0.1, momentum=0.9, dtype=torch.float32).step()
