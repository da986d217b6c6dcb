"""Whether a text repeats itself: what stands many times in a row, and how many runs of words come again.

The limits were chosen on texts that people wrote. In the running text of 25 biomedical articles and the 25 of the
demonstration (780,000 characters) nothing is marked: no phrase of up to 32 words stands more than three times in a
row, no piece with a letter or digit that is said four times or more reaches 12 characters, no piece without one
reaches 40 (the longest, 30, is the rule under a table's head). Tables are another matter: cells of crosses or zeros
are marked in 3 of the 25 articles, and 8 of 79 chapters of Python's documentation are, for their grammars and ruled
tables.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np

from further.evaluation.words import split_words

MAX_REPEATS = 4  # from which on a text loops
PHRASE = 32  # words of the longest phrase whose repetition counts
# One pattern a length: a short piece that is repeated (0000) must not hide a longer one that begins with it (0000ab).
PIECES = [re.compile(rf"(.{{{length}}})\1{{{MAX_REPEATS - 1},}}", re.DOTALL) for length in range(1, 13)]
MIN_SAID = 12  # characters of all repetitions of a piece with a letter or digit: 0000 and III are numbers
MIN_SIGNS = 40  # of one without: dots lead across a table of contents, dashes rule a table
EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def longest_repeat(text: str) -> int:
    """How often a word, a phrase of up to 32 words or a piece of up to 12 characters stands in a row at most.

    Case, and signs at the edges of words, play no part. A piece counts from four times on and where its repetitions are
    12 characters or more, 40 without a letter or digit.

    >>> longest_repeat("of the heart of the heart of the"), longest_repeat("\\n" * 60), longest_repeat("")
    (2, 60, 0)
    """
    words = [word for word in (EDGES.sub("", part) for part in split_words(text.casefold())) if word]
    phrases = [_repeats(words, length) for length in range(1, PHRASE + 1)] if words else []
    return max([*phrases, *_piece_repeats(text.casefold())], default=0)


def _repeats(words: Sequence[str], length: int) -> int:
    """How often a phrase of `length` words stands in a row, at most."""
    same = [words[place] == words[place + length] for place in range(len(words) - length)]
    runs = [len(list(group)) for equal, group in groupby(same) if equal]
    # n words in a row that equal the word one phrase later: the phrase stands there n // length + 1 times.
    return max(runs, default=0) // length + 1


def _piece_repeats(text: str) -> Iterator[int]:
    for length, pattern in enumerate(PIECES, 1):
        for match in pattern.finditer(text):
            whole = match.group()
            if len(whole) >= (MIN_SAID if any(map(str.isalnum, whole)) else MIN_SIGNS):
                yield len(whole) // length


def distinct(words: Sequence[str], length: int) -> float | None:
    """Fraction of the runs of `length` words that are different; None where the text has no such run.

    Source:
        Li et al. 2016, A diversity-promoting objective function, section 5.3, which divides by the number of words.

    >>> distinct("the heart and the heart".split(), 2)
    0.75
    """
    runs = [tuple(words[place : place + length]) for place in range(len(words) - length + 1)]
    return len(set(runs)) / len(runs) if runs else None


def rep_n(text: str, length: int = 4) -> float:
    """Fraction of the runs of `length` words, in lower case, that stood there before; 0 for a shorter text.

    Whole sentences that come again are seen, which a search for four repetitions in a row misses.

    Source:
        Welleck et al. 2020, Neural text generation with unlikelihood training, section 6.1 (seq-rep-n), over words.
    """
    different = distinct(split_words(text.lower()), length)
    return 0.0 if different is None else 1 - different


def usual_rep(references: Iterable[str]) -> float:
    """The rep-4 that 99 of 100 references stay at or below; 0 without references."""
    values = [rep_n(text) for text in references]
    return float(np.percentile(values, 99, method="higher")) if values else 0.0
