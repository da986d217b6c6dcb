"""Domain terms: the words whose probability in held-out papers rose and fell most."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from further.evaluation.before_after import before_and_after
from further.evaluation.intervals import LEVEL, half_width
from further.evaluation.scoring import score_tokens
from further.models import Model
from further.records.base import DEFAULT_RUN
from further.records.probes import Term, Terms
from further.settings import ProbeSettings

WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-'’][^\W_]+)*")
"""A letter, then letters and digits; parts joined by hyphens or apostrophes are one word."""
WORD_PAPERS = 2  # in which a word has to occur: a name in one paper is no term of the field

Floats = NDArray[np.float64]


def measure_terms(
    model: Model, texts: Mapping[str, str], tokenizer: Any, begin: int, settings: ProbeSettings
) -> Terms | None:
    """Score every token of held-out papers with the base and with the adapted model, and say which words changed.

    Returns:
        The nats of all tokens and of those in words, and the words that changed most; None if no term is asked for.
    """
    if settings.terms is None:
        return None
    encoded = [tokenizer.encode(text, add_special_tokens=False) for text in texts.values()]
    how = (settings.window, settings.stride, settings.batch_tokens)
    before, after = before_and_after(model, score_tokens, [paper.ids for paper in encoded], begin, *how)
    found = [
        find_occurrences(text, paper.offsets, *nats).assign(paper=name)
        for (name, text), paper, *nats in zip(texts.items(), encoded, before, after, strict=True)
    ]
    occurrences = pd.concat(found, ignore_index=True)
    num_words, rose, fell = rank_words(occurrences, settings.term_occurrences, settings.terms)
    return Terms(
        run=DEFAULT_RUN,
        num_papers=len(texts),
        before_nats=float(sum(nats.sum() for nats in before)),
        after_nats=float(sum(nats.sum() for nats in after)),
        in_words_before_nats=float(occurrences["before"].sum()),
        in_words_after_nats=float(occurrences["after"].sum()),
        min_occurrences=settings.term_occurrences,
        min_papers=WORD_PAPERS,
        level=LEVEL,
        num_words=num_words,
        rose=rose,
        fell=fell,
    )


def find_occurrences(text: str, offsets: Sequence[tuple[int, int]], before: Floats, after: Floats) -> pd.DataFrame:
    """One line per word of a text: word, before, after; the nats of its tokens together.

    A token belongs to the first word that it holds a character of, whole; one that holds none, a full stop say, is
    left out.

        text      Rejection (acute)
        tokens    Reject|ion| (|ac|ute|)
        words     rejection       acute

    Args:
        offsets: Start and end of each token, in characters.
        before, after: Nats of each token under either model.
    """
    words = list(WORD.finditer(text))
    ends = np.array([word.end() for word in words])
    nats = np.zeros((len(words), 2))
    for (start, end), *pair in zip(offsets, before, after, strict=True):
        place = int(np.searchsorted(ends, start, side="right"))
        if place < len(words) and words[place].start() < end:
            nats[place] += pair
    names = [word.group().casefold() for word in words]
    return pd.DataFrame({"word": names, "before": nats[:, 0], "after": nats[:, 1]})


def rank_words(
    occurrences: pd.DataFrame, min_occurrences: int, number: int
) -> tuple[int, tuple[Term, ...], tuple[Term, ...]]:
    """Words that changed most, by the bound of their interval that is nearer to no change.

    Words whose interval holds no change are not listed. Intervals are Student's over papers, a paper by its mean over
    the word's occurrences in it. They are not corrected for the number of words: of a thousand that did not change,
    about fifty are listed, far down.

    Returns:
        Number of words that were compared; words whose probability rose; words whose probability fell.
    """
    lines = [
        _describe(str(word), group)
        for word, group in occurrences.groupby("word", sort=True)
        if len(group) >= min_occurrences and group["paper"].nunique() >= WORD_PAPERS
    ]
    rose = sorted((line for line in lines if line.high < 0), key=lambda line: line.high)
    fell = sorted((line for line in lines if line.low > 0), key=lambda line: -line.low)
    return len(lines), tuple(rose[:number]), tuple(fell[:number])


def _describe(word: str, group: pd.DataFrame) -> Term:
    # Occurrences in one paper resemble each other. As independent ones they listed 24 % of words that had not changed.
    papers = group.groupby("paper")[["before", "after"]].mean()
    change = papers["after"] - papers["before"]
    mean, count = float(change.mean()), len(papers)
    half = half_width(change.to_numpy())
    return Term(
        word=word,
        num_occurrences=len(group),
        num_papers=count,
        num_papers_same_way=int((np.sign(change) == np.sign(mean)).sum()),
        before_nats=float(papers["before"].mean()),
        after_nats=float(papers["after"].mean()),
        change_nats=mean,
        low=mean - half,
        high=mean + half,
        total_nats=float((group["after"] - group["before"]).sum()),
    )
