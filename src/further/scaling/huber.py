"""Huber's loss by reweighting: a point far from the curve counts by its distance, not by the square of it."""

from dataclasses import replace

import numpy as np

from further.scaling.curve import Curve, Floats
from further.scaling.projection import fit_exponent

# Reweighting may go to and fro: of 60 drawn curves at two deltas, one in ten is not at rest after 100 rounds. Against
# 2,000 rounds the exponent then differs by 2 % in one curve and by less than 1e-7 in nine of ten.
NUM_ROUNDS = 100
CONVERGED = 1e-9


def huber_factor(residuals: Floats, delta: float) -> Floats:
    """Return the factor by which Huber's loss lowers each point's weight: 1 within delta, delta/|r| beyond."""
    return delta / np.maximum(np.abs(residuals), delta)


def huber_weights(curve: Curve, delta: float) -> Curve:
    """Return the curve with the weights that make its least-squares fit the fit by Huber's loss.

    Args:
        curve: The points; with standard errors, `delta` counts them, else it is in nats.
        delta: Where the loss turns from square to straight.

    Source: Huber 1964; iteratively reweighted least squares.
    """
    # Reweighting, not a general optimizer: each round is the exact search over b that least squares has.
    factor = np.ones_like(curve.y)
    unit = np.sqrt(curve.weights)
    for _ in range(NUM_ROUNDS):
        a, b, c, _ = fit_exponent(curve.t / curve.scale, curve.y, curve.weights * factor)
        residuals = curve.y - a * (curve.t / curve.scale) ** -b - c
        updated = huber_factor(residuals * unit, delta)
        done = np.max(np.abs(updated - factor)) < CONVERGED
        factor = updated
        if done:
            break
    return replace(curve, weights=curve.weights * factor)
