"""The tables of a small corpus, made by arithmetic."""

from typing import Any

import pandas as pd

from further.report.results import Corpus

PAPERS = [f"article-{index:02d}" for index in range(25)]


def make_losses(**papers: dict[str, Any]) -> pd.DataFrame:
    """What is missing of papers; nothing but what is said."""
    nothing = {"pages": 9, "unread_pages": [], "damaged_pages": [], "repaired": False, "unread_fonts": []}
    nothing |= {"unknown_signs": 0, "unknown_at_numbers": 0, "flagged": False}
    return pd.DataFrame([{"paper": paper, **nothing, **own} for paper, own in papers.items()])


def make_corpus(**changes: Any) -> Corpus:
    splits = ["train"] * 16 + ["validation"] * 2 + ["test"] * 7
    reasons = {"kept": 5200, "references": 1400, "page header": 420, "caption": 310, "table": 260, "page footer": 120}
    ledger = [(paper, reason, size + index) for index, paper in enumerate(PAPERS) for reason, size in reasons.items()]
    rejected = [("broken", "broken.pdf", "damaged", "no page could be read", 0)]
    tokens = {"document": PAPERS, "split": splits, "sha256": [f"{number:064x}" for number in range(25)]}
    tokens |= {"num_tokens": [1600] * 25, "num_words": [900] * 25, "num_bytes": [6400] * 25}
    tables = {
        "rejected": pd.DataFrame(rejected, columns=["paper", "file", "reason", "detail", "pages"]),
        "ledger": pd.DataFrame(ledger, columns=["paper", "reason", "characters"]),
        "split": pd.DataFrame({"paper": PAPERS, "split": splits, "num_words": range(800, 825)}),
        "rows": pd.DataFrame({"paper": PAPERS * 20, "section": ["Introduction"] * 500}),
        "tokens": pd.DataFrame(tokens),
        "dropped_prose": pd.DataFrame(columns=["paper", "page", "reason", "num_words"]),
        "losses": make_losses(**{paper: {} for paper in PAPERS}),
    }
    return Corpus(**{**tables, **changes})
