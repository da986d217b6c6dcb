"""A small study, made by arithmetic: the records that the report's tests read."""

from typing import Any

import numpy as np
import pandas as pd

from further.evaluation.questions.pairs import pair
from further.records import (
    Comparison,
    DocumentChange,
    Excluded,
    Hardware,
    Interval,
    Memorization,
    Metrics,
    Paired,
    Parameters,
    QuantizationSteps,
    Recited,
    RecitedBoth,
    RunComparison,
    Sample,
    Samples,
    Scoring,
    Summary,
    Term,
    Terms,
    Timing,
)
from further.records.questions import Floors, Group, Questions, QuestionsFile
from further.records.questions import Paired as AnsweredBoth
from further.report.results import Corpus, Provenance, RunResults, TextResults
from further.settings import Run, Settings
from report.law_case import interval, make_law

DEFAULT = Run(quantization="nf4", rank=8, alpha=16, context=256, batch_tokens=1024, epochs=4, learning_rate=2e-3)
PAPERS = [f"article-{index:02d}" for index in range(25)]


def summary(nats: float, documents: int = 7) -> Summary:
    """A model with a loss; 1,600 tokens of 4 bytes in each document."""
    return Summary(
        nats=1600 * documents * nats,
        nats_per_token=nats,
        perplexity=float(np.exp(nats)),
        word_perplexity=float(np.exp(1.6 * nats)),
        bits_per_byte=nats / 4 / float(np.log(2)),
        num_documents=documents,
        num_tokens=1600 * documents,
        num_words=1000 * documents,
        num_bytes=6400 * documents,
        sha256="0" * 64,
    )


def document(name: str, before: float, after: float, tokens: int) -> DocumentChange:
    rates = {"before_bits_per_byte": before / 4, "after_bits_per_byte": after / 4}
    perplexities = {"before_perplexity": float(np.exp(before)), "after_perplexity": float(np.exp(after))}
    nats = {"before_nats_per_token": before, "after_nats_per_token": after}
    counts = {"num_tokens": tokens, "num_words": tokens, "num_bytes": 4 * tokens}
    return DocumentChange(document=name, sha256="0" * 64, **nats, **perplexities, **rates, **counts)


def paired(
    before: float,
    estimate: float,
    low: float | None,
    high: float | None,
    documents: int = 7,
    names: list[str] | None = None,
) -> Paired:
    """A comparison whose papers scatter around the estimate by a fixed pattern."""
    scatter = np.linspace(-0.06, 0.06, documents).tolist() if documents > 1 else [0.0]
    rows = [
        document(name, own, own + estimate + scatter[index], 1500 + 40 * index)
        for index, name in enumerate(names or PAPERS[:documents])
        for own in [before + 0.15 * float(np.sin(2.0 * index))]
    ]
    bits = [None if end is None else end / 3 for end in (estimate, low, high)]
    return Paired(
        before=summary(before, documents),
        after=summary(before + estimate, documents),
        difference_nats_per_token=interval(estimate, low, high),
        difference_bits_per_byte=interval(*bits),
        p_value=0.0156,
        num_documents=documents,
        num_improved=sum(row.change_nats_per_token < 0 for row in rows),
        documents=tuple(rows),
    )


def run_settings() -> dict[str, Run]:
    """The runs of the default study, by name."""
    runs = {}
    for fraction in (0.0625, 0.125, 0.25, 0.5, 1):
        for seed in (0, 1, 2):
            parts = ([f"fraction-{fraction}"] if fraction != 1 else []) + ([f"seed-{seed}"] if seed else [])
            runs["_".join(parts) or "default"] = DEFAULT | {"fraction": fraction, "seed": seed}
    changes: dict[str, Any] = {"quantization-int8": "int8", "quantization-none": "none"}
    changes |= {"target_modules-attention": "attention", "context-128": 128, "gradient_accumulation_steps-4": 4}
    return runs | {name: DEFAULT | {name.rsplit("-", 1)[0]: value} for name, value in changes.items()}


def change_of(settings: Run) -> float:
    """What a run gains, in nats per token: more with more papers, a little by its other settings."""
    gain = -0.66 + 0.14 * float(np.log2(1 / settings.fraction)) ** 0.9 + 0.008 * settings.seed
    gain += {"int8": -0.004, "none": -0.011, "nf4": 0}[settings.quantization]
    return gain + 0.05 * (settings.target_modules == "attention") + 0.02 * (settings.context == 128)


def make_run(settings: Run) -> RunComparison:
    gain = change_of(settings)
    against = gain - change_of(DEFAULT)
    return RunComparison(
        settings=settings,
        num_unique_tokens=round(26000 * settings.fraction),
        papers=paired(6.01, gain, gain - 0.05, gain + 0.05),
        general=paired(4.95, 0.05 - 0.15 * gain, 0.01 - 0.15 * gain, 0.09 - 0.15 * gain, documents=9),
        against_default=None if settings == DEFAULT else interval(against, against - 0.01, against + 0.01),
    )


def make_steps(base: float, adapted: float, base_cost: Interval, adapted_cost: Interval | None) -> QuantizationSteps:
    return QuantizationSteps(
        run="default",
        full_base=summary(6.0),
        base=summary(base),
        adapted=summary(adapted),
        merged=None,
        base_cost_nats=base_cost,
        adaptation_nats=interval(adapted - base, None, None),
        adapted_cost_nats=adapted_cost,
        merging_nats=None,
        total_nats=None,
    )


def make_quantization() -> dict[str, QuantizationSteps]:
    return {
        "none": make_steps(6.0, 5.339, interval(0.0, 0.0, 0.0), interval(0.0, 0.0, 0.0)),
        "int8": make_steps(6.002, 5.346, interval(0.002, -0.001, 0.005), interval(0.007, -0.004, 0.018)),
        "nf4": make_steps(6.01, 5.35, interval(0.01, 0.006, 0.014), interval(0.011, 0.004, 0.018)),
    }


def make_comparison(**changes: Any) -> Comparison:
    reasons = {"repeated paragraph": 0, "also in test": 2, "also in validation": 1}
    excluded = {"paragraphs": reasons, "characters": reasons, "paper_similarity": 0.5, "paragraph_similarity": 0.7}
    parts: dict[str, Any] = {
        "default_run": "default",
        "scoring": Scoring(base="ab", window=1024, stride=512, begin_id=0, begin_rule="BOS", compute_dtype="float32"),
        "runs": {name: make_run(settings) for name, settings in run_settings().items()},
        "quantization": make_quantization(),
        "excluded": Excluded(**excluded, duplicate_papers=1, shared_paragraphs_left=0),
        "cross_validation": None,
    }
    return Comparison(**parts | changes)


def with_default(papers: Paired, *others: Paired, general: Paired | None = None) -> Comparison:
    """A comparison of the default run and of the same run with other seeds."""
    general = general or paired(5.0, 0.1, 0.05, 0.15, 9)
    runs = {
        f"seed-{seed}" if seed else "default": RunComparison(
            settings=DEFAULT | {"seed": seed},
            num_unique_tokens=26000,
            papers=own,
            general=general,
            against_default=None,
        )
        for seed, own in enumerate((papers, *others))
    }
    return make_comparison(runs=runs)


def make_sample(**changes: Any) -> Sample:
    parts = {"prompt": "Heart transplant recipients are prone to", "subject": "base", "ended": False, "num_tokens": 60}
    parts |= {"decoding": "greedy", "temperature": None, "top_p": None, "nats": 90.0, "perplexity": 4.4817}
    parts |= {"distinct_1": 0.5, "distinct_2": 0.5, "distinct_3": 0.5, "longest_repeat": 4, "looped": False}
    return Sample(**{"text": " a method.", **parts, **changes})


def make_samples(*samples: Sample) -> Samples:
    default = (
        make_sample(text=" the object. the object. the object. the object.", looped=True),
        make_sample(subject="adapted", ended=True, num_tokens=34, text=" infection in the first months."),
        make_sample(decoding="sampled", temperature=0.8, top_p=0.95),
        make_sample(prompt='The donor\'s "age" & size', text=" <script>alert('sample')</script>"),
    )
    return Samples(run="default", quantization="nf4", samples=samples or default)


def make_recited(verbatim: int, mean: float, most: int) -> Recited:
    share = {"share": verbatim / 200, "low": 0.0, "high": 0.05}
    return Recited(
        num_verbatim=verbatim,
        **share,
        mean_match_tokens=mean,
        max_match_tokens=most,
        histogram=(200 - verbatim, verbatim),
    )


def make_memorization(num_papers: int = 16, **changes: Any) -> Memorization:
    base, before = make_recited(0, 0.5, 3), {"num_paragraphs": 200, "difference_match_tokens": None, "p_value": 1.0}
    train = RecitedBoth(num_papers=num_papers, base=base, adapted=make_recited(7, 2.25, 24), **before)
    heldout = RecitedBoth(num_papers=7, base=base, adapted=make_recited(0, 0.75, 6), **before)
    parts: dict[str, Any] = {"run": "default", "prefix_tokens": 32, "new_tokens": 24, "level": 0.95}
    parts |= {"train": train, "heldout": heldout, "p_value_train_heldout": 0.007, "examples": ()}
    return Memorization(**parts | changes)


def make_term(word: str, change: float, occurrences: int) -> Term:
    nats = {"before_nats": 5.0, "after_nats": 5.0 + change, "change_nats": change, "total_nats": change}
    counts = {"num_occurrences": occurrences, "num_papers": 5, "num_papers_same_way": 4}
    return Term(word=word, low=change - 0.25, high=change + 0.25, **nats, **counts)


def make_terms() -> Terms:
    nats = dict.fromkeys(("before_nats", "after_nats", "in_words_before_nats", "in_words_after_nats"), 1.0)
    rose = (make_term("allograft", -1.5, 41), make_term("<b>donor</b>", -1.0, 30))
    limits = {"min_occurrences": 5, "min_papers": 2, "level": 0.95, "num_words": 300}
    return Terms(run="default", num_papers=7, **nats, **limits, rose=rose, fell=(make_term("class", 0.75, 6),))


def make_answered(gained: int, lost: int, both: int, number: int) -> AnsweredBoth:
    """Questions that only the adapted model answers right, only the base, both, and all."""
    right = [(False, True)] * gained + [(True, False)] * lost + [(True, True)] * both
    base, adapted = zip(*right, *[(False, False)] * (number - len(right)), strict=True)
    return pair(base, adapted)


def make_asked(gained: int = 12, lost: int = 3, **changes: Any) -> QuestionsFile:
    """60 questions in two topics, 21 of them answered right by both."""
    overall = make_answered(gained, lost, 21, 60)
    topics = [("donors", make_answered(5, 1, 13, 40)), ("rejection", make_answered(7, 2, 8, 20))]
    without = make_answered(0, 0, 21, 60)
    parts: dict[str, Any] = {"run": "default", "quantization": "nf4", "level": 0.95, "num_questions": 60}
    parts |= {"truncated": 0, "accuracy": overall, "accuracy_norm": overall, "answers": None, "splits": (), "lines": ()}
    parts |= {"topics": tuple(Group(name=name, accuracy=own, accuracy_norm=None) for name, own in topics)}
    floors = Floors(chance=0.25, longest_choice=0.3, without_question=without, without_question_norm=without)
    parts |= {"floors": floors, "nats_per_answer": (7.5, 7.0)}
    return QuestionsFile(questions=Questions(**parts | changes), instructions=None)


NOTHING_ASKED = QuestionsFile(questions=None, instructions=None)


def make_history(settings: Run) -> pd.DataFrame:
    """A loss logged at every step, and the validation papers' at every fourth of the run."""
    steps = np.arange(1, max(4, round(40 * settings.fraction)) + 1)
    loss = 5.98 + change_of(settings) * (1 - np.exp(-2.5 * steps / steps[-1]))
    validation = np.where(steps % (len(steps) // 4) == 0, loss + 0.1, np.nan)
    columns = {"step": steps, "num_tokens": steps * 2600, "loss_nats": loss, "validation_loss_nats": validation}
    return pd.DataFrame(columns)


def make_metrics(name: str, settings: Run) -> Metrics:
    unique, papers = round(26000 * settings.fraction), max(1, round(16 * settings.fraction))
    return Metrics(
        run=name,
        settings=settings,
        papers=tuple(PAPERS[:papers]),
        num_papers=papers,
        num_unique_tokens=unique,
        num_replay_tokens=0,
        num_dropped_tokens=0,
        num_trained_tokens=4 * unique,
        num_steps=max(4, round(40 * settings.fraction)),
        stopped_early=False,
        packing_efficiency=1.0,
        final_train_loss_nats=5.4,
        validation_loss_nats=5.5,
        parameters=Parameters(trainable=98304, total=2200000, share=0.0447, names=("lora_A", "lora_B")),
    )


def make_timing(**changes: Any) -> Timing:
    seconds = {"seconds_train": 21.0, "seconds_total": 26.5, "starts": 1, "tokens_per_second": 7800.0, "devices": 1}
    memory = {"memory_before_mb": 500.0, "memory_loaded_mb": 520.0, "peak_memory_mb": 910.0}
    return Timing(hardware=Hardware(cpu="Some CPU", gpu=None, threads=2), **{**seconds, **memory, **changes})


def make_runs(**timing: Any) -> dict[str, RunResults]:
    return {
        name: RunResults(make_metrics(name, settings), make_timing(**timing), make_history(settings))
        for name, settings in run_settings().items()
    }


def make_losses(**papers: dict[str, Any]) -> pd.DataFrame:
    """What is missing of papers; nothing but what is said."""
    nothing = {"pages": 9, "unread_pages": [], "damaged_pages": [], "repaired": False, "unread_fonts": []}
    nothing |= {"unknown_signs": 0, "unknown_at_numbers": 0, "flagged": False}
    return pd.DataFrame([{"paper": paper, **nothing, **own} for paper, own in papers.items()])


def make_corpus(**changes: Any) -> Corpus:
    splits = ["train"] * 16 + ["validation"] * 2 + ["test"] * 7
    reasons = {"kept": 5200, "references": 1400, "page header": 420, "caption": 310, "table": 260, "page footer": 120}
    ledger = [(paper, reason, size + index) for index, paper in enumerate(PAPERS) for reason, size in reasons.items()]
    rejected = [("broken", "broken.pdf", "damaged", "no page could be read", 0)]
    tokens = {"document": PAPERS, "split": splits, "sha256": [f"{number:064x}" for number in range(25)]}
    tokens |= {"num_tokens": [1600] * 25, "num_words": [900] * 25, "num_bytes": [6400] * 25}
    tables = {
        "rejected": pd.DataFrame(rejected, columns=["paper", "file", "reason", "detail", "pages"]),
        "ledger": pd.DataFrame(ledger, columns=["paper", "reason", "characters"]),
        "split": pd.DataFrame({"paper": PAPERS, "split": splits, "num_words": range(800, 825)}),
        "rows": pd.DataFrame({"paper": PAPERS * 20, "section": ["Introduction"] * 500}),
        "tokens": pd.DataFrame(tokens),
        "dropped_prose": pd.DataFrame(columns=["paper", "page", "reason", "num_words"]),
        "losses": make_losses(**{paper: {} for paper in PAPERS}),
    }
    return Corpus(**{**tables, **changes})


def make_jobs() -> pd.DataFrame:
    """Half a minute of training for each run, two folds, and scoring: 910 seconds."""
    runs = list(run_settings())
    rows = [("training", run, 30.0) for run in runs]
    rows += [("training for the cross-validation", f"fold-{fold}-of-2", 25.0) for fold in (1, 2)]
    rows += [("scoring", run, 12.0) for run in runs] + [("samples, words and paragraphs", "probe_default", 20.0)]
    return pd.DataFrame(rows, columns=["kind", "job", "seconds"])


def make_settings(**sections: dict[str, Any]) -> Settings:
    """A study of a folder's model; sections are laid over it."""
    model = {"name": "tiny", "source": "folder", "path": "models/tiny"}
    base = {"study": {"title": "Heart transplantation, a study"}, "model": model, "evaluation": {"prompts": ["The"]}}
    names = {*base, *sections}
    return Settings.model_validate({name: base.get(name, {}) | sections.get(name, {}) for name in names})


PRICED = {"price_per_gpu_hour": 36.0, "currency": "SEK", "price_date": "2026-11-01", "kwh_per_gpu_hour": 0.4}


def make_results(**changes: Any) -> TextResults:
    """The whole study; any part can be given instead."""
    parts: dict[str, Any] = {
        "settings": make_settings(),
        "comparison": make_comparison(),
        "law": make_law(),
        "samples": make_samples(),
        "memorization": make_memorization(),
        "terms": make_terms(),
        "asked": make_asked(),
        "general_text": "novels and encyclopedia articles",
        "corpus": make_corpus(),
        "runs": make_runs(),
        "plan": None,
        "jobs": make_jobs(),
        "provenance": Provenance({"commit": "0123456789abcdef"}, {"torch": "2.13.0"}, {"write_report": "cafe"}),
    }
    return TextResults(**parts | changes)
