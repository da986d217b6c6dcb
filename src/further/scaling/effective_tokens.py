"""What repeated epochs over the same tokens are worth in new ones."""

import numpy as np

# R*_D, from pre-training from scratch: after so many repetitions, repeated tokens are worth 1 - 1/e of new ones.
REPETITION_CONSTANT = 15.387756


def effective_tokens_factor(epochs: float) -> float:
    """What a unique token is worth after so many epochs over it, in tokens seen once.

    Returns:
        `1 + R* * (1 - exp(-R / R*))` with R = epochs - 1 repetitions.

    Raises:
        ValueError: If there is less than one epoch.

    Source:
        Muennighoff et al. 2023, section 3.1 and appendix A.
    """
    if not epochs >= 1.0:
        raise ValueError(f"epochs is {epochs}: give 1 or more")
    return float(1.0 + REPETITION_CONSTANT * (1.0 - np.exp(-(epochs - 1.0) / REPETITION_CONSTANT)))
