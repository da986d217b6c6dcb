"""A small study, made by arithmetic: the records that the report's tests read."""

from typing import Any

import numpy as np
import pandas as pd

from further.records.base import Interval
from further.records.comparison import (
    Comparison,
    DocumentChange,
    Excluded,
    Paired,
    QuantizationSteps,
    RunComparison,
    Scoring,
    Summary,
)
from further.records.training import Hardware, Metrics, Parameters, Timing
from further.report.results import Provenance, RunResults, TextResults
from further.settings import Run, Settings
from report.corpus_case import PAPERS, make_corpus
from report.law_case import interval, make_law
from report.probes_case import make_asked, make_memorization, make_samples, make_terms

DEFAULT = Run(quantization="nf4", rank=8, alpha=16, context=256, batch_tokens=1024, epochs=4, learning_rate=2e-3)


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
