"""The table behind each figure: what the reader downloads as CSV, and all that the figure is drawn from."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from further.report.cost_table import cost_to_target
from further.report.inputs import ReportInputs
from further.report.law import law_table
from further.report.trust import differing_settings

SCORES = ("nats_per_token", "perplexity")
OWN_FIGURE = {"fraction", "quantization"}  # settings whose effect another figure shows
MOST_STEPS = 400  # logged steps per run that a figure can show; the whole history stays in its file


def perplexity_by_paper(inputs: ReportInputs) -> pd.DataFrame:
    """Held-out papers of the default run, the most improved first.

    Returns:
        Columns document, num_tokens, before_perplexity, after_perplexity, difference_nats_per_token.
    """
    run = inputs.comparison["runs"][inputs.comparison["default_run"]]
    scored = ["document", "num_tokens", *(f"{when}_{unit}" for when in ("before", "after") for unit in SCORES)]
    table = pd.DataFrame(run["papers"]["documents"], columns=scored)
    table["difference_nats_per_token"] = table["after_nats_per_token"] - table["before_nats_per_token"]
    columns = ["document", "num_tokens", "before_perplexity", "after_perplexity", "difference_nats_per_token"]
    return table[columns].sort_values(["difference_nats_per_token", "document"], ignore_index=True)


def learning_curves(inputs: ReportInputs) -> pd.DataFrame:
    """Every run's loss while it trained; of a long run, evenly chosen steps and all that were validated.

    Returns:
        Columns run, fraction, seed, swept (what else differs from the default run; "" for none), step, num_tokens,
        loss_nats, validation_loss_nats.
    """
    default = inputs.metrics[inputs.comparison["default_run"]]["settings"]
    parts = []
    for run, history in sorted(inputs.history.items()):
        settings = inputs.metrics[run]["settings"]
        swept = differing_settings(settings, default) - {"seed", "fraction"}
        named = _thin(history).assign(
            run=run, fraction=settings["fraction"], seed=settings["seed"], swept=" ".join(sorted(swept))
        )
        parts.append(named)
    columns = ["run", "fraction", "seed", "swept", "step", "num_tokens", "loss_nats", "validation_loss_nats"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _thin(history: pd.DataFrame) -> pd.DataFrame:
    """At most `MOST_STEPS` rows, first and last among them, and every row with a validation loss."""
    chosen = np.unique(np.linspace(0, len(history) - 1, min(len(history), MOST_STEPS)).round().astype(int))
    keep = history["validation_loss_nats"].notna().to_numpy(copy=True)
    keep[chosen] = True
    return history[keep]


def quantization(inputs: ReportInputs) -> pd.DataFrame:
    """Base, adapted and merged model at every precision.

    Returns:
        Columns quantization, subject (base, adapted, merged), nats_per_token, perplexity, cost_nats, low, high: the
        cost against the same subject without quantization and its interval, empty where it has none.
    """
    rows = []
    for name, scores in inputs.comparison["quantization"].items():
        for subject in ("base", "adapted", "merged"):
            if scores[subject] is not None:
                rows.append(_quantized_row(name, subject, scores))
    order = {"none": 0, "int8": 1, "nf4": 2}
    rows.sort(key=lambda row: (order.get(row["quantization"], len(order)), row["quantization"], row["subject"]))
    columns = ["quantization", "subject", "nats_per_token", "perplexity", "cost_nats", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _quantized_row(name: str, subject: str, scores: Mapping[str, Any]) -> dict[str, Any]:
    cost = scores.get(f"{subject}_cost_nats") if name != "none" else None
    cost = cost or {"estimate": None, "low": None, "high": None}
    return {
        "quantization": name,
        "subject": subject,
        "nats_per_token": scores[subject]["nats_per_token"],
        "perplexity": scores[subject]["perplexity"],
        "cost_nats": cost["estimate"],
        "low": cost["low"],
        "high": cost["high"],
    }


def settings(inputs: ReportInputs) -> pd.DataFrame:
    """Runs that differ from the default run in other settings than those with a figure: their loss minus the default's.

    Returns:
        Columns setting, value, run, difference_nats_per_token, low, high, num_documents. Where a sweep moved several
        settings at once, their names and values are joined. Runs of other seeds are among them: they show what luck
        alone does.
    """
    runs = inputs.comparison["runs"]
    default = runs[inputs.comparison["default_run"]]
    rows = []
    for name, run in runs.items():
        differing = differing_settings(run["settings"], default["settings"])
        if not differing or differing & OWN_FIGURE or (len(differing) > 1 and "seed" in differing):
            continue
        paired = paired_difference(run["papers"]["documents"], default["papers"]["documents"])
        if paired is not None:
            values = [run["settings"].get(setting) for setting in sorted(differing)]
            setting, value = ", ".join(sorted(differing)), ", ".join(map(_say_value, values))
            rows.append({"setting": setting, "value": value, "run": name, "order": _by_size(values), **paired})
    rows.sort(key=lambda row: (row["setting"], row["order"], row["run"]))
    columns = ["setting", "value", "run", "difference_nats_per_token", "low", "high", "num_documents"]
    return pd.DataFrame(rows, columns=columns)


def _say_value(value: Any) -> str:
    """A setting's value in a reader's words: names in a list are added up."""
    return " + ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _by_size(values: list[Any]) -> list[tuple[float, str]]:
    """A key that sorts numbers by size and all else by name."""
    return [(float(value), "") if isinstance(value, int | float) else (0.0, str(value)) for value in values]


def paired_difference(documents: list[Mapping[str, Any]], reference: list[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Loss of one run minus another's on the papers that both were scored on, each paper weighted by its tokens.

    Args:
        documents: after_nats_per_token and num_tokens by document.
        reference: The same of the other run.

    Returns:
        difference_nats_per_token; low and high of its 95 % interval (None for one paper); num_documents. None if the
        runs have no paper in common.

    Source:
        A ratio of two totals over papers, with its linearized variance and Student's t (Cochran 1977, Sampling
        Techniques, section 6.4, without the finite population correction).
    """
    others = {document["document"]: document for document in reference}
    pairs = [(document, others[document["document"]]) for document in documents if document["document"] in others]
    if not pairs:
        return None
    tokens = np.array([document["num_tokens"] for document, _ in pairs], dtype=np.float64)
    change = np.array([one["after_nats_per_token"] - other["after_nats_per_token"] for one, other in pairs])
    estimate = float((tokens * change).sum() / tokens.sum())
    number = len(pairs)
    if number < 2:
        return {"difference_nats_per_token": estimate, "low": None, "high": None, "num_documents": number}
    residual = tokens * (change - estimate) / tokens.mean()
    half = float(stats.t.ppf(0.975, number - 1) * np.sqrt((residual**2).sum() / (number * (number - 1))))
    return {
        "difference_nats_per_token": estimate,
        "low": estimate - half,
        "high": estimate + half,
        "num_documents": number,
    }


def forgetting(inputs: ReportInputs) -> pd.DataFrame:
    """What each run gained on held-out papers and lost on general text.

    Returns:
        Columns run, text_set (papers, general), before_perplexity, after_perplexity, difference_nats_per_token, low,
        high, is_default, replay_fraction (of general text among a run's training text; empty for a run that differs
        from the default one in more than that and the seed).
    """
    default = inputs.comparison["runs"][inputs.comparison["default_run"]]["settings"]
    rows = []
    for name, run in sorted(inputs.comparison["runs"].items()):
        is_comparable = differing_settings(run["settings"], default) <= {"seed", "replay_fraction"}
        for text_set in ("papers", "general"):
            scores, difference = run[text_set], run[text_set]["difference_nats_per_token"]
            rows.append(
                {
                    "run": name,
                    "text_set": text_set,
                    "before_perplexity": scores["before"]["perplexity"],
                    "after_perplexity": scores["after"]["perplexity"],
                    "difference_nats_per_token": difference["estimate"],
                    "low": difference["low"],
                    "high": difference["high"],
                    "is_default": name == inputs.comparison["default_run"],
                    "replay_fraction": run["settings"].get("replay_fraction") if is_comparable else None,
                }
            )
    return pd.DataFrame(rows)


def ledger(inputs: ReportInputs) -> pd.DataFrame:
    """Where the extracted characters went, kept first, then by size.

    Returns:
        Columns reason, characters, share (of all characters extracted).
    """
    totals = inputs.ledger.groupby("reason", as_index=False)["characters"].sum()
    totals["share"] = totals["characters"] / max(1, int(totals["characters"].sum()))
    totals["dropped"] = totals["reason"] != "kept"
    totals = totals.sort_values(["dropped", "characters", "reason"], ascending=[True, False, True], ignore_index=True)
    return totals[["reason", "characters", "share"]]


TABLES: Mapping[str, Callable[[ReportInputs], pd.DataFrame]] = {
    "perplexity_by_paper": perplexity_by_paper,
    "learning_curves": learning_curves,
    "scaling_law": lambda inputs: law_table(inputs.law),
    "cost_to_target": lambda inputs: cost_to_target(inputs.law),
    "quantization": quantization,
    "settings": settings,
    "forgetting": forgetting,
    "ledger": ledger,
    "workflow": lambda inputs: pd.DataFrame(inputs.rules, columns=["rule", "needed_by"]),
}
