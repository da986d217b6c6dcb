"""Did it make a difference: perplexities, and paired differences with intervals over papers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

LEVEL = 0.95
MIN_TRUSTED = 6  # documents under which an interval is not to be trusted


def summarise(scores: pd.DataFrame) -> dict[str, Any]:
    """Perplexity of a set of documents, every token weighing the same.

    Args:
        scores: Columns nats, num_tokens, num_words, num_bytes; one row per document.
    """
    nats, tokens, words, size = (float(scores[name].sum()) for name in ("nats", "num_tokens", "num_words", "num_bytes"))
    return {
        "nats_per_token": nats / tokens,
        "perplexity": float(np.exp(nats / tokens)),
        "word_perplexity": float(np.exp(nats / words)),
        "bits_per_byte": nats / np.log(2) / size,
        "num_documents": len(scores),
        "num_tokens": int(tokens),
        "num_bytes": int(size),
    }


def compare(before: pd.DataFrame, after: pd.DataFrame, resamples: int, seed: int) -> dict[str, Any]:
    """Compare two models on the same documents, paired by document.

    Args:
        before: Scores of the first model, one row per document.
        after: Scores of the second.
        resamples: Bootstrap resamples of the documents.
        seed: Of the bootstrap.

    Returns:
        Both summaries, differences (after - before; negative is better) with intervals, the exact two-sided sign
        test's p-value, and each document's numbers.

    Raises:
        ValueError: If the documents, their sizes or the windows are not the same.
    """
    paired = pair_scores(before, after)
    change = paired["nats_after"] - paired["nats_before"]
    improved = int((change < 0).sum())
    return {
        "before": summarise(before),
        "after": summarise(after),
        "difference_nats_per_token": ratio_interval(change, paired["num_tokens"], resamples, seed),
        "difference_bits_per_byte": ratio_interval(change / np.log(2), paired["num_bytes"], resamples, seed),
        "p_value": float(stats.binomtest(improved, int((change != 0).sum())).pvalue) if (change != 0).any() else 1.0,
        "num_documents": len(paired),
        "num_improved": improved,
        "trustworthy": len(paired) >= MIN_TRUSTED,
        "documents": [_describe(row) for row in paired.itertuples(index=False)],
    }


def pair_scores(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Join two models' scores by document: document, nats_before, nats_after, num_tokens, num_bytes.

    Raises:
        ValueError: If the two were not scored on the same documents in the same way.
    """
    keys = ["document", "num_tokens", "num_words", "num_bytes", "window", "stride"]
    paired = before[[*keys, "nats"]].merge(after[[*keys, "nats"]], on=keys, suffixes=("_before", "_after"))
    if not len(before) == len(after) == len(paired):
        raise ValueError(f"scored differently: {len(before)} and {len(after)} documents, {len(paired)} of them alike")
    return paired.sort_values("document").reset_index(drop=True)


def ratio_interval(amounts: "pd.Series[float]", sizes: "pd.Series[int]", resamples: int, seed: int) -> dict[str, float]:
    """Sum of amounts over sum of sizes, with a studentised bootstrap interval over documents.

    Args:
        amounts: Per document, in nats or bits.
        sizes: Per document, in tokens or bytes.
        resamples: Number of bootstrap resamples.
        seed: Of the resampling.

    Returns:
        estimate, low, high and level; with one document, or none that differs, the interval is the estimate.

    Source:
        Efron and Tibshirani 1993, section 12.5, with the linearised standard error of a ratio. A simulation of 25
        papers of unequal length covers the truth in 94 to 96 % of trials; BCa in 90 to 91 %.
    """
    values, weights = amounts.to_numpy(dtype=float), sizes.to_numpy(dtype=float)
    estimate, error = _ratio(values, weights)
    low, high = estimate, estimate
    if len(values) > 1 and error > 0:
        picks = np.random.default_rng(seed).integers(0, len(values), (resamples, len(values)))
        estimates, errors = _ratio(values[picks], weights[picks])
        usable = errors > 0  # a resample of one document alone says nothing of the spread
        pivots = (estimates[usable] - estimate) / errors[usable]
        upper, lower = np.quantile(pivots, [(1 + LEVEL) / 2, (1 - LEVEL) / 2])
        low, high = estimate - upper * error, estimate - lower * error
    return {"estimate": float(estimate), "low": float(low), "high": float(high), "level": LEVEL}


def _ratio(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Ratio of the sums over the last axis, and its linearised standard error."""
    count = values.shape[-1]
    ratio = values.sum(-1) / weights.sum(-1)
    residuals = values - ratio[..., None] * weights
    error = np.sqrt(count / max(count - 1, 1) * (residuals**2).sum(-1)) / weights.sum(-1)
    return ratio, np.where(error > 1e-12 * np.abs(ratio), error, 0.0)


def _describe(row: Any) -> dict[str, Any]:
    before, after = row.nats_before / row.num_tokens, row.nats_after / row.num_tokens
    return {
        "document": row.document,
        "before_nats_per_token": before,
        "after_nats_per_token": after,
        "before_perplexity": float(np.exp(before)),
        "after_perplexity": float(np.exp(after)),
        "num_tokens": int(row.num_tokens),
    }


def heldout(scores: pd.DataFrame, text_set: str) -> pd.DataFrame:
    """The held-out documents of a text set."""
    split = {"papers": "test", "general": "heldout"}[text_set]
    return scores[(scores["text_set"] == text_set) & (scores["split"] == split)]


def compare_runs(
    base: Mapping[str, pd.DataFrame], runs: Mapping[str, pd.DataFrame], metrics: Mapping[str, dict[str, Any]],
    resamples: int, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Compare each run with the base at the run's own quantisation, on held-out papers and on general text.

    Args:
        base: Scores by quantisation.
        runs: Scores by run.
        metrics: Metrics of training by run.
        resamples: Bootstrap resamples.
        seed: Of the bootstrap.
    """
    result = {}
    for run, scores in runs.items():
        before = base[metrics[run]["settings"]["quantisation"]]
        result[run] = {
            "settings": metrics[run]["settings"],
            "num_unique_tokens": metrics[run]["num_unique_tokens"],
        } | {
            name: compare(heldout(before, name), heldout(scores, name), resamples, seed)
            for name in ("papers", "general")
        }
    return result


def cost_of_quantisation(
    base: Mapping[str, pd.DataFrame], runs: Mapping[str, pd.DataFrame], merged: Mapping[str, pd.DataFrame],
    quantisation_runs: Mapping[str, str], resamples: int, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """What each quantisation costs on held-out papers: of the base, and of the model trained on it.

    Args:
        base: Scores by quantisation, `none` among them.
        runs: Scores by run.
        merged: Scores of adapters merged into the full-precision base, by run.
        quantisation_runs: The run that was trained at each quantisation.
        resamples: Bootstrap resamples.
        seed: Of the bootstrap.

    Returns:
        By quantisation; costs in nats per token, positive where quantisation is worse than full precision.
    """

    def cost(full: pd.DataFrame, quantised: pd.DataFrame) -> dict[str, float]:
        difference: dict[str, float] = compare(heldout(full, "papers"), heldout(quantised, "papers"), resamples, seed)[
            "difference_nats_per_token"
        ]
        return difference

    full_run = quantisation_runs.get("none")
    return {
        quantisation: {
            "base": summarise(heldout(base[quantisation], "papers")),
            "run": run,
            "adapted": summarise(heldout(runs[run], "papers")),
            "merged": summarise(heldout(merged[run], "papers")) if run in merged else None,
            "base_cost_nats": cost(base["none"], base[quantisation]),
            "adapted_cost_nats": cost(runs[full_run], runs[run]) if full_run else None,
        }
        for quantisation, run in quantisation_runs.items()
    }
