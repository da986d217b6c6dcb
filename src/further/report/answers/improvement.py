"""Did further pre-training help: perplexity of held-out papers before and after, in the default run."""

from further.records.comparison import MIN_PAPERS, Comparison, Paired
from further.report.answers.answer import MARGIN_NATS, Answer, Verdict, classify
from further.report.results import TextResults
from further.report.wording import (
    count_noun,
    join_words,
    relative,
    show_change,
    show_difference,
    show_estimate,
    show_number,
    show_p,
    show_percent,
    show_relative,
)

WORDS: dict[Verdict, str] = {"improved": "Yes.", "worse": "No: worse.", "unchanged": "No.", "undecided": "Not decided."}
VERBS: dict[Verdict, str] = {"improved": "fell by", "worse": "rose by"}
ONE_SEED = "One seed only: the interval leaves out training's randomness."
NOT_UNDERSTANDING = (
    "Lower perplexity means that new papers of the same kind surprise the model less. It does not show that what the "
    "model writes is true, or that the model answers questions better."
)
NOT_IN_CARE = "It does not show that the model may be used in care."


def answer_improvement(results: TextResults) -> Answer:
    """Did further pre-training make a difference on held-out papers, in the default run?"""
    comparison = results.comparison
    papers = comparison.default.papers
    verdict, word = _decide(papers, comparison.seed_changes)
    return Answer(
        question="Did it help?",
        verdict=verdict,
        word=word,
        sentence=say_change(papers, count_noun(papers.num_documents, "held-out paper"), verdict),
        doubt=_say_doubt(papers, comparison.seed_changes),
        details=tuple(_say_details(results)),
        sources=(f"results/evaluation/comparison.json: runs.{comparison.default_run}.papers",),
    )


def say_change(compared: Paired, text: str, verdict: Verdict) -> str:
    """Perplexity on a text: by how much it changed, with its interval, and from where to where."""
    shown = show_relative(compared.difference_nats_per_token, signed=verdict not in VERBS)
    verb = VERBS.get(verdict, "changed by")
    first, last = show_number(compared.before.perplexity), show_number(compared.after.perplexity)
    return f"Perplexity on {text} {verb} {shown}, from {first} to {last}."


def say_too_few(compared: Paired, documents: str) -> str:
    """Why a comparison has no interval."""
    return f"Too few {documents} for an interval: {compared.num_documents} of {MIN_PAPERS}."


def _decide(papers: Paired, seeds: list[float]) -> tuple[Verdict, str]:
    """Verdict and first word, from the interval, unless other seeds contradict it or there are too few papers."""
    change = papers.difference_nats_per_token
    estimate, verdict = change.estimate or 0.0, classify(change)
    if not papers.is_trustworthy:
        return "undecided", "Perhaps." if estimate < -MARGIN_NATS else "Not decided."
    # The interval is over papers alone, so a seed that went the other way outweighs it.
    if verdict in ("improved", "worse") and any(other * estimate < 0 for other in seeds):
        return "undecided", WORDS["undecided"]
    if verdict in ("improved", "worse") and abs(estimate) < MARGIN_NATS:
        return verdict, "A little." if verdict == "improved" else "No: a little worse."
    return verdict, WORDS[verdict]


def _say_doubt(papers: Paired, seeds: list[float]) -> str:
    if not papers.is_trustworthy:
        return say_too_few(papers, "papers")
    if any(other * (papers.difference_nats_per_token.estimate or 0.0) < 0 for other in seeds):
        return "Another seed gave the opposite."
    if not seeds:
        return ONE_SEED
    sizes = [show_percent(relative(change), signed=True) for change in seeds[:3]]
    return f"{'The other seed' if len(seeds) == 1 else 'Other seeds'} gave {join_words(sizes)}."


def _say_details(results: TextResults) -> list[str]:
    papers = results.comparison.default.papers
    before, after = (show_number(summary.bits_per_byte) for summary in (papers.before, papers.after))
    bits = show_estimate(papers.difference_bits_per_byte, show_change)
    said = [
        f"Loss: {show_difference(papers.difference_nats_per_token)}. Bits per byte: {before} before, {after} after, a "
        f"change of {bits}.",
        f"{say_signs(papers)} {say_seeds(results.comparison)}",
        NOT_UNDERSTANDING + (f" {NOT_IN_CARE}" if results.is_medical else ""),
    ]
    crossed = results.comparison.cross_validation
    return said if crossed is None else [*said, say_folds(crossed.papers, crossed.num_papers, len(crossed.folds))]


def say_signs(papers: Paired) -> str:
    """How many papers improved, and how likely so many would be by chance."""
    improved = f"{papers.num_improved} of {count_noun(papers.num_documents, 'paper')} improved"
    return f"{improved} (exact sign test: {show_p(papers.p_value)})."


def say_seeds(comparison: Comparison) -> str:
    """The same run with other seeds: what training itself adds to the uncertainty."""
    changes = [show_change(change) for change in comparison.seed_changes]
    if not changes:
        return "One seed only: the interval covers the choice of papers, not the effect of the seed."
    seeds = "another seed" if len(changes) == 1 else f"{len(changes)} other seeds"
    return f"The same run with {seeds} gave {join_words(changes)} nats per token."


def say_folds(pooled: Paired, num_papers: int, num_folds: int) -> str:
    """The cross-validation in a few sentences."""
    return (
        f"Cross-validation: with each of {count_noun(num_papers, 'paper')} held out once, in {num_folds} folds, the "
        f"loss changed by {show_difference(pooled.difference_nats_per_token)}. {say_signs(pooled)} The folds' models "
        "share most of their training papers, which neither the interval nor p accounts for."
    )
