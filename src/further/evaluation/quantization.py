"""What quantization cost and what adaptation gained, apart from each other."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from further.evaluation.comparison import compare, heldout, summarize


def split_quantization(
    base: Mapping[str, pd.DataFrame], runs: Mapping[str, pd.DataFrame], merged: Mapping[str, pd.DataFrame],
    quantization_runs: Mapping[str, str], resamples: int, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """The way from the base at full precision to the adapted and the merged model, on held-out papers.

        base, none --base_cost--> base, quantized --adaptation--> adapted --merging--> merged, none
            `------------------------------------- total -------------------------------------^

    Args:
        base: Scores by quantization, `none` among them.
        runs: Scores by run.
        merged: Scores of adapters merged into the full-precision base, by run.
        quantization_runs: The run that was trained at each quantization.
        resamples: Bootstrap resamples.
        seed: Of the bootstrap.

    Returns:
        By quantization: summaries, and differences of the later model less the earlier one in nats per token, with
        intervals paired by paper; positive is worse. What does not exist is null.

    Raises:
        ValueError: If two of them were not scored on the same texts in the same way.
    """

    def difference(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float | None]:
        compared = compare(heldout(before, "papers"), heldout(after, "papers"), resamples, seed)
        nats: dict[str, float | None] = compared["difference_nats_per_token"]
        return nats

    full_run = quantization_runs.get("none")
    full_base = heldout(base["none"], "papers")
    return {
        quantization: {
            "full_base": summarize(full_base),
            "base": summarize(heldout(base[quantization], "papers")),
            "run": run,
            "adapted": summarize(heldout(runs[run], "papers")),
            "merged": summarize(heldout(merged[run], "papers")) if run in merged else None,
            "base_cost_nats": difference(base["none"], base[quantization]),
            "adaptation_nats": difference(base[quantization], runs[run]),
            "adapted_cost_nats": difference(runs[full_run], runs[run]) if full_run else None,
            "merging_nats": difference(runs[run], merged[run]) if run in merged else None,
            "total_nats": difference(base["none"], merged[run]) if run in merged else None,
        }
        for quantization, run in quantization_runs.items()
    }
