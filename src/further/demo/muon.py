"""The Muon optimizer: momentum whose steps are orthogonalized, one matrix at a time.

`torch.optim.Muon` always computes in bfloat16. On a processor without instructions for it that is 100 times slower than
float32 (measured with AVX2). This one takes the type as an argument and works on all matrices of one shape at once.
"""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)


def orthogonalize(matrices_KMN: Tensor, num_iterations: int = 5) -> Tensor:
    """Bring every singular value of a batch of matrices near 1, within about 0.7 to 1.2, by Newton-Schulz iterations.

    Args:
        matrices_KMN: K matrices of M rows and N columns.
        num_iterations: Quintic iterations.

    Returns:
        Same shape and type; about U V^T where the matrix is U S V^T.

    Source:
        Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks", with their coefficients.
    """
    a, b, c = NEWTON_SCHULZ
    tall = matrices_KMN.size(-2) > matrices_KMN.size(-1)
    x = matrices_KMN.mT if tall else matrices_KMN  # the smaller Gram matrix of the two
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(num_iterations):
        gram = x @ x.mT
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    result: Tensor = x.mT if tall else x
    return result


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalized per matrix, scaled by sqrt(max(1, rows / columns)); no weight decay."""

    def __init__(self, matrices: Iterable[nn.Parameter], lr: float, momentum: float, dtype: torch.dtype) -> None:
        """Make the optimizer.

        Args:
            matrices: Two-dimensional parameters.
            lr: Step in units of a matrix's spectral norm.
            momentum: Decay of the running gradient, 0 <= momentum < 1.
            dtype: Type in which to orthogonalize; bfloat16 is precise enough where the processor has it.
        """
        super().__init__(matrices, {"lr": lr, "momentum": momentum})
        self.dtype = dtype

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take one step along the orthogonalized momentum."""
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[nn.Parameter]] = defaultdict(list)
            for parameter in group["params"]:
                by_shape[parameter.shape].append(parameter)
            for shape, parameters in by_shape.items():
                updates = [self._momentum(parameter, group["momentum"]) for parameter in parameters]
                steps = orthogonalize(torch.stack(updates).to(self.dtype)).float()
                scale = max(1.0, shape[0] / shape[1]) ** 0.5
                for parameter, step in zip(parameters, steps, strict=True):
                    parameter.add_(step, alpha=-group["lr"] * scale)

    def _momentum(self, parameter: nn.Parameter, momentum: float) -> Tensor:
        """Update a parameter's running gradient and look one step ahead of it (Nesterov)."""
        if parameter.grad is None:
            raise ValueError("a parameter has no gradient; call backward() first")
        state = self.state[parameter]
        running = state.setdefault("momentum", torch.zeros_like(parameter))
        running.lerp_(parameter.grad, 1 - momentum)
        ahead: Tensor = parameter.grad.lerp(running, momentum)
        return ahead
