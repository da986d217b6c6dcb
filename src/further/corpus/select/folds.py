"""Folds for cross-validation: the same ranking of the papers as for the one split, another stretch of it for each."""

import pyarrow as pa

from further.corpus.select.split import count_words, deal_out
from further.shards import hash_rank
from further.sizes import count_selected


def split_fold(rows: pa.Table, *, fold: int, folds: int, validation_fraction: float, seed: int) -> pa.Table:
    """Split the papers for one fold: its stretch of the ranking is the test, what follows it the validation.

    Seven papers in three folds, one of them for validation, the ranking going round:

        fold 1   T T V . . . .
        fold 2   . . T T V . .
        fold 3   V . . . T T T

    Args:
        rows: Rows of the cleaned papers (ROWS).
        fold: Number of the fold, from 1.
        folds: Number of folds, at least 2.
        validation_fraction: Share of papers in the validation split, in (0, 1); at least one paper.
        seed: Seed of the ranking.

    Returns:
        One line per paper, sorted by name (SPLIT).

    Raises:
        ValueError: If there are fewer papers than folds, or none would be left to train on.
    """
    num_words = count_words(rows)
    ranked = sorted(num_words, key=lambda paper: hash_rank(seed, paper))
    if folds > len(ranked):
        raise ValueError(f"evaluation.folds: {folds} is more than the {len(ranked)} papers left after cleaning")
    start, end = (number * len(ranked) // folds for number in (fold - 1, fold))
    turned = ranked[start:] + ranked[:start]
    num_test, num_validation = end - start, count_selected(validation_fraction, len(ranked))
    if num_test + num_validation >= len(ranked):
        raise ValueError(
            f"fold {fold} of {folds}: {num_test} test and {num_validation} validation papers of {len(ranked)} leave "
            f"none to train on: raise evaluation.folds ({folds}) or lower validation_fraction ({validation_fraction})"
        )
    return deal_out(turned, num_test, num_validation, num_words)
