"""Words beside a figure: what it shows in numbers, and what of a toy model's carries over."""

from collections.abc import Callable, Mapping

import pandas as pd

from further.report.cost_table import say_targets
from further.report.wording import count_noun, join_words, show_change, show_count, show_number, show_share

CARRIES_OVER: Mapping[str, tuple[bool, str]] = {
    "perplexity_by_paper": (
        False,
        "The way of measuring carries over; the size of the gain does not. A toy has much to gain.",
    ),
    "learning_curves": (False, "Shape and level belong to the toy and its few steps."),
    "scaling_law": (False, "The method and its warnings carry over; a, b and c belong to this base model alone."),
    "cost_to_target": (
        False,
        "The way of reckoning carries over; speed, price and law are those of this machine and toy.",
    ),
    "quantization": (False, "Small models lose a different amount by rounding than large ones."),
    "settings": (False, "Which setting is best depends on the model and on the amount of text."),
    "forgetting": (False, "A toy knows little that it could forget."),
    "ledger": (True, "Reading and cleaning the papers is the same whatever the model."),
    "workflow": (True, "The rules are those of a real study; only the base model comes from elsewhere."),
}

NOTHING_TO_DRAW: Mapping[str, str] = {
    "perplexity_by_paper": "No held-out paper was scored in this study.",
    "learning_curves": "No run of this study kept its learning curve.",
    "scaling_law": "This study has no runs on several amounts of data, so no law could be fitted.",
    "cost_to_target": "Without a fitted law and a measured speed nothing can be said of what a lower loss costs.",
    "quantization": "This study compares no precisions.",
    "settings": "No run of this study differs from the default run in one setting.",
    "forgetting": "No run of this study was scored on general text.",
    "ledger": "No characters were extracted in this study.",
    "workflow": "The rules of the workflow were not recorded.",
}


def describe_figure(name: str, table: pd.DataFrame) -> str:
    """What a figure shows, in a sentence with its numbers; read aloud in place of the picture."""
    return NOTHING_TO_DRAW[name] if table.empty else DESCRIBE[name](table)


def _describe_papers(table: pd.DataFrame) -> str:
    improved = int((table["difference_nats_per_token"] < 0).sum())
    first, last = table.iloc[0], table.iloc[-1]
    return (
        f"{improved} of {count_noun(len(table), 'held-out paper')} improved. The change runs from "
        f"{show_change(first['difference_nats_per_token'])} nats per token ({first['document']}) to "
        f"{show_change(last['difference_nats_per_token'])} ({last['document']})."
    )


def _describe_curves(table: pd.DataFrame) -> str:
    own = table[table["swept"] == ""]
    last = own.sort_values("step").groupby("run").tail(1)
    return (
        f"{count_noun(own['run'].nunique(), 'run')} on {count_noun(own['fraction'].nunique(), 'amount')} of data; the "
        f"last logged training loss lies between {show_number(last['loss_nats'].min())} and "
        f"{show_number(last['loss_nats'].max())} nats per token."
    )


def _describe_law(table: pd.DataFrame) -> str:
    points = table[table["kind"].isin(["point", "held_out"])]
    if points.empty:
        return "There are no measured points."
    means = points.groupby(points["size"].fillna(points["num_tokens"]))[["num_tokens", "loss_nats"]].mean()
    first, last = means.iloc[0], means.iloc[-1]
    return (
        f"Measured loss goes from {show_number(first['loss_nats'])} nats per token at "
        f"{show_count(first['num_tokens'])} unique tokens to {show_number(last['loss_nats'])} at "
        f"{show_count(last['num_tokens'])}, means over the seeds."
    )


def _describe_quantization(table: pd.DataFrame) -> str:
    parts = [
        f"{row.subject} at {row.quantization} {show_number(row.perplexity)}"
        for row in table.itertuples()
        if row.subject in ("base", "adapted")
    ]
    return f"Perplexity on held-out papers: {join_words(parts)}."


def _describe_settings(table: pd.DataFrame) -> str:
    rows = table[table["setting"] != "seed"]
    parts = [
        f"{row.setting.replace('_', ' ')} {row.value}: {show_change(row.difference_nats_per_token)}"
        for row in rows.itertuples()
    ]
    if not parts:
        return "Only the seed was varied."
    return f"Loss minus the default run's, nats per token: {join_words(parts)}."


def _describe_forgetting(table: pd.DataFrame) -> str:
    default = table[table["is_default"]].set_index("text_set")
    papers, general = default.loc["papers"], default.loc["general"]
    return (
        f"The default run changed held-out papers by {show_change(papers['difference_nats_per_token'])} nats per token "
        f"and general text by {show_change(general['difference_nats_per_token'])} "
        f"(perplexity {show_number(general['before_perplexity'])} to {show_number(general['after_perplexity'])})."
    )


def _describe_ledger(table: pd.DataFrame) -> str:
    parts = [f"{row.reason} {show_share(row.share)}" for row in table.itertuples()]
    return f"Of {show_count(table['characters'].sum())} characters: {join_words(parts)}."


def _describe_cost(table: pd.DataFrame) -> str:
    unit = "money" if table["money"].notna().any() else "hours"
    measured = table[table["kind"] == "measured"].iloc[-1]
    name = measured["currency"] if unit == "money" else "hours"
    largest = f"{show_number(measured['loss_nats'])} nats per token for {show_number(measured[unit])} {name}"
    targets = table[table["kind"] == "target"]
    judged = join_words([f"{row.label} {row.verdict}" for row in targets.itertuples()])
    verdicts = f" Targets: {judged}." if judged else ""
    return f"One training on the largest size reached {largest}. {say_targets(table)}{verdicts}"


def _describe_workflow(table: pd.DataFrame) -> str:
    rules = {*table["rule"], *table["needed_by"]} - {"all"}
    return f"{count_noun(len(rules), 'rule')} and {count_noun(len(table), 'dependency', 'dependencies')} between them."


DESCRIBE: Mapping[str, Callable[[pd.DataFrame], str]] = {
    "perplexity_by_paper": _describe_papers,
    "learning_curves": _describe_curves,
    "scaling_law": _describe_law,
    "cost_to_target": _describe_cost,
    "quantization": _describe_quantization,
    "settings": _describe_settings,
    "forgetting": _describe_forgetting,
    "ledger": _describe_ledger,
    "workflow": _describe_workflow,
}
