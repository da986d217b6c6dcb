"""What quantisation cost and what adaptation gained, apart from each other."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from further.evaluation.comparison import compare, heldout, summarise


def split_quantisation(
    base: Mapping[str, pd.DataFrame], runs: Mapping[str, pd.DataFrame], merged: Mapping[str, pd.DataFrame],
    quantisation_runs: Mapping[str, str], resamples: int, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """The way from the base at full precision to the adapted and the merged model, on held-out papers.

        base, none --base_cost--> base, quantised --adaptation--> adapted --merging--> merged, none
            `------------------------------------- total -------------------------------------^

    Args:
        base: Scores by quantisation, `none` among them.
        runs: Scores by run.
        merged: Scores of adapters merged into the full-precision base, by run.
        quantisation_runs: The run that was trained at each quantisation.
        resamples: Bootstrap resamples.
        seed: Of the bootstrap.

    Returns:
        By quantisation: summaries, and differences of the later model less the earlier one in nats per token, with
        intervals paired by paper; positive is worse. What does not exist is null.

    Raises:
        ValueError: If two of them were not scored on the same texts in the same way.
    """

    def difference(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float | None]:
        compared = compare(heldout(before, "papers"), heldout(after, "papers"), resamples, seed)
        nats: dict[str, float | None] = compared["difference_nats_per_token"]
        return nats

    full_run = quantisation_runs.get("none")
    full_base = heldout(base["none"], "papers")
    return {
        quantisation: {
            "full_base": summarise(full_base),
            "base": summarise(heldout(base[quantisation], "papers")),
            "run": run,
            "adapted": summarise(heldout(runs[run], "papers")),
            "merged": summarise(heldout(merged[run], "papers")) if run in merged else None,
            "base_cost_nats": difference(base["none"], base[quantisation]),
            "adaptation_nats": difference(base[quantisation], runs[run]),
            "adapted_cost_nats": difference(runs[full_run], runs[run]) if full_run else None,
            "merging_nats": difference(runs[run], merged[run]) if run in merged else None,
            "total_nats": difference(base["none"], merged[run]) if run in merged else None,
        }
        for quantisation, run in quantisation_runs.items()
    }
