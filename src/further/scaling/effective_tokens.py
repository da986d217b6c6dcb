"""What repeated epochs over the same tokens are worth in new ones."""

import numpy as np

REPETITION_CONSTANT = 15.387756  # R*_D: after so many repetitions, repeated tokens are worth 1 - 1/e of new ones


def effective_tokens(num_unique_tokens: float, epochs: float, constant: float = REPETITION_CONSTANT) -> float:
    """Return the number of unique tokens, each seen once, that are worth as much as repeated ones.

    Args:
        num_unique_tokens: Unique tokens U.
        epochs: 1 or more.
        constant: R*_D, from pre-training from scratch; further pre-training may differ.

    Returns:
        `U + U * R* * (1 - exp(-R / R*))` with R = epochs - 1 repetitions.

    Raises:
        ValueError: If there is less than one epoch.

    Source:
        Muennighoff et al. 2023, section 3.1 and appendix A.
    """
    if not epochs >= 1.0:
        raise ValueError(f"epochs is {epochs}: give 1 or more")
    return float(num_unique_tokens * (1.0 + constant * (1.0 - np.exp(-(epochs - 1.0) / constant))))
