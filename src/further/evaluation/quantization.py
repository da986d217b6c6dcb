"""What quantization cost and what adaptation gained, apart from each other."""

from collections.abc import Mapping

import pandas as pd

from further.evaluation.comparison import difference, heldout, summarize
from further.records.base import Interval
from further.records.comparison import QuantizationSteps
from further.settings import BootstrapSettings


def split_quantization(
    base: Mapping[str, pd.DataFrame],
    runs: Mapping[str, pd.DataFrame],
    merged: Mapping[str, pd.DataFrame],
    quantization_runs: Mapping[str, str],
    how: BootstrapSettings,
) -> dict[str, QuantizationSteps]:
    """The way from the base at full precision to the adapted and the merged model, on held-out papers.

        base, none --base_cost--> base, quantized --adaptation--> adapted --merging--> merged, none
            `------------------------------------- total -------------------------------------^

    Args:
        base: Scores by quantization, `none` among them.
        merged: Scores of adapters merged into the full-precision base, by run.
        quantization_runs: The run that was trained at each quantization.

    Returns:
        By quantization; differences are the later model less the earlier one, positive is worse.
    """

    def change(before: pd.DataFrame | None, after: pd.DataFrame | None) -> Interval | None:
        return None if before is None or after is None else difference(before, after, how)

    bases, adapted, merges = (
        {name: heldout(scores, "papers") for name, scores in tables.items()} for tables in (base, runs, merged)
    )
    # A study need not have trained without quantization: what it would take then stays None.
    full, full_run = bases["none"], adapted.get(quantization_runs.get("none", ""))
    return {
        quantization: QuantizationSteps(
            run=run,
            full_base=summarize(full),
            base=summarize(bases[quantization]),
            adapted=summarize(adapted[run]),
            merged=summarize(merges[run]) if run in merges else None,
            base_cost_nats=difference(full, bases[quantization], how),
            adaptation_nats=difference(bases[quantization], adapted[run], how),
            adapted_cost_nats=change(full_run, adapted[run]),
            merging_nats=change(adapted[run], merges.get(run)),
            total_nats=change(full, merges.get(run)),
        )
        for quantization, run in quantization_runs.items()
    }
