"""A small study, made by arithmetic: what the report's tests read."""

from typing import Any

import numpy as np
import pandas as pd

from further.report import FIGURES
from further.report.inputs import ReportInputs
from report.law_case import make_law

SETTINGS = {
    "fraction": 1,
    "seed": 0,
    "quantization": "nf4",
    "target_modules": "all-linear",
    "rank": 8,
    "alpha": 16,
    "context": 256,
    "gradient_accumulation_steps": 1,
    "epochs": 4,
    "learning_rate": 2e-3,
}
RULES = [  # parse goes over clean and train to write, and straight to clean, train and write
    ("clean", "train"),
    ("clean", "write"),
    ("parse", "clean"),
    ("parse", "write"),
    ("train", "write"),
    ("write", "all"),
]
TITLES = FIGURES


def interval(estimate: float, low: float, high: float) -> dict[str, float]:
    return {"estimate": estimate, "low": low, "high": high, "level": 0.95}


def score(nats: float, documents: int = 7) -> dict[str, Any]:
    return {
        "nats_per_token": nats,
        "perplexity": float(np.exp(nats)),
        "word_perplexity": float(np.exp(1.6 * nats)),
        "bits_per_byte": nats / 4 / np.log(2),
        "num_documents": documents,
        "num_tokens": 1600 * documents,
        "num_bytes": 6400 * documents,
    }


def change(
    before: float, estimate: float, low: float, high: float, documents: int = 7, names: list[str] | None = None
) -> dict[str, Any]:
    """A comparison whose papers scatter around the estimate by a fixed pattern."""
    names = names or [f"article-{index:02d}" for index in range(documents)]
    scatter = np.linspace(-0.06, 0.06, documents) if documents > 1 else np.zeros(1)
    rows = []
    for index, name in enumerate(names):
        own = before + 0.15 * np.sin(2.0 * index)
        after = own + estimate + scatter[index]
        rows.append(
            {
                "document": name,
                "before_nats_per_token": own,
                "after_nats_per_token": after,
                "before_perplexity": float(np.exp(own)),
                "after_perplexity": float(np.exp(after)),
                "num_tokens": 1500 + 40 * index,
            }
        )
    return {
        "before": score(before, documents),
        "after": score(before + estimate, documents),
        "difference_nats_per_token": interval(estimate, low, high),
        "difference_bits_per_byte": interval(estimate / 3, low / 3, high / 3),
        "p_value": 0.0156,
        "num_documents": documents,
        "num_improved": sum(row["after_nats_per_token"] < row["before_nats_per_token"] for row in rows),
        "trustworthy": documents >= 6,
        "documents": rows,
    }


def run_settings() -> dict[str, dict[str, Any]]:
    """The runs of the default study, by name."""
    runs = {}
    for fraction in (0.0625, 0.125, 0.25, 0.5, 1):
        for seed in (0, 1, 2):
            parts = ([f"fraction-{fraction}"] if fraction != 1 else []) + ([f"seed-{seed}"] if seed else [])
            runs["_".join(parts) or "default"] = {**SETTINGS, "fraction": fraction, "seed": seed}
    for name, value in (("quantization", "int8"), ("quantization", "none"), ("target_modules", "attention")):
        runs[f"{name}-{value}"] = {**SETTINGS, name: value}
    for name, number in (("context", 128), ("gradient_accumulation_steps", 4)):
        runs[f"{name}-{number}"] = {**SETTINGS, name: number}
    return runs


def change_of(settings: dict[str, Any]) -> float:
    """What a run gains, in nats per token: more with more papers, a little by its other settings."""
    gain = -0.66 + 0.14 * float(np.log2(1 / settings["fraction"])) ** 0.9
    gain += 0.008 * settings["seed"]
    gain += {"int8": -0.004, "none": -0.011}.get(settings["quantization"], 0)
    return gain + 0.05 * (settings["target_modules"] == "attention") + 0.02 * (settings["context"] == 128)


def make_comparison() -> dict[str, Any]:
    runs = {}
    for name, settings in run_settings().items():
        gain = change_of(settings)
        runs[name] = {
            "settings": settings,
            "num_unique_tokens": round(26000 * settings["fraction"]),
            "papers": change(6.01, gain, gain - 0.05, gain + 0.05),
            "general": change(4.95, 0.05 - 0.15 * gain, 0.01 - 0.15 * gain, 0.09 - 0.15 * gain, documents=9),
        }
    scoring = {"window": 1024, "stride": 512, "begin_id": 0, "begin_rule": "begin mark", "compute_dtype": "float32"}
    return {"runs": runs, "default_run": "default", "quantization": make_quantization(), "scoring": scoring}


def make_quantization() -> dict[str, Any]:
    return {
        "none": {
            "base": score(6.0),
            "run": "quantization-none",
            "adapted": score(5.339),
            "merged": None,
            "base_cost_nats": None,
            "adapted_cost_nats": None,
        },
        "int8": {
            "base": score(6.002),
            "run": "quantization-int8",
            "adapted": score(5.346),
            "merged": score(5.344),
            "base_cost_nats": interval(0.002, -0.001, 0.005),
            "adapted_cost_nats": interval(0.007, -0.004, 0.018),
        },
        "nf4": {
            "base": score(6.01),
            "run": "default",
            "adapted": score(5.35),
            "merged": score(5.348),
            "base_cost_nats": interval(0.01, 0.006, 0.014),
            "adapted_cost_nats": interval(0.011, 0.004, 0.018),
        },
    }


def make_samples() -> list[dict[str, Any]]:
    prompt = "Heart transplant recipients are prone to"
    base = {"prompt": prompt, "subject": "base", "run": None, "quantization": "nf4", "ended": False, "num_tokens": 60}
    base |= {"decoding": "greedy", "temperature": None, "top_p": None, "nats": 90.0, "perplexity": 4.4817}
    base |= {"distinct_1": 0.5, "distinct_2": 0.5, "distinct_3": 0.5, "longest_repeat": 4}
    adapted = {**base, "subject": "adapted", "run": "default", "ended": True, "num_tokens": 34}
    return [
        {**adapted, "text": " infection in the first months, when immunosuppression is strongest.", "looped": False},
        {**base, "text": " the object. the object. the object. the object.", "looped": True},
        {**base, "decoding": "sampled", "temperature": 0.8, "top_p": 0.95, "text": " a method.", "looped": False},
        {**base, "prompt": 'The donor\'s "age" & size', "text": " <script>alert('sample')</script>", "looped": False},
    ]


def make_memorization() -> dict[str, Any]:
    def said(number: int, mean: float, most: int) -> dict[str, Any]:
        return {
            "num_verbatim": number,
            "share": number / 200,
            "low": 0.0,
            "high": 0.05,
            "mean_match_tokens": mean,
            "max_match_tokens": most,
        }

    return {
        "prefix_tokens": 32,
        "new_tokens": 24,
        "p_value_train_heldout": 0.007,
        "train": {
            "num_paragraphs": 200,
            "num_papers": 16,
            "trustworthy": True,
            "base": said(0, 0.5, 3),
            "adapted": said(7, 2.25, 24),
        },
        "heldout": {
            "num_paragraphs": 200,
            "num_papers": 7,
            "trustworthy": True,
            "base": said(0, 0.5, 3),
            "adapted": said(0, 0.75, 6),
        },
    }


def make_terms() -> dict[str, Any]:
    def word(name: str, change: float, number: int) -> dict[str, Any]:
        return {
            "word": name,
            "change_nats": change,
            "low": change - 0.25,
            "high": change + 0.25,
            "num_occurrences": number,
        }

    rose = [word("allograft", -1.5, 41), word("<b>donor</b>", -1.0, 30)]
    return {"min_occurrences": 5, "min_papers": 2, "rose": rose, "fell": [word("class", 0.75, 6)]}


def make_history(settings: dict[str, Any]) -> pd.DataFrame:
    steps = np.arange(1, max(4, round(40 * settings["fraction"])) + 1)
    tokens = steps * 2600
    loss = 5.98 + change_of(settings) * (1 - np.exp(-2.5 * steps / steps[-1])) + 0.04 * np.sin(steps + settings["seed"])
    validation = [None] * (len(steps) - 1) + [float(loss[-1]) + 0.1]
    return pd.DataFrame(
        {
            "step": steps,
            "num_tokens": tokens,
            "loss_nats": loss,
            "learning_rate": 2e-3,
            "validation_loss_nats": pd.array(validation, dtype="Float64").to_numpy(dtype=float, na_value=np.nan),
        }
    )


def make_metrics(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    unique = round(26000 * settings["fraction"])
    return {
        "run": name,
        "settings": settings,
        "num_papers": max(1, round(16 * settings["fraction"])),
        "num_unique_tokens": unique,
        "num_trained_tokens": 4 * unique,
        "num_dropped_tokens": 0,
        "num_steps": max(4, round(40 * settings["fraction"])),
        "packing_efficiency": 1.0,
        "final_train_loss_nats": 5.4,
        "validation_loss_nats": 5.5,
        "parameters": {"trainable": 98304, "total": 2200000, "share": 0.0447, "names": ["lora_A", "lora_B"]},
    }


def make_ledger() -> pd.DataFrame:
    reasons = {"kept": 5200, "references": 1400, "page header": 420, "caption": 310, "table": 260, "page footer": 120}
    rows = [(f"article-{index:02d}", reason, size + index) for index in range(25) for reason, size in reasons.items()]
    return pd.DataFrame(rows, columns=["paper", "reason", "characters"])


def make_jobs(runs: list[str]) -> pd.DataFrame:
    """Half a minute of training for each run, two folds, and scoring."""
    rows = [("training", run, 30.0) for run in runs]
    rows += [("training for the cross-validation", f"fold-{fold}-of-2", 25.0) for fold in (1, 2)]
    rows += [("scoring", run, 12.0) for run in runs] + [("samples, words and paragraphs", "probe_default", 20.0)]
    return pd.DataFrame(rows, columns=["kind", "job", "seconds"])


def make_inputs(**changes: Any) -> ReportInputs:
    """The whole study; any part can be given instead."""
    runs = run_settings()
    splits = ["train"] * 16 + ["validation"] * 2 + ["test"] * 7
    papers = [f"article-{index:02d}" for index in range(25)]
    rejected = [("broken", "broken.pdf", "damaged", "no page could be read", 0)]
    timing = {
        "devices": 1,
        "seconds_train": 21.0,
        "seconds_total": 26.5,
        "tokens_per_second": 7800.0,
        "peak_memory_mb": 910.0,
    }
    parts: dict[str, Any] = {
        "title": "Heart transplantation, a demonstration",
        "comparison": make_comparison(),
        "law": make_law(),
        "samples": make_samples(),
        "rejected": pd.DataFrame(rejected, columns=["paper", "file", "reason", "detail", "pages"]),
        "ledger": make_ledger(),
        "split": pd.DataFrame({"paper": papers, "split": splits, "num_words": range(800, 825)}),
        "metrics": {name: make_metrics(name, settings) for name, settings in runs.items()},
        "history": {name: make_history(settings) for name, settings in runs.items()},
        "timing": {name: {**timing, "hardware": {"cpu": "Some CPU", "gpu": None, "threads": 2}} for name in runs},
        "provenance": {
            "code digest": "0123456789abcdef",
            "configuration": {"corpus": {"papers": "papers", "min_words": 200}, "training": {"rank": 8}},
            "hardware": {"cpu": "Some CPU", "gpu": None, "threads": 2},
            "versions": {"torch": "2.13.0", "peft": "0.21.2"},
        },
        "rows": pd.DataFrame({"paper": papers * 20, "section": ["Introduction"] * 500}),
        "tokens": pd.DataFrame(
            {
                "document": papers,
                "sha256": [f"{n:064x}" for n in range(25)],
                "split": splits,
                "num_tokens": [1600] * 25,
                "num_words": [900] * 25,
                "num_bytes": [6400] * 25,
            }
        ),
        "rules": RULES,
        "jobs": make_jobs(list(runs)),
        "memorization": make_memorization(),
        "terms": make_terms(),
    }
    return ReportInputs(**{**parts, **changes})
