"""What repeated epochs over the same tokens are worth in new ones."""

import numpy as np

# R*_D, from pre-training from scratch: after so many repetitions, repeated tokens are worth 1 - 1/e of new ones.
REPETITION_CONSTANT = 15.387756


def effective_tokens(num_unique_tokens: float, epochs: float) -> float:
    """Return the number of unique tokens, each seen once, that are worth as much as repeated ones.

    Returns:
        `U + U * R* * (1 - exp(-R / R*))` with U unique tokens and R = epochs - 1 repetitions.

    Raises:
        ValueError: If there is less than one epoch.

    Source:
        Muennighoff et al. 2023, section 3.1 and appendix A.
    """
    if not epochs >= 1.0:
        raise ValueError(f"epochs is {epochs}: give 1 or more")
    repeated = REPETITION_CONSTANT * (1.0 - np.exp(-(epochs - 1.0) / REPETITION_CONSTANT))
    return float(num_unique_tokens * (1.0 + repeated))
