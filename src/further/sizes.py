"""How many papers a fraction selects: one rule for the split, for a run's choice, and for which runs are the same."""

import math


def count_selected(fraction: float, num_papers: int) -> int:
    """Papers that a fraction of them selects, at least one.

    >>> count_selected(0.0625, 17), count_selected(0.0625, 7), count_selected(0.125, 7)
    (1, 1, 1)
    """
    return max(1, round(fraction * num_papers))


def count_training(num_papers: int, test_fraction: float, validation_fraction: float) -> int:
    """Papers left to train on, once test and validation papers are taken out; 0 or less where they take all."""
    return num_papers - count_selected(test_fraction, num_papers) - count_selected(validation_fraction, num_papers)


def find_fraction(wanted: int, num_papers: int) -> float:
    """The fraction, in hundredths, that selects so many papers, and mostly still does where one is unreadable.

    >>> find_fraction(6, 25), find_fraction(6, 18)
    (0.24, 0.34)
    """
    return math.ceil(100 * wanted / num_papers) / 100
