"""Other forms of the law, each `a * x(t) + c` with its own shape x, compared by AICc and by what they predict.

With s = t / (geometric mean of t):

    power                 s**-b                                 Hoffmann et al. 2022, eq. 2, at one model size
    power_without_floor   s**-b, c = 0                          Hestness et al. 2017
    rectified             1 / (d + s**b)                        Lin et al. 2024, eq. 4: a phase before the power law
    shifted               (s + d)**-b                           Mohr and van Rijn 2022, "pow4"
    broken                s**-b * (1 + (s / d)**2)**(-e / 2)    Caballero et al. 2023, one break, its sharpness fixed
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from further.scaling.curve import EXACT, Curve, Floats
from further.scaling.projection import B_GRID, solve_linear

# On 60 drawn curves more starts change no preferred form and no doubt. Ten find a lower sum of squares of the broken
# form on 12 of them, and of no other form.
NUM_STARTS = 3
FAR_OUT = 12.0  # below the starts, in logarithms: there d has no effect left
B_STARTS = np.log(np.geomspace(0.03, 3.0, 14))
D_STARTS = np.log(np.geomspace(1e-3, 1e3, 15))
E_STARTS = np.array([-0.5, 0.3, 0.6, 1.2, 2.4])
Shape = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class Family:
    """A form of the law.

    Attributes:
        name, formula: For people.
        parameters: Names of what shapes x.
        shape: From parameters (..., k), the logarithm of all but `e`, and log s (points,) to x (..., points).
        starts: Parameters tried first, (starts, k).
        has_floor: False where c = 0.
    """

    name: str
    formula: str
    parameters: tuple[str, ...]
    shape: Shape
    starts: Floats
    has_floor: bool = True

    @property
    def num_parameters(self) -> int:
        """Parameters of the curve, the noise not counted."""
        return len(self.parameters) + 1 + self.has_floor


@dataclass(frozen=True)
class FamilyFit:
    """A fitted form.

    Attributes:
        theta: Shape parameters as `Family.shape` takes them.
        a, c: For sizes divided by `scale` tokens, in nats per token.
        sse: Weighted sum of squares, of losses or of their logarithms.
        log_rmsd: Root mean square of the residuals of the log losses.
        aicc: None where points are too few for it. Exact fits differ in it by their parameters alone.
    """

    family: Family
    theta: Floats
    a: float
    c: float
    scale: float
    sse: float
    log_rmsd: float
    aicc: float | None

    def loss_at(self, num_tokens: Floats) -> Floats:
        """Return the loss in nats per token, shape of `num_tokens`."""
        return self.a * self.family.shape(self.theta, np.log(np.asarray(num_tokens) / self.scale)) + self.c

    def parameters(self) -> dict[str, float]:
        """Return the parameters by name, for sizes divided by `scale`."""
        values = zip(self.family.parameters, self.theta, strict=True)
        shape = {name: float(value if name == "e" else np.exp(value)) for name, value in values}
        return {"a": self.a, "c": self.c, **shape}


def _power(theta: Floats, log_s: Floats) -> Floats:
    return np.asarray(np.exp(-np.exp(theta[..., :1]) * log_s), dtype=np.float64)


def _rectified(theta: Floats, log_s: Floats) -> Floats:
    return np.asarray(np.exp(-np.logaddexp(theta[..., 1:2], np.exp(theta[..., :1]) * log_s)), dtype=np.float64)


def _shifted(theta: Floats, log_s: Floats) -> Floats:
    return np.asarray(np.exp(-np.exp(theta[..., :1]) * np.logaddexp(log_s, theta[..., 1:2])), dtype=np.float64)


def _broken(theta: Floats, log_s: Floats) -> Floats:
    bend, b = 0.5 * np.logaddexp(0.0, 2.0 * (log_s - theta[..., 1:2])), np.exp(theta[..., :1])
    # Beyond the break the exponent is b + e: below 0 the loss would rise with the data.
    return np.asarray(np.exp(-b * log_s - np.maximum(theta[..., 2:3], -b) * bend), dtype=np.float64)


def _grid(*axes: Floats) -> Floats:
    return np.stack([one.ravel() for one in np.meshgrid(*axes, indexing="ij")], axis=-1)


POWER = Family("power", "a * t**-b + c", ("b",), _power, np.log(B_GRID)[:, None])
FAMILIES = (
    POWER,
    Family("power_without_floor", "a * t**-b", ("b",), _power, np.log(B_GRID)[:, None], has_floor=False),
    Family("rectified", "a / (d + t**b) + c", ("b", "d"), _rectified, _grid(B_STARTS, D_STARTS)),
    Family("shifted", "a * (t + d)**-b + c", ("b", "d"), _shifted, _grid(B_STARTS, D_STARTS)),
    Family(
        "broken",
        "a * t**-b * (1 + (t/d)**2)**(-e/2) + c",
        ("b", "d", "e"),
        _broken,
        _grid(B_STARTS[::2], D_STARTS[4:-4], E_STARTS),
    ),
)


def fit_family(curve: Curve, family: Family, *, in_logs: bool = False) -> FamilyFit:
    """Fit one form by variable projection over its shape.

    Args:
        in_logs: Least squares of log losses, as Lin et al. 2024 report; else of losses.
    """
    log_s = np.log(curve.t / curve.scale)
    weights = curve.weights / curve.y**2 if in_logs else curve.weights
    theta = _best_shape(family, log_s, curve.y, weights)
    a, c, sse = (float(one) for one in _linear(family, theta, log_s, curve.y, weights))
    if in_logs:
        # The projection is exact for losses, not for their logarithms: it gives the start alone.
        theta, a, c, sse = _polish_in_logs(curve, family, np.append(theta, [np.log(max(a, 1e-12)), c]))
    fitted = a * family.shape(theta, log_s) + c
    log_rmsd = float(np.sqrt(np.mean(np.log(curve.y / fitted) ** 2)))
    # A floor under exact fits: the logarithm of rounding errors would rank forms by luck.
    rounding = EXACT**2 * float(weights @ curve.y**2)
    score = aicc(max(sse, rounding), curve.y.size, family.num_parameters)
    return FamilyFit(family, theta, a, c, curve.scale, sse, log_rmsd, score)


def aicc(sse: float, num_points: int, num_parameters: int) -> float | None:
    """Return `n log(sse/n) + 2k + 2k(k+1)/(n-k-1)`, None where n - k - 1 < 1 or the fit is exact.

    k is one more than the parameters of the curve, as the noise counts.

    Source: Hurvich and Tsai 1989, the correction for few points.
    """
    k = num_parameters + 1
    if num_points - k - 1 < 1 or sse <= 0.0:
        return None
    return float(num_points * np.log(sse / num_points) + 2 * k + 2 * k * (k + 1) / (num_points - k - 1))


def _linear(family: Family, theta: Floats, log_s: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    x = family.shape(theta, log_s)
    if family.has_floor:
        return solve_linear(x, y, weights)
    a = np.maximum((weights * x * y).sum(-1) / (weights * x * x).sum(-1), 0.0)
    return a, np.zeros_like(a), (weights * (y - a[..., None] * x) ** 2).sum(-1)


def _best_shape(family: Family, log_s: Floats, y: Floats, weights: Floats) -> Floats:
    bounds = optimize.Bounds(family.starts.min(0) - FAR_OUT, family.starts.max(0) + 2.0)

    def objective(theta: Floats) -> float:
        return float(_linear(family, theta, log_s, y, weights)[2])

    sums = _linear(family, family.starts, log_s, y, weights)[2]
    tries = [
        optimize.minimize(
            objective,
            family.starts[start],
            method="Nelder-Mead",
            bounds=bounds,
            options={"xatol": 1e-7, "fatol": 1e-13 * sums.min()},
        )
        for start in np.argsort(sums)[: NUM_STARTS if len(family.parameters) > 1 else 1]
    ]
    return np.asarray(min(tries, key=lambda one: float(one.fun)).x, dtype=np.float64)


def _polish_in_logs(curve: Curve, family: Family, start: Floats) -> tuple[Floats, float, float, float]:
    log_s, log_y, root = np.log(curve.t / curve.scale), np.log(curve.y), np.sqrt(curve.weights)
    num_shape = len(family.parameters)

    def residuals(values: Floats) -> Floats:
        floor = values[-1] if family.has_floor else 0.0
        fitted = np.exp(values[-2]) * family.shape(values[:num_shape], log_s) + floor
        return np.asarray(root * (np.log(fitted) - log_y), dtype=np.float64)

    low = np.append(np.full(num_shape + 1, -np.inf), 0.0)
    high = np.append(np.full(num_shape + 1, np.inf), curve.y.min())
    inside = np.append(start[:-1], np.clip(start[-1], 1e-6 * high[-1], 0.999 * high[-1]))
    found = optimize.least_squares(residuals, inside, bounds=(low, high), xtol=1e-12, ftol=1e-12, gtol=1e-12)
    floor = float(found.x[-1]) if family.has_floor else 0.0
    return found.x[:num_shape], float(np.exp(found.x[-2])), floor, float(2 * found.cost)
