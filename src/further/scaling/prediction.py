"""What would a new, larger run measure? An interval that counts its noise and, above all, that the form may be wrong.

Thirteen simple forms are fitted to the last sizes and to all of them. Each is weighted by how it predicted sizes from
smaller ones (rolling origins), the latest counting most. The center is their weighted mean. At f times the largest size
an end of the interval lies from it by

    max(log2 f, 0.5)**g * sqrt((s * spread)**2 + (n * noise)**2 + (d * fall)**2 + (l * center)**2)

where `spread` is the weighted standard deviation of the forms, `noise` that of one run, and `fall` the predicted fall
from the largest size. Factors and g of each end were fitted for 95 % coverage on curves of several kinds and checked on
kinds left out: see bench/scaling/README.md.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from further.scaling.curve import Curve, Floats
from further.scaling.fit import Band
from further.scaling.noise import run_noise
from further.scaling.projection import solve_linear

BELOW = ((2.3, 2.5, 0.12, 0.03), 0.5)  # s, n, d, l and g of the lower end: a loss may fall faster than any form expects
ABOVE = ((1.8, 4.0, 0.32, 0.005), 0.25)  # and of the upper one: it may fall by less, but rarely rises
WINDOWS = {"power": (4, 5, 6, 8, None), "exponential": (4, 6), "hyperbolic": (4, 6)}  # last sizes; None: all
STRAIGHT = {"log_log": (3, 4, None), "log": (3,)}
POWER_EXPONENTS = np.geomspace(0.01, 4.0, 90)
RATES = np.geomspace(0.05, 30.0, 40)  # per largest size
ERROR_GROWTH = 1.5  # an error is taken to grow as this power of the logarithm of the factor ahead
RECENT = 2.0  # origins after which a back-test counts 1/e of the latest
SHARPNESS = 4.0  # weight of a form: its error to this power
FEWEST_SEEN = 4
MOST_ORIGINS = 8
FACTORS = (2.0, 4.0, 8.0)  # of the largest size
SPAN_PER_FACTOR = 4.0  # a prediction f times ahead needs sizes that span 4 f
USEFUL_WIDTH = 0.25  # of the predicted loss
SPAN_SLACK = 0.15  # relative: an eighth of papers of unequal lengths held 1/7.4 of their tokens
RISE = 4.0  # times the noise, over the last two sizes or more: of laws with a floor, at most 4 % rise so (ten sizes)
WIDE = 0.3  # distance over center from which the lower end is a ratio, so that it stays above 0


class Predictor:
    """What larger runs would measure, and how far ahead that may be said.

    Attributes:
        limit: Largest factor ahead that the span of the sizes supports, at most 8; below 2 nothing is predicted.
        rise: That the loss rises again with the last sizes, in one sentence, "" where it does not. No form that is
            weighed here rises, so nothing is predicted then.
        dares: Of the factors 2, 4 and 8, the largest whose interval is of a useful width; None where none is.
        reason: How far predictions dare to go, and why no further, in one sentence.
    """

    def __init__(self, curve: Curve, level: float = 0.95) -> None:
        """Weigh the forms by rolling origins.

        Args:
            level: Coverage; other than 95 % by the normal distribution's ratio of widths.
        """
        means = curve.size_means()
        self._log_t, self._y, self._weights = np.log(means.t), means.y, means.weights
        self._noise = max(local_noise(self._log_t, self._y), run_noise(curve))
        self._shares = self._weigh()
        self._stretch = float(stats.norm.ppf((1 + level) / 2) / stats.norm.ppf(0.975))
        self._span = curve.span
        self.rise = self._say_rise(means.t)
        self.limit = 0.0 if self.rise else min(FACTORS[-1], self._span / SPAN_PER_FACTOR)
        self.dares = max((factor for factor in FACTORS if self.is_useful(factor)), default=None)
        self.reason = self._say_reach()

    def at(self, factor: float) -> Band:
        """Predict at a multiple of the largest size."""
        return self.predict(factor * np.exp(self._log_t[-1]))

    def is_useful(self, factor: float) -> bool:
        """Say whether a prediction so far ahead is supported by the span and narrow enough to act on."""
        there = self.at(factor)
        width = float(there.high[0] - there.low[0])
        return factor <= self.limit * (1 + SPAN_SLACK) and width <= USEFUL_WIDTH * float(there.loss_nats[0])

    def _say_rise(self, t: Floats) -> str:
        lowest, last = int(np.argmin(self._y)), self._y.size - 1
        if lowest > last - 2 or self._y[-1] <= self._y[-2] or self._y[-1] - self._y[lowest] <= RISE * self._noise:
            return ""
        return (
            f"The loss rises with the last sizes, from {self._y[lowest]:.4g} at {t[lowest]:,.4g} to {self._y[-1]:.4g} "
            f"at {t[-1]:,.4g}."
        )

    def _say_reach(self) -> str:
        if self.rise:
            return f"No larger size is predicted. {self.rise}"
        if self.dares == FACTORS[-1]:
            return f"Predictions go to {self.dares:g} times the largest size and no further."
        beyond = next(factor for factor in FACTORS if factor > (self.dares or 0.0))
        said = "No larger size is predicted" if self.dares is None else f"Predictions go to {self.dares:g} times"
        if beyond > self.limit * (1 + SPAN_SLACK):
            needed = SPAN_PER_FACTOR * beyond
            return f"{said}: for {beyond:g} times the sizes must span {needed:g}x, and they span {self._span:.3g}x."
        there = self.at(beyond)
        return (
            f"{said}: at {beyond:g} times the interval, {there.low[0]:.4g} to {there.high[0]:.4g}, is wider than "
            f"{USEFUL_WIDTH:.0%} of the loss."
        )

    def predict(self, num_tokens: ArrayLike) -> Band:
        """Predict the loss of one new run at sizes from the largest measured on, (T,)."""
        t = np.atleast_1d(np.asarray(num_tokens, dtype=np.float64))
        ahead = np.maximum(np.log(t) - self._log_t[-1], 0.0)
        forms = np.array(list(_predict_forms(self._log_t, self._y, self._weights, np.log(t))))
        center = self._shares @ forms
        spread = np.sqrt(self._shares @ (forms - center) ** 2)
        parts = np.array([spread, np.full_like(center, self._noise), self._y[-1] - center, center])
        doublings = np.maximum(ahead / np.log(2.0), 0.5)
        below, above = (
            self._stretch * doublings**growth * np.linalg.norm(np.array(factors)[:, None] * parts, axis=0)
            for factors, growth in (BELOW, ABOVE)
        )
        low = np.where(below > WIDE * center, center * np.exp(-below / center), center - below)
        return Band(t, center, low, center + above)

    def _weigh(self) -> Floats:
        """Weight of each form, (forms,)."""
        num_sizes, num_forms = self._y.size, sum(map(len, (*WINDOWS.values(), *STRAIGHT.values())))
        squares, total = np.zeros(num_forms), 0.0
        for seen in range(max(FEWEST_SEEN, num_sizes - MOST_ORIGINS), num_sizes):
            part, rest = slice(0, seen), slice(seen, None)
            forms = np.array(
                list(_predict_forms(self._log_t[part], self._y[part], self._weights[part], self._log_t[rest]))
            )
            ahead = self._log_t[rest] - self._log_t[seen - 1]
            weight = np.exp(-(num_sizes - 1 - seen) / RECENT)
            squares += weight * (((forms - self._y[rest]) / ahead**ERROR_GROWTH) ** 2).sum(axis=1)
            total += weight * ahead.size
        if total == 0.0:
            return np.full(num_forms, 1.0 / num_forms)
        # Forms that differ by less than the noise are to weigh alike, and none infinitely much.
        errors = squares / total + (0.3 * self._noise) ** 2 + (1e-6 * self._y[-1]) ** 2
        shares = (errors / errors.min()) ** (-SHARPNESS / 2.0)
        return np.asarray(shares / shares.sum(), dtype=np.float64)


def local_noise(log_t: Floats, y: Floats) -> float:
    """Standard deviation of a size's loss about a curve that is a parabola over any four sizes, the last ones counting.

    Args:
        log_t: Logarithms of sizes, increasing, (sizes,), four or more.
        y: Mean losses, (sizes,).
    """
    squares = []
    for first in range(max(0, y.size - 8), y.size - 3):
        x = log_t[first : first + 4]
        # The third divided difference, which is zero for a parabola.
        gaps = x[:, None] - x[None, :] + np.eye(4)
        divided = 1.0 / gaps.prod(axis=1)
        squares.append(float(divided @ y[first : first + 4]) ** 2 / float(divided @ divided))
    return float(np.sqrt(np.mean(squares)))


def _predict_forms(log_t: Floats, y: Floats, weights: Floats, log_ahead: Floats) -> Iterator[Floats]:
    """Predictions of every form at `log_ahead`, each (T,), always in the same order."""
    middle, last = log_t.mean(), log_t[-1]
    shapes: dict[str, Callable[[Floats], Floats]] = {
        "power": lambda x: np.exp(-POWER_EXPONENTS[:, None] * (x - middle)),
        "exponential": lambda x: np.exp(-RATES[:, None] * np.exp(x - last)),
        "hyperbolic": lambda x: 1.0 / (1.0 + RATES[:, None] * np.exp(x - last)),
    }
    for name, shape in shapes.items():
        seen, ahead = shape(log_t), shape(log_ahead)
        for window in WINDOWS[name]:
            used = weights * (np.arange(y.size) >= y.size - (window or y.size))
            a, c, sums = solve_linear(seen, y, used)
            best = int(np.argmin(sums))
            yield a[best] * ahead[best] + c[best]
    for name, windows in STRAIGHT.items():
        values = np.log(y) if name == "log_log" else y
        for window in windows:
            line = _falling_line(log_t, values, weights, window or y.size, log_ahead)
            yield np.exp(line) if name == "log_log" else np.maximum(line, 0.0)


def _falling_line(log_t: Floats, values: Floats, weights: Floats, window: int, log_ahead: Floats) -> Floats:
    x, z, w = log_t[-window:], values[-window:], weights[-window:]
    x_mean, z_mean = np.average(x, weights=w), np.average(z, weights=w)
    slope = float(w @ ((x - x_mean) * (z - z_mean)) / (w @ (x - x_mean) ** 2))
    return np.asarray(z_mean + min(slope, 0.0) * (log_ahead - x_mean), dtype=np.float64)
