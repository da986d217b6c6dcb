"""Split of the papers into train, validation and test, stable when papers come and go."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from further.corpus.folder import MIN_PAPERS
from further.corpus.schemas import SPLIT
from further.shards import hash_rank
from further.sizes import count_selected


def split_papers(rows: pa.Table, *, test_fraction: float, validation_fraction: float, seed: int) -> pa.Table:
    """Give every paper to one split, by its rank among hashes of the seed and its name.

    The first papers are the test, the next the validation, so a paper added or removed moves at most one
    other across each border.

    Args:
        rows: Rows of the cleaned papers (ROWS).
        test_fraction: Share of papers in the test split, in (0, 1); at least one paper.
        validation_fraction: Share of papers in the validation split, in (0, 1); at least one paper.
        seed: Seed of the ranking.

    Returns:
        One line per paper, sorted by name (SPLIT).

    Raises:
        ValueError: If there are fewer than MIN_PAPERS papers, or none would be left to train on.
    """
    num_words = count_words(rows)
    if len(num_words) < MIN_PAPERS:
        raise ValueError(
            f"{len(num_words)} papers are left after cleaning: at least {MIN_PAPERS} are needed to split them"
        )
    ranked = sorted(num_words, key=lambda paper: hash_rank(seed, paper))
    num_test = count_selected(test_fraction, len(ranked))
    num_validation = count_selected(validation_fraction, len(ranked))
    if num_test + num_validation >= len(ranked):
        raise ValueError(
            f"{num_test} test and {num_validation} validation papers of {len(ranked)} leave none to train on:"
            f" lower test_fraction ({test_fraction}) or validation_fraction ({validation_fraction})"
        )
    return deal_out(ranked, num_test, num_validation, num_words)


def deal_out(ranked: Sequence[str], num_test: int, num_validation: int, num_words: Mapping[str, int]) -> pa.Table:
    """Give the first papers to the test, the next to the validation, the rest to the training.

    Args:
        ranked: Papers in the order in which they are given out.
        num_test: Papers in the test split.
        num_validation: Papers in the validation split.
        num_words: Words of each paper.

    Returns:
        One line per paper, sorted by name (SPLIT).
    """
    names = ["test"] * num_test + ["validation"] * num_validation
    names += ["train"] * (len(ranked) - len(names))
    split = dict(zip(ranked, names, strict=True))
    papers = sorted(split)
    columns = [papers, [split[paper] for paper in papers], [num_words[paper] for paper in papers]]
    return pa.table(columns, schema=SPLIT)


def count_words(rows: pa.Table) -> dict[str, int]:
    """Words of each paper, from its rows (ROWS)."""
    num_words: dict[str, int] = {}
    for paper, text in zip(rows["paper"].to_pylist(), rows["text"].to_pylist(), strict=True):
        num_words[paper] = num_words.get(paper, 0) + len(text.split())
    return num_words
