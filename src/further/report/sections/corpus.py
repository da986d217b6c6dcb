"""The corpus: first what may have been lost, then papers used and rejected, and the split."""

import pandas as pd

from further.report.results import CORPUS_VIEW, TextResults
from further.report.shown_table import ShownTable, show_filled, show_table
from further.report.wording import count_noun, show_count, show_percent

SPLITS = ("train", "validation", "test")
MOST_PAPERS = 5  # whose losses lead the section
MOST_OF_ONE = 0.5  # of the words to train on, above which the paper that holds them is named
LOSSES = {
    "unread_pages": "pages not read", "damaged_pages": "pages read in part", "repaired": "file repaired",
    "unread_fonts": "fonts not read", "unknown_signs": "signs without a meaning",
    "unknown_at_numbers": "of these beside a number", "flagged": "flagged",
}  # fmt: skip
LISTS = ("unread_pages", "damaged_pages", "unread_fonts")  # of which the page shows the number


def fill_corpus(results: TextResults) -> dict[str, object]:
    """Counts and tables of the papers."""
    corpus = results.corpus
    return {
        "counts": say_counts(results),
        "view": CORPUS_VIEW,
        "losses": [table for table in (losses_table(corpus.losses), prose_table(corpus.dropped_prose)) if table],
        "rejected": rejected_table(corpus.rejected),
        "split": split_table(results),
    }


def say_counts(results: TextResults) -> str:
    """How many papers, paragraphs and tokens there are."""
    corpus = results.corpus
    rows = f"{show_count(len(corpus.rows))} headings and paragraphs"
    words = corpus.split[corpus.split["split"] == "train"].set_index("paper")["num_words"]
    share = words.max() / words.sum()  # fractions of the papers are no fractions of the text then
    largest = f" One paper, {words.idxmax()}, holds {show_percent(share)} of the words to train on."
    return (
        f"{count_noun(corpus.num_papers, 'paper')} given, {show_count(len(corpus.rejected))} rejected, "
        f"{show_count(len(corpus.split))} used: {rows}, "
        f"{count_noun(corpus.tokens['num_tokens'].sum(), 'token')} without EOS.{largest if share > MOST_OF_ONE else ''}"
    )


def losses_table(losses: pd.DataFrame) -> ShownTable | None:
    """The papers with most losses (`further.corpus.schemas.LOSSES`), flagged ones first; None without losses."""
    numbers = losses.assign(**{name: losses[name].map(len) for name in LISTS})
    counted = numbers[["paper", *LOSSES]].rename(columns=LOSSES).astype(dict.fromkeys(LOSSES.values(), int))
    names = list(counted.columns[1:])
    # The last column says whether a paper is flagged, which comes first and is not shown.
    found = counted[counted[names].any(axis=1)].sort_values([*reversed(names), "paper"], ascending=[False] * 7 + [True])
    rows = [[str(row[0]), *(show_count(number) if number else "" for number in row[1:])] for row in found.to_numpy()]
    shown = f"{min(len(rows), MOST_PAPERS)} of {count_noun(len(rows), 'paper')} with losses"
    header = ["paper", *names[:-1]]
    caption = f"What could not be read, worst papers first ({shown})"
    return show_filled(caption, header, [row[:-1] for row in rows[:MOST_PAPERS]], first_number=1) if rows else None


def prose_table(lost: pd.DataFrame) -> ShownTable | None:
    """The papers from which most prose was dropped under a label; None without any.

    Args:
        lost: Columns paper, page, reason, num_words, one row for each block.
    """
    if lost.empty:
        return None
    sums = lost.groupby("paper")["num_words"].sum().sort_index().sort_values(ascending=False, kind="stable")
    rows = []
    for paper in sums.index[:MOST_PAPERS]:
        own = lost[lost["paper"] == paper]
        reasons = own.groupby("reason")["num_words"].sum().sort_values(ascending=False)
        said = ", ".join(f"{show_count(words)} as {reason}" for reason, words in reasons.items())
        pages = ", ".join(str(page) for page in sorted(set(own["page"])))
        rows.append((str(paper), show_count(sums[paper]), said, pages))
    caption = "Dropped text that reads like prose, worst papers first"
    return show_table(caption, ("paper", "words", "dropped", "pages"), rows, numbers=[1])


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
