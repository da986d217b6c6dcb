"""Settings of the guard: the error rate that is promised, with which confidence, by which score."""

from dataclasses import dataclass

from further.guard.bounds import check_fraction


@dataclass(frozen=True)
class GuardSettings:
    """What the guard is asked for.

    Attributes:
        target_error: Error rate among accepted answers that is certified for each question type, above 0 and below 1.
        confidence: Of each type's certificate: the share of validation sets for which it holds.
        score: Column of the answers table by which answers are accepted; see `schemas.surer_score`.
        start_factor: The first threshold accepts this many times the smallest number that can certify at all. At 1
            a single error among the surest ends the search; at 1.6 one error is allowed.
        start_fraction: The first threshold accepts this fraction of the eligible cases, if that is more. With a weak
            score and 1,000 cases or more, 0.2 accepts more in the end; set it before looking at what was right.
        steps: Thresholds that are tried, at most.
        max_run: Times that a phrase may stand in a row; an answer with more of them loops.
        max_rep_4: Fraction of an answer's runs of four words that may be repeats; an answer above it loops.
        topics_file: Terms of topics that always go to a person; None: no topic does.
        contradictions_file: Answers that exclude each other within a case; None: not looked for.
    """

    target_error: float = 0.10
    confidence: float = 0.95
    score: str = "mean_logprob"
    start_factor: float = 1.6
    start_fraction: float = 0.0
    steps: int = 40
    max_run: int = 3
    max_rep_4: float = 0.2
    topics_file: str | None = None
    contradictions_file: str | None = None

    def __post_init__(self) -> None:
        """Refuse values out of range, each with its limit."""
        check_fraction("target_error", self.target_error)
        check_fraction("confidence", self.confidence)
        if not 1 <= self.start_factor < 100:
            raise ValueError(f"start_factor: {self.start_factor} is not allowed: 1 to under 100")
        if not 0 <= self.start_fraction <= 1:
            raise ValueError(f"start_fraction: {self.start_fraction} is not allowed: 0 to 1")
        if self.steps < 2:
            raise ValueError(f"steps: {self.steps} is not allowed: at least 2")
        if self.max_run < 1:
            raise ValueError(f"max_run: {self.max_run} is not allowed: at least 1")
        if not 0 <= self.max_rep_4 <= 1:
            raise ValueError(f"max_rep_4: {self.max_rep_4} is not allowed: 0 to 1")
