"""The corpus: what may have been lost first, then papers in, rejected and why, and how the papers were divided."""

import pandas as pd

from further.report.results import CORPUS_VIEW, TextResults
from further.report.shown_table import ShownTable, show_table
from further.report.wording import count_noun, show_count

SPLITS = ("train", "validation", "test")
MOST_PAPERS = 5  # whose losses lead the section


def fill_corpus(results: TextResults) -> dict[str, object]:
    """Counts and tables of the papers."""
    corpus = results.corpus
    return {
        "counts": say_counts(results),
        "view": CORPUS_VIEW,
        "losses": [table for table in (prose_table(corpus.dropped_prose), signs_table(corpus.unknown_signs)) if table],
        "rejected": rejected_table(corpus.rejected),
        "split": split_table(results),
    }


def say_counts(results: TextResults) -> str:
    """How many papers, paragraphs and tokens there are."""
    corpus = results.corpus
    rows = f"{show_count(len(corpus.rows))} headings and paragraphs"
    return (
        f"{count_noun(corpus.num_papers, 'paper')} given, {show_count(len(corpus.rejected))} rejected, "
        f"{show_count(len(corpus.split))} used: {rows}, "
        f"{count_noun(corpus.tokens['num_tokens'].sum(), 'token')} without EOS."
    )


def prose_table(dropped: pd.DataFrame | None) -> ShownTable | None:
    """The papers that lost most prose under a label; None where there is none.

    Args:
        dropped: Columns paper, page, words, label, one row for each block.
    """
    if dropped is None or dropped.empty:
        return None
    rows = []
    for paper, own in _worst(dropped, "words"):
        labels = own.groupby("label")["words"].sum().sort_values(ascending=False)
        said = ", ".join(f"{show_count(words)} as {label}" for label, words in labels.items())
        pages = ", ".join(str(page) for page in sorted(set(own["page"])))
        rows.append((paper, show_count(own["words"].sum()), said, pages))
    return show_table(
        "Dropped text that reads like prose, worst papers first",
        ("paper", "words", "dropped", "pages"),
        rows,
        numbers=[1],
    )


def signs_table(unknown: pd.DataFrame | None) -> ShownTable | None:
    """The papers with most characters without a meaning; None where there is none.

    Args:
        unknown: Columns paper, count, beside_digits.
    """
    if unknown is None or unknown.empty or not unknown["count"].sum():
        return None
    rows = [
        (paper, show_count(own["count"].sum()), show_count(own["beside_digits"].sum()))
        for paper, own in _worst(unknown, "count")
        if own["count"].sum()
    ]
    return show_table(
        "Characters whose meaning is unknown, worst papers first",
        ("paper", "characters", "beside digits"),
        rows,
        numbers=[1, 2],
    )


def _worst(table: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    """The rows of the papers with the largest sums of a column, the worst first."""
    sums = table.groupby("paper")[column].sum().sort_index().sort_values(ascending=False, kind="stable")
    return [(str(paper), table[table["paper"] == paper]) for paper in sums.index[:MOST_PAPERS]]


def rejected_table(rejected: pd.DataFrame) -> ShownTable:
    """Papers that could not be used, with the reason."""
    rows = [
        (str(row.file), str(row.reason), str(row.detail or ""), "" if row.pages != row.pages else show_count(row.pages))
        for row in rejected.sort_values(["reason", "file"]).itertuples()
    ]
    return show_table("Rejected papers", ("file", "reason", "detail", "pages"), rows, numbers=[3])


def split_table(results: TextResults) -> ShownTable:
    """Papers, words and tokens by split."""
    words = results.corpus.split.groupby("split")["num_words"].agg(["size", "sum"])
    tokens = results.corpus.tokens.groupby("split")["num_tokens"].sum()
    rows = [
        (name, show_count(words["size"][name]), show_count(words["sum"][name]), show_count(tokens.get(name, 0)))
        for name in SPLITS
        if name in words.index
    ]
    header = ("split", "papers", "words", "tokens without EOS")
    return show_table("How the papers were divided", header, rows, numbers=[1, 2, 3])
