"""What was learned and what was learned by heart: words, paragraphs, and the check with every paper held out."""

from collections.abc import Mapping
from typing import Any

from further.report.inputs import ReportInputs
from further.report.study import PageSettings
from further.report.table import Table, make_table
from further.report.trust import FEWEST_PAPERS, say_papers
from further.report.wording import (
    THIN,
    count_noun,
    join_words,
    show_change,
    show_count,
    show_interval,
    show_number,
    show_range,
    show_share,
)

SHORT = {"train": "paper trained on", "heldout": "held-out paper"}
SETS = {"train": "papers trained on", "heldout": "held-out papers"}
MODELS = {"base": "before", "adapted": "after"}


def fill_learned(inputs: ReportInputs, settings: PageSettings) -> dict[str, Any]:
    """Words whose probability changed, paragraphs continued word for word, and the cross-validation."""
    return {
        "words": None if inputs.terms is None else [_words(inputs.terms, way) for way in ("rose", "fell")],
        "terms": inputs.terms,
        "memorization": None if inputs.memorization is None else memorization_table(inputs.memorization),
        "by_heart": None if inputs.memorization is None else say_memorization(inputs.memorization),
        "folds": say_folds(inputs.comparison.get("cross_validation")),
        "excluded": say_excluded(inputs.comparison.get("excluded")),
    }


def _words(terms: Mapping[str, Any], way: str) -> Table:
    """Words that became more or less likely, the surest first."""
    rows = [
        (word["word"], show_change(word["change_nats"], 2), show_range(word, _two), show_count(word["num_occurrences"]))
        for word in terms[way]
    ]
    caption = f"Words whose probability {way} most"
    return make_table(caption, ("word", "change, nats", "95 % interval", "occurrences"), rows, numbers=[1, 3])


def _two(value: float) -> str:
    return show_change(value, 2)


def memorization_table(found: Mapping[str, Any]) -> Table:
    """Paragraphs continued word for word, by text and model."""
    rows = [
        (
            f"{SETS[text]}, {MODELS[model]}",
            show_count(found[text]["num_paragraphs"]),
            _show_share(own),
            show_number(own["mean_match_tokens"]),
            "not known" if own["max_match_tokens"] is None else show_count(own["max_match_tokens"]),
        )
        for text in SETS
        for model in MODELS
        for own in [found[text][model]]
    ]
    header = ("paragraphs of", "number", "continued word for word (95 % interval)", "tokens, mean", "tokens, most")
    return make_table("Paragraphs that the model goes on with as they are printed", header, rows, numbers=[1, 2, 3, 4])


def _show_share(own: Mapping[str, Any]) -> str:
    """A share with its interval, either of which may not be known."""
    if own["share"] is None:
        return "not known"
    is_open = own["low"] is None and own["high"] is None
    interval = "no interval can be given" if is_open else show_range(own, show_share)
    return f"{show_share(own['share'])} ({interval})"


def say_memorization(found: Mapping[str, Any]) -> str:
    """One sentence: whether paragraphs trained on are known by heart, and more so than others."""
    own = found["train"]["adapted"]
    said, asked = show_count(own["num_verbatim"]), show_count(found["train"]["num_paragraphs"])
    given = (
        f"Given the first {count_noun(found['prefix_tokens'], 'token')} of a paragraph that it was trained on, the "
        f"adapted model said the next {show_count(found['new_tokens'])} word for word in {said} of {asked} cases"
    )
    if own["num_verbatim"] == 0:
        return f"{given}: it recites none of them.{_say_trust(found)}"
    p_value = found["p_value_train_heldout"]
    if p_value is None:
        return f"{given}; whether more often than of held-out papers could not be tested.{_say_trust(found)}"
    more = "more often than" if p_value < 0.05 else "not measurably more often than"
    said = f"{given}, {more} with paragraphs of held-out papers (p{THIN}={THIN}{show_number(p_value, 2)})."
    return f"{said}{_say_trust(found)}"


def _say_trust(found: Mapping[str, Any]) -> str:
    """A warning where the paragraphs come from too few papers."""
    if all(found[text]["trustworthy"] for text in SETS):
        return ""
    papers = join_words([count_noun(found[text]["num_papers"], name, SETS[text]) for text, name in SHORT.items()])
    needed = f"at least {FEWEST_PAPERS} of each are needed"
    return f" This is not to be trusted: the paragraphs come from {papers}, and {needed}."


def say_folds(crossed: Mapping[str, Any] | None) -> str | None:
    """One sentence on the cross-validation, None where there was none."""
    if crossed is None:
        return None
    pooled = crossed["papers"]
    change = pooled["difference_nats_per_token"]
    return (
        f"With each of {show_count(crossed['num_papers'])} papers held out once, in {len(crossed['folds'])} folds, the "
        f"loss changed by {show_change(change['estimate'])} nats per token ({show_interval(change)}). "
        f"{' '.join(say_papers(pooled))} The folds' models share most of their training papers, which neither the "
        "interval nor p knows of."
    )


def say_excluded(excluded: Mapping[str, Any] | None) -> str | None:
    """One sentence on texts that training and held-out papers share, None where that is not known."""
    if excluded is None:
        return None
    shared = sum(excluded["paragraphs"][name] for name in ("also in test", "also in validation"))
    left = show_count(excluded["shared_paragraphs_left"])
    return (
        f"{count_noun(excluded['duplicate_papers'], 'paper')} that were there twice, and "
        f"{count_noun(shared, 'paragraph')} of training papers that stand in held-out ones, too, were taken out; "
        f"{left} such paragraphs are left."
    )
