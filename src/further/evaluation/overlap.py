"""Texts that training and test papers share: what the corpus stage left out, and what is still there."""

import re

import pandas as pd

from further.records.comparison import Dropped, Excluded
from further.settings import ComparisonSettings

WORD = re.compile(r"[^\W_]+")
DROPPED = ("repeated paragraph", "also in test", "also in validation")


def count_excluded(
    rejected: pd.DataFrame, repeats: pd.DataFrame, rows: pd.DataFrame, split: pd.DataFrame, how: ComparisonSettings
) -> Excluded:
    """Rejected duplicates and dropped paragraphs, and what is still shared, from the corpus stage's tables."""
    return Excluded(
        **count_dropped(repeats).model_dump(),
        paper_similarity=how.paper_similarity,
        paragraph_similarity=how.paragraph_similarity,
        duplicate_papers=int((rejected["reason"] == "duplicate").sum()),
        shared_paragraphs_left=count_shared(rows, split, how.paragraph_words),
    )


def count_dropped(repeats: pd.DataFrame) -> Dropped:
    """Dropped paragraphs and their characters by reason, the reasons that did not occur with 0."""
    groups = {reason: repeats[repeats["reason"] == reason] for reason in DROPPED}
    return Dropped(
        paragraphs={reason: len(group) for reason, group in groups.items()},
        characters={reason: int(group["characters"].sum()) for reason, group in groups.items()},
    )


def count_shared(rows: pd.DataFrame, split: pd.DataFrame, min_words: int) -> int:
    """Paragraphs of test papers that also stand in a training paper, word for word."""
    # A check of the corpus stage, which compares sketches, by other means. Headings and stock phrases repeat.
    words = rows["text"].map(lambda text: tuple(WORD.findall(text.casefold())))
    train, test = (words[rows["paper"].isin(split.loc[split["split"] == part, "paper"])] for part in ("train", "test"))
    known = set(train)
    return sum(len(paragraph) >= min_words and paragraph in known for paragraph in test)
