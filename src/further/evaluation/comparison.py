"""Did it make a difference: perplexities, and paired differences with intervals over papers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from further.evaluation.intervals import ratio_interval
from further.evaluation.pairing import HOW, check_alike, digest_texts, pair_scores
from further.evaluation.rates import rates
from further.records.base import DEFAULT_RUN, Interval
from further.records.comparison import DocumentChange, Paired, RunComparison, Scoring, Summary, TextSet
from further.records.training import Metrics
from further.settings import BootstrapSettings

HELD_OUT: dict[TextSet, str] = {"papers": "test", "general": "heldout"}


def summarize(scores: pd.DataFrame) -> Summary:
    """Perplexity of a set of documents, a row of scores each, every token weighing the same."""
    nats = float(scores["nats"].sum())
    counts = {name: int(scores[name].sum()) for name in ("num_tokens", "num_words", "num_bytes")}
    return Summary(
        **rates(nats, **counts).model_dump(),
        **counts,
        nats_per_token=nats / counts["num_tokens"],
        num_documents=len(scores),
        sha256=digest_texts(scores),
    )


def compare(before: pd.DataFrame, after: pd.DataFrame, how: BootstrapSettings) -> Paired:
    """Compare two models on the same documents, paired by document, a row of scores each.

    Raises:
        ValueError: If the documents, to the byte, or the way of scoring are not the same, or no document has a token.
    """
    paired = pair_scores(before, after)
    change = paired["nats_after"] - paired["nats_before"]
    improved = int((change < 0).sum())
    # The sign test knows two outcomes: documents that did not change are left out of it.
    return Paired(
        before=summarize(before),
        after=summarize(after),
        difference_nats_per_token=ratio_interval(change, paired["num_tokens"], how),
        difference_bits_per_byte=ratio_interval(change / np.log(2), paired["num_bytes"], how),
        p_value=float(stats.binomtest(improved, int((change != 0).sum())).pvalue) if (change != 0).any() else 1.0,
        num_documents=len(paired),
        num_improved=improved,
        documents=tuple(_describe(row) for row in paired.itertuples(index=False)),
    )


def _describe(row: Any) -> DocumentChange:
    before, after = row.nats_before / row.num_tokens, row.nats_after / row.num_tokens
    return DocumentChange(
        document=row.document,
        before_nats_per_token=before,
        after_nats_per_token=after,
        before_perplexity=float(np.exp(before)),
        after_perplexity=float(np.exp(after)),
        before_bits_per_byte=float(row.nats_before / np.log(2) / row.num_bytes),
        after_bits_per_byte=float(row.nats_after / np.log(2) / row.num_bytes),
        num_tokens=int(row.num_tokens),
        num_words=int(row.num_words),
        num_bytes=int(row.num_bytes),
        sha256=row.sha256,
    )


def heldout(scores: pd.DataFrame, text_set: TextSet) -> pd.DataFrame:
    """The held-out documents of a text set.

    Raises:
        ValueError: If there is none, naming text set and split.
    """
    split = HELD_OUT[text_set]
    chosen = scores[(scores["text_set"] == text_set) & (scores["split"] == split)]
    if chosen.empty:
        raise ValueError(f"nothing to compare: no document of {text_set} ({split}) was scored")
    return chosen


def compare_runs(
    base: Mapping[str, pd.DataFrame],
    runs: Mapping[str, pd.DataFrame],
    metrics: Mapping[str, Metrics],
    how: BootstrapSettings,
) -> dict[str, RunComparison]:
    """Compare each run with the base at the run's own quantization, on held-out papers and on general text.

    Args:
        runs: Scores by run, the default one among them.

    Raises:
        ValueError: If a base was scored at another precision, in another way or on other texts than the run.
    """
    default = heldout(runs[DEFAULT_RUN], "papers")
    result = {}
    for run, scores in runs.items():
        before = base[metrics[run].settings.quantization]
        check_alike(before, scores, ["quantization"])
        papers = heldout(scores, "papers")
        result[run] = RunComparison(
            settings=metrics[run].settings,
            num_unique_tokens=metrics[run].num_unique_tokens,
            papers=compare(heldout(before, "papers"), papers, how),
            general=compare(heldout(before, "general"), heldout(scores, "general"), how),
            against_default=None if run == DEFAULT_RUN else difference(default, papers, how),
        )
    return result


def difference(before: pd.DataFrame, after: pd.DataFrame, how: BootstrapSettings) -> Interval:
    """The loss of one model minus another's on the same documents, in nats per token.

    Raises:
        ValueError: If they were not scored alike.
    """
    paired = pair_scores(before, after)
    return ratio_interval(paired["nats_after"] - paired["nats_before"], paired["num_tokens"], how)


def describe_scoring(scores: pd.DataFrame) -> Scoring:
    """How the documents of a table were scored."""
    return Scoring.model_validate(scores[list(HOW)].to_dict("records")[0])
