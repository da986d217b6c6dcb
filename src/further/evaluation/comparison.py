"""Did it make a difference: perplexities, and paired differences with intervals over papers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from further.evaluation.intervals import MIN_TRUSTED, ratio_interval
from further.evaluation.pairing import HOW, check_alike, digest_texts, pair_scores
from further.evaluation.rates import rates


def summarize(scores: pd.DataFrame) -> dict[str, Any]:
    """Perplexity of a set of documents, every token weighing the same.

    Args:
        scores: Columns nats, num_tokens, num_words, num_bytes, document, sha256; one row per document.
    """
    nats = float(scores["nats"].sum())
    counts = {name: int(scores[name].sum()) for name in ("num_tokens", "num_words", "num_bytes")}
    return (
        rates(nats, counts)
        | counts
        | {
            "nats_per_token": nats / counts["num_tokens"],
            "num_documents": len(scores),
            "sha256": digest_texts(scores),
        }
    )


def compare(before: pd.DataFrame, after: pd.DataFrame, resamples: int, seed: int) -> dict[str, Any]:
    """Compare two models on the same documents, paired by document.

    Args:
        before: Scores of the first model, one row per document.
        after: Scores of the second.
        resamples: Bootstrap resamples of the documents.
        seed: Of the bootstrap.

    Returns:
        Both summaries, differences (after - before; negative is better) with intervals, whose open ends are None, the
        exact two-sided sign test's p-value, and each document's numbers.

    Raises:
        ValueError: If the documents, to the byte, or the way of scoring are not the same, or no document has a token.
    """
    paired = pair_scores(before, after)
    change = paired["nats_after"] - paired["nats_before"]
    improved = int((change < 0).sum())
    return {
        "before": summarize(before),
        "after": summarize(after),
        "difference_nats_per_token": ratio_interval(change, paired["num_tokens"], resamples, seed),
        "difference_bits_per_byte": ratio_interval(change / np.log(2), paired["num_bytes"], resamples, seed),
        "p_value": float(stats.binomtest(improved, int((change != 0).sum())).pvalue) if (change != 0).any() else 1.0,
        "num_documents": len(paired),
        "num_improved": improved,
        "trustworthy": len(paired) >= MIN_TRUSTED,
        "documents": [_describe(row) for row in paired.itertuples(index=False)],
    }


def _describe(row: Any) -> dict[str, Any]:
    before, after = row.nats_before / row.num_tokens, row.nats_after / row.num_tokens
    return {
        "document": row.document,
        "before_nats_per_token": before,
        "after_nats_per_token": after,
        "before_perplexity": float(np.exp(before)),
        "after_perplexity": float(np.exp(after)),
        "before_bits_per_byte": float(row.nats_before / np.log(2) / row.num_bytes),
        "after_bits_per_byte": float(row.nats_after / np.log(2) / row.num_bytes),
        "num_tokens": int(row.num_tokens),
        "num_words": int(row.num_words),
        "num_bytes": int(row.num_bytes),
        "sha256": row.sha256,
    }


def heldout(scores: pd.DataFrame, text_set: str) -> pd.DataFrame:
    """The held-out documents of a text set.

    Raises:
        ValueError: If there is none, naming text set and split.
    """
    split = {"papers": "test", "general": "heldout"}[text_set]
    chosen = scores[(scores["text_set"] == text_set) & (scores["split"] == split)]
    if chosen.empty:
        raise ValueError(f"nothing to compare: no document of {text_set} ({split}) was scored")
    return chosen


def compare_runs(
    base: Mapping[str, pd.DataFrame], runs: Mapping[str, pd.DataFrame], metrics: Mapping[str, dict[str, Any]],
    resamples: int, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Compare each run with the base at the run's own quantization, on held-out papers and on general text.

    Args:
        base: Scores by quantization.
        runs: Scores by run.
        metrics: Metrics of training by run.
        resamples: Bootstrap resamples.
        seed: Of the bootstrap.

    Raises:
        ValueError: If a base was scored at another precision, in another way or on other texts than the run.
    """
    result = {}
    for run, scores in runs.items():
        before = base[metrics[run]["settings"]["quantization"]]
        check_alike(before, scores, ["quantization"])
        result[run] = {
            "settings": metrics[run]["settings"],
            "num_unique_tokens": metrics[run]["num_unique_tokens"],
        } | {
            name: compare(heldout(before, name), heldout(scores, name), resamples, seed)
            for name in ("papers", "general")
        }
    return result


def describe_scoring(scores: pd.DataFrame) -> dict[str, Any]:
    """How the documents of a table were scored: window and stride, begin mark, precision of the computation."""
    line = scores.iloc[0]
    return {name: line[name] if isinstance(line[name], str) else int(line[name]) for name in HOW}
