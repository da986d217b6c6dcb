"""What was learned and memorized: words, recited paragraphs, and text shared by training and held-out papers."""

from further.records.base import Interval
from further.records.comparison import MIN_PAPERS, Excluded
from further.records.probes import Memorization, Term, Terms
from further.report.answers.answer import SIGNIFICANT
from further.report.results import TextResults
from further.report.shown_table import ShownTable, show_table
from further.report.wording import (
    count_noun,
    join_words,
    show_change,
    show_count,
    show_estimate,
    show_number,
    show_p,
    show_score,
)

SETS = {"train": "papers trained on", "heldout": "held-out papers"}
SHORT = {"train": "paper trained on", "heldout": "held-out paper"}


def fill_learned(results: TextResults) -> dict[str, object]:
    """Words whose probability changed, and paragraphs continued word for word."""
    terms, memorization = results.terms, results.memorization
    return {
        "words": None if terms is None else [_word_table("rose", terms.rose), _word_table("fell", terms.fell)],
        "words_note": None if terms is None else say_words(terms),
        "recited": None if memorization is None else memorization_table(memorization),
        "recited_note": None if memorization is None else say_memorization(memorization),
        "excluded": say_excluded(results.comparison.excluded),
    }


def say_words(terms: Terms) -> str:
    """What the lists of words hold."""
    return (
        "Words in the held-out papers that became likelier or less likely, the most certain first. Below zero, the "
        "adapted model expected the word more. Changes are in nats per occurrence, with 95% intervals. Only words that "
        f"occur at least {count_noun(terms.min_occurrences, 'time')} in at least "
        f"{count_noun(terms.min_papers, 'paper')} are counted. The intervals are not corrected for choosing among many "
        "words, so some are listed by chance."
    )


def _word_table(way: str, words: tuple[Term, ...]) -> ShownTable:
    rows = []
    for word in words:
        change = Interval(estimate=word.change_nats, low=word.low, high=word.high)
        agree = f"{show_count(word.num_papers_same_way)} of {show_count(word.num_papers)}"
        shown = show_estimate(change, lambda end: show_change(end, 2))
        rows.append([word.word, shown, agree, show_count(word.num_occurrences)])
    header = ("word", "change, nats", "papers that agree", "occurrences")
    return show_table(f"Words whose probability {way}", header, rows, numbers=[1, 2, 3])


def memorization_table(found: Memorization) -> ShownTable:
    """Paragraphs continued word for word, by text and model."""
    rows = []
    for name, both in (("train", found.train), ("heldout", found.heldout)):
        for model, own in (("before", both.base), ("after", both.adapted)):
            most = "not known" if own.max_match_tokens is None else show_count(own.max_match_tokens)
            tokens = (show_number(own.mean_match_tokens), most)
            rows.append((f"{SETS[name]}, {model}", show_count(both.num_paragraphs), show_score(own.interval), *tokens))
    header = ("paragraphs of", "number", "word for word", "tokens, mean", "tokens, most")
    return show_table("Paragraphs that the model recites", header, rows, numbers=[1, 2, 3, 4])


def say_memorization(found: Memorization) -> str:
    """Whether paragraphs trained on are recited, and more so than others."""
    own = found.train.adapted
    given = (
        f"Training text recited word for word: given the first {count_noun(found.prefix_tokens, 'token')} of a "
        f"training paragraph, the adapted model continued with the printed {show_count(found.new_tokens)} in "
        f"{show_count(own.num_verbatim)} of {show_count(found.train.num_paragraphs)} cases"
    )
    # Nothing was recited, so there is no difference to test.
    if own.num_verbatim == 0:
        return f"{given}.{_say_trust(found)}"
    p_value = found.p_value_train_heldout
    more = "more often than" if p_value < SIGNIFICANT else "not measurably more often than"
    return f"{given}, {more} for held-out papers ({show_p(p_value)}).{_say_trust(found)}"


def _say_trust(found: Memorization) -> str:
    """A warning where the paragraphs come from too few papers."""
    groups = {"train": found.train, "heldout": found.heldout}
    if all(both.is_trustworthy for both in groups.values()):
        return ""
    papers = join_words([count_noun(both.num_papers, SHORT[name], SETS[name]) for name, both in groups.items()])
    return f" Too few to trust: the paragraphs come from {papers}, and at least {MIN_PAPERS} of each are needed."


def say_excluded(excluded: Excluded) -> str:
    """Text shared by training and held-out papers."""
    shared = sum(excluded.paragraphs[name] for name in ("also in test", "also in validation"))
    if not (shared or excluded.duplicate_papers or excluded.shared_paragraphs_left):
        return "No paper was given twice, and no paragraph of a training paper is also in a held-out one."
    return (
        f"{count_noun(excluded.duplicate_papers, 'duplicate paper')} and {count_noun(shared, 'paragraph')} of training "
        f"papers that are also in held-out ones were taken out. Left: "
        f"{count_noun(excluded.shared_paragraphs_left, 'such paragraph')}."
    )
