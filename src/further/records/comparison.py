"""`comparison.json`: what the models score before and after, and the differences with their intervals."""

from functools import cached_property
from typing import Literal

from further.records.base import Interval, Record, differing
from further.settings import Run

TextSet = Literal["papers", "general"]
MIN_PAPERS = 6  # with five papers even a change of all of them in one direction has p = 2 / 2**5 > 0.05


class Rates(Record):
    """Nats of some text, and what they are per token, word and byte; None where there is nothing to divide by."""

    nats: float
    perplexity: float | None
    word_perplexity: float | None
    bits_per_byte: float | None


class Summary(Rates):
    """A model on a set of documents, every token weighing the same; `sha256` is that of the documents' digests."""

    perplexity: float
    bits_per_byte: float
    nats_per_token: float
    num_documents: int
    num_tokens: int
    num_words: int
    num_bytes: int
    sha256: str


class DocumentChange(Record):
    """One document before and after; `fold` names the one that held it out, in a cross-validation."""

    document: str
    before_nats_per_token: float
    after_nats_per_token: float
    before_perplexity: float
    after_perplexity: float
    before_bits_per_byte: float
    after_bits_per_byte: float
    num_tokens: int
    num_words: int
    num_bytes: int
    sha256: str
    fold: str | None = None

    @property
    def change_nats_per_token(self) -> float:
        """After minus before: below zero is better."""
        return self.after_nats_per_token - self.before_nats_per_token


class Paired(Record):
    """Two models on the same documents. Differences are after minus before: below zero is better.

    Attributes:
        p_value: Of the exact two-sided sign test.
    """

    before: Summary
    after: Summary
    difference_nats_per_token: Interval
    difference_bits_per_byte: Interval
    p_value: float
    num_documents: int
    num_improved: int
    documents: tuple[DocumentChange, ...]

    @property
    def is_trustworthy(self) -> bool:
        """Whether there are enough documents for an interval."""
        return self.num_documents >= MIN_PAPERS


class RunComparison(Record):
    """A run against its base at the run's own quantization.

    Attributes:
        num_unique_tokens: Trained on, repeated epochs not counted.
        against_default: Its loss on the held-out papers minus the default run's; None for the default run itself.
    """

    settings: Run
    num_unique_tokens: int
    papers: Paired
    general: Paired
    against_default: Interval | None

    def on(self, text_set: TextSet) -> Paired:
        """The comparison on one of the text sets."""
        return self.papers if text_set == "papers" else self.general


class QuantizationSteps(Record):
    """The way from the base at full precision to the merged model, in nats per token; what does not exist is None.

    Attributes:
        run: The run that was trained at this precision.
        full_base: The base at full precision.
        merged: The run's adapter merged into the base at full precision.
        base_cost_nats: From the base at full precision to the base at this one.
        adaptation_nats: From there to the adapted model.
        adapted_cost_nats: From the run at full precision to this run.
        merging_nats: From the adapted to the merged model.
        total_nats: From the base at full precision to the merged model.
    """

    run: str
    full_base: Summary
    base: Summary
    adapted: Summary
    merged: Summary | None
    base_cost_nats: Interval
    adaptation_nats: Interval
    adapted_cost_nats: Interval | None
    merging_nats: Interval | None
    total_nats: Interval | None


class Dropped(Record):
    """Paragraphs that were dropped since they stand elsewhere, and their characters, by reason."""

    paragraphs: dict[str, int]
    characters: dict[str, int]


class Excluded(Dropped):
    """What was left out since training and held-out papers share it; similarities are None where not looked for."""

    paper_similarity: float | None
    paragraph_similarity: float | None
    duplicate_papers: int
    shared_paragraphs_left: int


class FoldComparison(Record):
    """One fold of a cross-validation."""

    num_train_papers: int
    num_test_papers: int
    before: Summary
    after: Summary
    difference_nats_per_token: Interval
    num_improved: int
    dropped: Dropped
    shared_paragraphs_left: int


class CrossValidation(Record):
    """All papers, each held out in one fold; `not_held_out` are papers without a text of their own."""

    papers: Paired
    folds: dict[str, FoldComparison]
    num_papers: int
    not_held_out: tuple[str, ...]


class Scoring(Record):
    """How documents were scored: what another tool would have to do alike."""

    base: str
    window: int
    stride: int
    begin_id: int
    begin_rule: str
    compute_dtype: str


class Comparison(Record):
    """What a study's runs brought.

    Attributes:
        default_run: Name of the run that the answers are about.
        excluded: What training and held-out papers shared.
        cross_validation: None where there was none.
    """

    default_run: str
    scoring: Scoring
    runs: dict[str, RunComparison]
    quantization: dict[str, QuantizationSteps]
    excluded: Excluded
    cross_validation: CrossValidation | None

    @property
    def default(self) -> RunComparison:
        """The run that the answers are about."""
        return self.runs[self.default_run]

    def differing(self, name: str) -> dict[str, object]:
        """The settings in which a run differs from the default one, with the run's values."""
        return differing(self.runs[name].settings, self.default.settings)

    @cached_property
    def seed_changes(self) -> list[float]:
        """Changes on held-out papers of the runs that differ from the default one in their seed alone, in nats."""
        alike = [name for name in sorted(self.runs) if set(self.differing(name)) == {"seed"}]
        return [self.runs[name].papers.difference_nats_per_token.estimate or 0.0 for name in alike]

    @property
    def seed_spread(self) -> float | None:
        """How far another seed alone moved the default run at most, in nats; None where no other seed was run."""
        own = self.default.papers.difference_nats_per_token.estimate or 0.0
        return max((abs(change - own) for change in self.seed_changes), default=None)
