"""The corpus: papers in, rejected and why, where the characters went, how the papers were divided."""

from typing import Any

from further.report.inputs import ReportInputs, count_papers
from further.report.study import PageSettings
from further.report.table import Table, make_table
from further.report.wording import THIN, show_count, show_share

SPLITS = ("train", "validation", "test")


def fill_corpus(inputs: ReportInputs, settings: PageSettings) -> dict[str, Any]:
    """Counts and tables of the papers."""
    return {
        "papers": count_papers(inputs),
        "num_rows": None if inputs.rows is None else show_count(len(inputs.rows)),
        "num_tokens": None if inputs.tokens is None else show_count(inputs.tokens["num_tokens"].sum()),
        "rejected": rejected_table(inputs),
        "ledger": ledger_table(inputs),
        "split": split_table(inputs),
    }


def rejected_table(inputs: ReportInputs) -> Table:
    """Papers that could not be used, with the reason."""
    rows = [
        (str(row.file), str(row.reason), str(row.detail or ""), "" if row.pages != row.pages else show_count(row.pages))
        for row in inputs.rejected.sort_values(["reason", "file"]).itertuples()
    ]
    return make_table("Papers that were left out", ("file", "reason", "detail", "pages"), rows, numbers=[3])


def ledger_table(inputs: ReportInputs) -> Table:
    """Characters by reason over the whole corpus."""
    totals = inputs.ledger.groupby("reason")["characters"].sum().sort_values(ascending=False)
    total = max(1, int(totals.sum()))
    reasons = ["kept"] * ("kept" in totals.index) + [str(reason) for reason in totals.index if reason != "kept"]
    rows = [(reason, show_count(totals[reason]), show_share(totals[reason] / total)) for reason in reasons]
    rows.append(("extracted, in all", show_count(totals.sum()), f"100{THIN}%"))
    return make_table("Where every extracted character went", ("characters", "number", "share"), rows, numbers=[1, 2])


def split_table(inputs: ReportInputs) -> Table:
    """Papers, words and, where known, tokens by split."""
    header = ["split", "papers", "words"]
    words = inputs.split.groupby("split")["num_words"].agg(["size", "sum"])
    rows = [
        [name, show_count(words["size"][name]), show_count(words["sum"][name])]
        for name in SPLITS
        if name in words.index
    ]
    if inputs.tokens is not None:
        header.append("tokens, without end marks")
        tokens = inputs.tokens.groupby("split")["num_tokens"].sum()
        for row in rows:
            row.append(show_count(tokens.get(row[0], 0)))
    return make_table("How the papers were divided", header, rows, numbers=[1, 2, 3])
