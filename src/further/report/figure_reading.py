"""How to read a figure: only what this study's figure holds."""

from collections.abc import Callable, Mapping

import pandas as pd

from further.report.wording import join_words


def explain_figure(name: str, table: pd.DataFrame) -> str:
    """How to read a figure.

    Args:
        name: One of FIGURES.
        table: What it is drawn from, not empty.
    """
    return " ".join(EXPLAIN[name](table))


def _explain_papers(table: pd.DataFrame) -> list[str]:
    said = "One row per held-out paper. The open dot is the model before further pre-training, the diamond after it."
    worse = bool((table["difference_nats_per_token"] > 0).any())
    return [said, f"Further left is better{'; a dashed line marks a paper that got worse' if worse else ''}."]


def _explain_curves(table: pd.DataFrame) -> list[str]:
    own = table[table["swept"] == ""]
    said = "Lines are the training loss as it was logged"
    if own["validation_loss_nats"].notna().any():
        said += ", diamonds the loss on validation papers, which the run was not trained on"
    looks = ["The stronger the line, the more papers"] if own["fraction"].nunique() > 1 else []
    looks += ["Each seed has its own line"] if own["seed"].nunique() > 1 else []
    return [f"{sentence}." for sentence in (said, *looks)]


def _explain_law(table: pd.DataFrame) -> list[str]:
    kinds = set(table["kind"])
    said = ["Each point is a separate run."]
    if "curve" in kinds:
        beyond = "; beyond the data it is dashed and its band hatched, because there it only guesses"
        said.append(f"The line is the fitted law{beyond if 'extrapolation' in kinds else ''}.")
    if "asymptote" in kinds:
        known = "identified" in set(table.loc[table["kind"] == "asymptote", "label"])
        bar = "the interval of the limit c" if known else "where the limit c may lie, which the data do not say"
        said.append(f"The bar at the right edge is {bar}.")
    if "prediction" in kinds:
        said.append("The dash is what a fit without the largest size foretold for it.")
    return said + (
        ["Dash-dotted lines are targets; one that is far off stands in the legend only."] if "target" in kinds else []
    )


def _explain_cost(table: pd.DataFrame) -> list[str]:
    said = ["Circles are what was measured, placed at what one training on so much text costs."]
    if "forecast" in set(table["kind"]):
        said.append("Diamonds are what the law foretells for more text, with the interval of the loss.")
    targets = table[table["kind"] == "target"]
    priced = targets[["hours_low", "money_low"]].notna().any(axis=1)
    said += ["A thick line at a target is the interval of its cost."] if priced.any() else []
    without = "A target without one is not known to be reachable at any cost; the table under Money and time says why."
    return said + ([] if priced.all() else [without])


def _explain_quantization(table: pd.DataFrame) -> list[str]:
    subjects = [subject for subject in ("base", "adapted", "merged") if subject in set(table["subject"])]
    said = [f"The same papers scored by the {join_words(subjects)} model at each precision."]
    if table["cost_nats"].notna().any():
        below = (
            "Below, what a precision costs against none; an interval that crosses 0 shows no cost that could be told "
        )
        said = [f"Above, {said[0][0].lower()}{said[0][1:]}", f"{below}from nothing."]
    return said


def _explain_settings(table: pd.DataFrame) -> list[str]:
    is_seed = table["setting"] == "seed"
    said = "Each row is a run that differs from the default run in one setting"
    joint = table.loc[~is_seed, "setting"].str.contains(", ").any()
    band = (
        "The grey-blue band is how far another seed alone moved the loss: what lies inside it cannot be told from luck."
    )
    return [
        f"{said}{', or in several that were changed together' if joint else ''}.",
        *([band] if is_seed.any() else []),
    ]


def _explain_forgetting(table: pd.DataFrame) -> list[str]:
    said = (
        "Each point is a run. Left of the vertical line it got better on held-out papers; above the horizontal line it "
        "got worse on general text, that is, it forgot."
    )
    below = "The lower panel shows both changes against the share of replayed general text."
    return [said, *([below] if table["replay_fraction"].nunique() > 1 else [])]


def _explain_ledger(table: pd.DataFrame) -> list[str]:
    said = "Every character that was extracted from the papers is either kept or dropped for one reason."
    return [said, "The bars add up to all of them."]


def _explain_workflow(table: pd.DataFrame) -> list[str]:
    return [
        "Each name is a rule of the workflow; an arrow leads to a rule that needs its files.",
        "Arrows that follow from others are left out of the drawing and stand in the data.",
    ]


EXPLAIN: Mapping[str, Callable[[pd.DataFrame], list[str]]] = {
    "perplexity_by_paper": _explain_papers,
    "learning_curves": _explain_curves,
    "scaling_law": _explain_law,
    "cost_to_target": _explain_cost,
    "quantization": _explain_quantization,
    "settings": _explain_settings,
    "forgetting": _explain_forgetting,
    "ledger": _explain_ledger,
    "workflow": _explain_workflow,
}
