"""Texts that are nearly the same: MinHash finds pairs worth a look, the exact share of word sequences decides."""

import re

from rensa import RMinHash, RMinHashLSH

SHINGLE = 5
"""Words in a sequence; two articles of one field share well under 1 % of their sequences of five."""
NUM_HASHES = 128
MIN_RECALL = 0.99
"""Share of the pairs right at the threshold that are looked at."""
WORD = re.compile(r"[^\W_]+")


def count_plain_words(text: str) -> int:
    """Number of runs of letters and digits."""
    return sum(1 for _ in WORD.finditer(text))


def find_shingles(text: str) -> set[str]:
    """Every run of five words of a text, in lower case; a shorter text is one run, an empty one none."""
    words = WORD.findall(text.lower())
    return {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))} if words else set()


def similarity(one: set[str], other: set[str]) -> float:
    """Share of the runs of two texts that both hold (Jaccard); 0 for two empty texts."""
    return len(one & other) / max(1, len(one | other))


def choose_bands(threshold: float) -> int:
    """Fewest bands of NUM_HASHES hashes that let no more than 1 % of pairs at the threshold slip by.

    A pair of similarity s agrees in a band of r hashes with probability s**r, and in one of b bands or more with
    1 - (1 - s**r)**b.

    Source:
        Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, section 3.4.2.
    """
    for size in (16, 8, 4, 2):
        bands = NUM_HASHES // size
        if 1 - (1 - threshold**size) ** bands >= MIN_RECALL:
            return bands
    return NUM_HASHES


class SimilarTexts:
    """Texts of which no two are nearly the same."""

    def __init__(self, threshold: float) -> None:
        """Start without texts.

        Args:
            threshold: Similarity from which two texts count as the same, in (0, 1].

        Raises:
            ValueError: If it is outside that range.
        """
        if not 0 < threshold <= 1:
            raise ValueError(f"similarity {threshold}: must be above 0 and at most 1")
        self.threshold = threshold
        self.texts: list[str] = []
        self.index = RMinHashLSH(threshold, NUM_HASHES, choose_bands(threshold))

    def match_or_add(self, text: str) -> tuple[int, float] | None:
        """Number of the first text that this one repeats and their similarity; None if it is new, and now added."""
        shingles = find_shingles(text)
        sketch = RMinHash(NUM_HASHES, 0)
        sketch.update(list(shingles))  # in any order: a sketch holds minima
        for number in sorted(self.index.query(sketch)):
            share = similarity(shingles, find_shingles(self.texts[number]))
            if share >= self.threshold:
                return number, share
        self.index.insert(len(self.texts), sketch)
        self.texts.append(text)
        return None
