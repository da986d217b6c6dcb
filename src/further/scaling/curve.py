"""Runs of a study and the checked curve that they make; what is no learning curve is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
SLACK = 1e-9  # relative, of a size that is computed twice
EXACT = 1e-6  # of a loss: smaller residuals are rounding, of the loss as written or of the search for its law
FEWEST_SIZES = 4  # of the law's three parameters, and one to be wrong by
LARGEST_LOSS = 20.0  # nats per token; guessing among a million words costs 13.8, and a published curve starts at 15.1
SAME_SIZE = 0.05  # relative; runs that differ by less are of one size: seeds draw different papers
MOST_APART = 10.0  # largest over smallest run of one label: three of papers of unequal lengths can be 3 apart
NARROWEST_SPAN = 1.2  # largest over smallest size, below which there is nothing to see
WIDEST_SPAN = 1e15  # beyond, powers of the grid's largest exponent overflow
# Far beyond any real one, and so that no square or power of them overflows.
RANGES = {"number of tokens": (1e-6, 1e18), "loss": (1e-9, 1e9), "standard error": (1e-9, 1e9)}


@dataclass(frozen=True)
class Point:
    """One run of the curve.

    Attributes:
        num_unique_tokens: Unique training tokens, repeated epochs not counted.
        loss_nats: Held-out loss in nats per token.
        size: Label of its size, such as the fraction of the papers; None where sizes alone tell.
        settings: What must be the same along the curve (base, rank, epochs, ...), by name.
        num_steps: Optimizer steps that it trained for, None where not known.
        end_fall_percent: Fall of its validation loss over the last quarter of its steps, in percent of the loss; None
            where not known.
    """

    run: str
    num_unique_tokens: float
    loss_nats: float
    size: str | float | None = None
    seed: int | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    num_steps: float | None = None
    end_fall_percent: float | None = None


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
    def span(self) -> float:
        """The largest size over the smallest; a size of several points is their weighted mean."""
        t = self.size_means().t
        return float(t[-1] / t[0])

    @property
    def scale(self) -> float:
        """Geometric mean of `t`, by which sizes are divided before a fit."""
        return float(np.exp(np.log(self.t).mean()))

    def kept(self, keep: Flags) -> "Curve":
        """Return the curve of the chosen points."""
        size = np.unique(self.size[keep], return_inverse=True)[1].astype(np.intp)
        return replace(self, t=self.t[keep], y=self.y[keep], weights=self.weights[keep], size=size)

    def weighed(self, errors: Floats) -> "Curve":
        """Return the curve weighted by estimated standard errors of its points, (points,)."""
        return replace(self, weights=errors**-2.0 / (errors**-2.0).mean())

    def size_means(self) -> "Curve":
        """Return one point per size: the weighted mean loss, with the sum of the weights."""
        weights = np.asarray(np.bincount(self.size, self.weights), dtype=np.float64)
        y = np.asarray(np.bincount(self.size, self.weights * self.y) / weights, dtype=np.float64)
        t = np.bincount(self.size, self.weights * self.t) / weights
        return Curve(t, y, weights, np.arange(self.num_sizes, dtype=np.intp), self.weighted)


class TooFewSizesError(ValueError):
    """The points are losses, but at too few sizes for a law: what was measured still counts."""


def check_curve(
    num_tokens: ArrayLike,
    losses: ArrayLike,
    standard_errors: ArrayLike | None = None,
    groups: Sequence[object] | None = None,
) -> Curve:
    """Check the points of a curve and sort them by size.

    Args:
        num_tokens: Unique training tokens of each point, shape (points,).
        losses: Held-out loss in nats per token, shape (points,).
        standard_errors: Standard error of each loss, same unit and shape, or None for equal weights.
        groups: Label of each point's size; None: sizes within 5 % are one size, as seeds that draw different papers
            are.

    Raises:
        ValueError: If the points are not a falling curve of losses at four sizes or more; a
            TooFewSizesError if only their sizes are too few or too alike.
    """
    t, y = _in_range(num_tokens, "number of tokens"), _in_range(losses, "loss")
    if t.shape != y.shape:
        raise ValueError(f"{t.size} sizes and {y.size} losses: give one loss for each size")
    if y.size and y.max() > LARGEST_LOSS:
        raise ValueError(
            f"a loss of {y.max():.4g} is above {LARGEST_LOSS:g} nats per token and looks like a perplexity: "
            "give its natural logarithm, or say that the unit is perplexity"
        )
    size = size_index(t, groups)
    weights = _weights(standard_errors, y.size)
    order = np.lexsort((t, size))
    curve = Curve(t[order], y[order], weights[order], size[order], standard_errors is not None)
    _check_sizes(curve)
    _check_falling(curve)
    return curve


def _in_range(values: ArrayLike, what: str) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"the values of {what} have {array.ndim} dimensions: give one list of numbers")
    low, high = RANGES[what]
    bad = np.flatnonzero(~((array >= low) & (array <= high)))  # NaN, too
    if bad.size:
        raise ValueError(
            f"point {bad[0] + 1} has a {what} of {array[bad[0]]:g}, which must be from {low:g} to {high:g}: repair it "
            "or leave it out"
        )
    return array


def size_index(t: Floats, groups: Sequence[object] | None) -> NDArray[np.intp]:
    """Return the index of each point's size, from 0 for the smallest; arguments as in `check_curve`."""
    if groups is None:
        return _join_near(t)
    if len(groups) != t.size:
        raise ValueError(f"{len(groups)} size labels for {t.size} points: give one label for each point")
    places: dict[object, list[int]] = {}
    for place, label in enumerate(groups):
        places.setdefault(label, []).append(place)
    index = np.zeros(t.size, dtype=np.intp)
    for size, label in enumerate(sorted(places, key=lambda one: float(t[places[one]].mean()))):
        own = t[places[label]]
        if own.max() > MOST_APART * own.min():
            raise ValueError(
                f"runs of the size labeled {label} have {own.min():.4g} to {own.max():.4g} tokens: a label stands for "
                "one size, so give each size its own, or leave the labels out"
            )
        index[places[label]] = size
    return index


def _join_near(t: Floats) -> NDArray[np.intp]:
    # From the first of a size, not from the last: else a chain of near sizes would be one.
    index = np.zeros(t.size, dtype=np.intp)
    first, size = np.inf, -1
    for place in np.argsort(t, kind="stable"):
        if size < 0 or t[place] > first * (1 + SAME_SIZE):
            first, size = t[place], size + 1
        index[place] = size
    return index


def _weights(standard_errors: ArrayLike | None, num_points: int) -> Floats:
    if standard_errors is None:
        return np.ones(num_points)
    errors = _in_range(standard_errors, "standard error")
    if errors.size != num_points:
        raise ValueError(f"{errors.size} standard errors for {num_points} points: give one for each point, or none")
    return np.asarray(errors**-2.0, dtype=np.float64)


def _check_sizes(curve: Curve) -> None:
    # Labels may name as two sizes what is one, which tells nothing of the law's form.
    num_sizes = min(curve.num_sizes, int(_join_near(curve.t).max()) + 1) if curve.y.size else 0
    if num_sizes < FEWEST_SIZES:
        raise TooFewSizesError(
            f"{curve.y.size} point{'' if curve.y.size == 1 else 's'} at {num_sizes} different "
            f"size{'' if num_sizes == 1 else 's'}: train at "
            f"{FEWEST_SIZES} sizes or more, because the law has three unknowns"
        )
    if (span := curve.span) > WIDEST_SPAN:
        raise ValueError(f"the sizes span {span:.3g}x, more than {WIDEST_SPAN:g}x: give all of them in one unit")
    if span < NARROWEST_SPAN:
        raise TooFewSizesError(
            f"the sizes span only {span:.3g}x: train at sizes that span more than {NARROWEST_SPAN:g}x, better 100x"
        )


def _check_falling(curve: Curve) -> None:
    means = curve.size_means()  # by the trend of all sizes: a single one may lie above its neighbors by noise
    if np.ptp(means.y) <= 1e-12 * means.y.max():
        raise ValueError(
            f"the loss is {means.y[0]:.4g} at every size, so no law can be fitted: check that the runs differ in data"
        )
    x = np.log(means.t)
    slope = np.sum(means.weights * (x - np.average(x, weights=means.weights)) * means.y)
    if slope >= 0:
        accuracy = "" if means.y.max() > 1.0 else ", or give 1 - accuracy where these are accuracies"
        raise ValueError(
            f"{_say_rise(means)}: look for overfitting, too many epochs or a learning rate that does not suit the "
            f"length, then train again{accuracy}"
        )


def _say_rise(means: Curve) -> str:
    if means.y[-1] > means.y[0]:
        return f"the loss rises from {means.y[0]:.4g} to {means.y[-1]:.4g} as data are added"
    places = sorted({0, int(np.argmin(means.y)), means.y.size - 1})
    said = ", ".join(f"{means.y[place]:.4g} at {means.t[place]:.4g} tokens" for place in places)
    return f"the loss does not fall as data are added: it is {said}"
