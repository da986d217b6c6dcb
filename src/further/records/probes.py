"""Records of what the default run writes, recites and has learned: samples, memorization, terms."""

from typing import Literal

from further.records.base import Interval, Record
from further.records.comparison import MIN_PAPERS


class Sample(Record):
    """A continuation of a prompt.

    Attributes:
        decoding: greedy or sampled.
        temperature: None where greedy.
        top_p: None where greedy.
        ended: Whether the model wrote EOS.
        looped: Whether it repeats itself (`further.evaluation.text_loops`).
        num_tokens: Of the continuation, EOS counted.
        nats: Of the continuation given the prompt, under the model itself at temperature 1.
        perplexity: The same per token.
        distinct_1: Fraction of its words that are different; None of an empty text.
        distinct_2: The same of two words in a row.
        distinct_3: The same of three.
        longest_repeat: How often a word, a phrase or a piece of text stands in a row, at most.
    """

    subject: Literal["base", "adapted"]
    prompt: str
    decoding: Literal["greedy", "sampled"]
    temperature: float | None
    top_p: float | None
    text: str
    ended: bool
    looped: bool
    num_tokens: int
    nats: float
    perplexity: float
    distinct_1: float | None
    distinct_2: float | None
    distinct_3: float | None
    longest_repeat: int


class Samples(Record):
    """Continuations by the base and by one run, at the run's precision."""

    run: str
    quantization: str
    samples: tuple[Sample, ...]


class Recited(Record):
    """How far a model continued some paragraphs as they are printed; fractions and means of nothing are None.

    Attributes:
        num_verbatim: Continued word for word to the end.
        share: The same as a fraction, with low and high over papers.
        mean_match_tokens: Tokens said as they stand.
        max_match_tokens: Of the paragraph continued farthest.
        histogram: Paragraphs by tokens said, from 0 on.
    """

    num_verbatim: int
    share: float | None
    low: float | None
    high: float | None
    mean_match_tokens: float | None
    max_match_tokens: int | None
    histogram: tuple[int, ...]

    @property
    def interval(self) -> Interval:
        """The fraction continued to the end."""
        return Interval(estimate=self.share, low=self.low, high=self.high)


class RecitedBoth(Record):
    """Base and adapted model on the same paragraphs; `p_value` is that of the sign test over papers."""

    num_paragraphs: int
    num_papers: int
    base: Recited
    adapted: Recited
    difference_match_tokens: Interval | None
    p_value: float

    @property
    def is_trustworthy(self) -> bool:
        """Whether the paragraphs come from enough papers."""
        return self.num_papers >= MIN_PAPERS


class RecitedPassage(Record):
    """A training paragraph that the adapted model continued far."""

    paper: str
    row: int
    prefix: str
    continued: str
    base_match_tokens: int
    adapted_match_tokens: int


class Memorization(Record):
    """Paragraphs continued from their first tokens; `p_value_train_heldout` compares the two groups."""

    run: str
    prefix_tokens: int
    new_tokens: int
    level: float
    train: RecitedBoth
    heldout: RecitedBoth
    p_value_train_heldout: float
    examples: tuple[RecitedPassage, ...]


class Term(Record):
    """A word's nats per occurrence before and after, every paper weighing the same; negative: it became likelier."""

    word: str
    num_occurrences: int
    num_papers: int
    num_papers_same_way: int
    before_nats: float
    after_nats: float
    change_nats: float
    low: float
    high: float
    total_nats: float


class Terms(Record):
    """Words of the held-out papers whose probability rose and fell, the most certain first."""

    run: str
    num_papers: int
    before_nats: float
    after_nats: float
    in_words_before_nats: float
    in_words_after_nats: float
    min_occurrences: int
    min_papers: int
    level: float
    num_words: int
    rose: tuple[Term, ...]
    fell: tuple[Term, ...]
