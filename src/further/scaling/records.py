"""Records of the scaling stage: what goes in, what a fit is, and how an interval with an open end is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from further.scaling.shape import plain

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Verdict = Literal["reached", "reachable", "undecided", "unreachable"]
EXACT = 1e-6  # of a loss: smaller residuals are rounding, of the loss as written or of the search for its law


@dataclass(frozen=True)
class Interval:
    """A number with its interval; an end that the data leave open is None and said to be open.

    Attributes:
        estimate: The best value, or None where a single number would mislead.
        low: Lower end, or None where it is open.
        high: Upper end, or None where it is open.
        low_open: The data set no lower limit (for `c`: 0, the smallest value allowed, fits as well).
        high_open: The data set no upper limit.
        level: Nominal coverage.
    """

    estimate: float | None
    low: float | None
    high: float | None
    low_open: bool = False
    high_open: bool = False
    level: float = 0.95

    def scaled(self, factor: float) -> "Interval":
        """Return the interval times a positive factor."""
        estimate, low, high = (None if end is None else end * factor for end in (self.estimate, self.low, self.high))
        return Interval(estimate, low, high, self.low_open, self.high_open, self.level)


@dataclass(frozen=True)
class PowerLaw:
    """The law `loss = a * t**-b + c`: `a` and `c` in nats per token, `t` in unique training tokens."""

    a: float
    b: float
    c: float

    def loss_at(self, num_tokens: Floats) -> Floats:
        """Return the loss in nats per token at token counts > 0; any shape."""
        return self.a * np.asarray(num_tokens, dtype=np.float64) ** -self.b + self.c


@dataclass(frozen=True)
class Curve:
    """Checked points of one curve, sorted by size.

    Attributes:
        t: Unique training tokens of each point, shape (points,).
        y: Held-out loss in nats per token, shape (points,).
        weights: Weight of each squared residual, mean 1, shape (points,).
        size: Index of the point's size, from 0 for the smallest, shape (points,).
        weighted: True if the weights come from standard errors.
    """

    t: Floats
    y: Floats
    weights: Floats
    size: NDArray[np.intp]
    weighted: bool

    @property
    def num_sizes(self) -> int:
        """Number of different sizes."""
        return int(self.size[-1]) + 1

    @property
    def scale(self) -> float:
        """Geometric mean of `t`, by which sizes are divided before a fit."""
        return float(np.exp(np.log(self.t).mean()))

    def kept(self, keep: Flags) -> "Curve":
        """Return the curve of the chosen points."""
        size = np.unique(self.size[keep], return_inverse=True)[1].astype(np.intp)
        return Curve(self.t[keep], self.y[keep], self.weights[keep], size, self.weighted)

    def size_means(self) -> "Curve":
        """Return one point per size: the weighted mean loss, with the sum of the weights."""
        weights = np.asarray(np.bincount(self.size, self.weights), dtype=np.float64)
        y = np.asarray(np.bincount(self.size, self.weights * self.y) / weights, dtype=np.float64)
        t = np.bincount(self.size, self.weights * self.t) / weights
        return Curve(t, y, weights, np.arange(self.num_sizes, dtype=np.intp), self.weighted)


@dataclass(frozen=True)
class ResidualTests:
    """Do the residuals say that another form is needed?

    Attributes:
        runs: Number of runs of equal sign along the sizes.
        runs_p: Chance of so few runs if the signs were in random order.
        autocorrelation: Correlation of neighboring residuals.
        autocorrelation_p: Chance of one as large in random order.
        lack_of_fit_p: F test of size means about the curve against the spread of seeds, None without seeds.
        curved: Twice the smaller of the first two is below 0.05.
    """

    runs: int
    runs_p: float
    autocorrelation: float
    autocorrelation_p: float
    lack_of_fit_p: float | None
    curved: bool


@dataclass(frozen=True)
class Region:
    """The parameters that the data allow: per exponent b, the least-squares optimum and how fast the sum rises from it.

    Attributes:
        b: Exponents inside the region, shape (G,).
        x_mean, x_square: Weighted mean of `x = (t/scale)**-b`, sum of squares about it, each (G,).
        x_zero_square: Weighted sum of squares of x about zero, (G,).
        a, mean: Unconstrained optimum: slope, and fitted value at `x_mean`, each (G,).
        sse: Its sum of squares, (G,).
        a_without_c, sse_without_c: The optimum with c = 0, each (G,).
        sse_flat: Sum of squares of a constant.
        y_mean: Weighted mean loss.
        total_weight: Sum of weights.
        limit: Sum of squares at the region's edge.
        scale: Tokens by which `t` is divided.
        b_low_open, b_high_open: The region reaches the end of the grid of b.
    """

    b: Floats
    x_mean: Floats
    x_square: Floats
    x_zero_square: Floats
    a: Floats
    mean: Floats
    sse: Floats
    a_without_c: Floats
    sse_without_c: Floats
    sse_flat: float
    y_mean: float
    total_weight: float
    limit: float
    scale: float
    b_low_open: bool
    b_high_open: bool


@dataclass(frozen=True)
class LawFit:
    """A fitted power law with what the data allow and what they do not.

    Attributes:
        law: Least-squares optimum with a >= 0 and c >= 0.
        sse: Weighted sum of squares; with standard errors in units of their squares, else in nats squared.
        noise_nats: Residual standard deviation of a point of mean weight.
        b, c: Profile-likelihood intervals (case bootstrap under Huber's loss).
        c_identified: Do the data say where the curve flattens?
        c_reason: Why, or why not, in one sentence.
        residuals: Tests of the residuals.
        basis: What intervals count: "points", or "sizes" where asked for, or where means of sizes scatter too much.
        method: "profile likelihood" or "case bootstrap".
        huber_delta_nats: Huber's threshold in nats, in standard errors where those weigh; None for least squares.
        weighted: True if standard errors weigh the points.
        num_points, num_sizes: Counts.
        smallest, largest: Range of sizes in tokens.
        at_limit: The best exponent is at an end of the grid.
        curve: The points.
        region: The parameters that the data allow, by profile likelihood.
        drawn: a, b and c of resampled curves under Huber's loss, each (draws,): every interval is then theirs, not the
            region's; None for least squares.
    """

    law: PowerLaw
    sse: float
    noise_nats: float
    b: Interval
    c: Interval
    c_identified: bool
    c_reason: str
    residuals: ResidualTests
    basis: str
    method: str
    huber_delta_nats: float | None
    weighted: bool
    num_points: int
    num_sizes: int
    smallest: float
    largest: float
    at_limit: bool
    curve: Curve = field(repr=False)
    region: Region = field(repr=False)
    drawn: Mapping[str, Floats] | None = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the fit as plain numbers, strings and None."""
        return dict(
            plain({name: value for name, value in vars(self).items() if name not in ("curve", "region", "drawn")})
        )


@dataclass(frozen=True)
class Band:
    """The law on a grid of sizes with its pointwise interval, each of shape (T,).

    Attributes:
        num_tokens: Sizes.
        loss_nats: Fitted loss.
        low, high: Ends of the interval of the law; a new run scatters about it by the noise on top.
        extrapolated: True outside the range of the data.
    """

    num_tokens: Floats
    loss_nats: Floats
    low: Floats
    high: Floats
    extrapolated: Flags


@dataclass(frozen=True)
class Target:
    """A loss someone wants to reach.

    Attributes:
        value: The number as given.
        unit: "nats" (per token), "perplexity" (per token) or "bits_per_byte".
        loss_nats: The same in nats per token.
    """

    value: float
    unit: str
    loss_nats: float


@dataclass(frozen=True)
class Point:
    """One run of the curve.

    Attributes:
        run: The run's name.
        num_unique_tokens: Unique training tokens, repeated epochs not counted.
        loss_nats: Held-out loss in nats per token.
        size: Label of its size, such as the fraction of the papers; None where sizes alone tell.
        seed: Seed of the run.
        settings: What must be the same along the curve (base, rank, epochs, ...), by name.
    """

    run: str
    num_unique_tokens: float
    loss_nats: float
    size: str | float | None = None
    seed: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
