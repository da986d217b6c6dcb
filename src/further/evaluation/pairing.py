"""Two models' scores side by side, after a check that both were scored on the same bytes in the same way."""

import hashlib
from collections.abc import Sequence

import pandas as pd

HOW = ("base", "window", "stride", "begin_id", "begin_rule", "compute_dtype")
"""Columns of a score table that say how it was made: one value each, alike in what is compared."""
HINTS = {"base": "; models of two bases, whose tokens may differ, are compared by their bits_per_byte alone"}
TEXT = ("sha256", "num_tokens", "num_words", "num_bytes")
"""Columns that say what was scored, document by document."""


def pair_scores(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Join two models' scores by document: document, the columns of `TEXT`, nats_before, nats_after.

    Documents without a token are left out: they have no loss to compare.

    Raises:
        ValueError: If the two were not scored on the same documents, to the byte, in the same way, or none has a token.
    """
    check_alike(before, after, HOW)
    _check_documents(before, after)
    columns = ["document", *TEXT, "nats"]
    # The columns of `TEXT` are alike in both, as was just checked: those of one are kept.
    paired = before[columns].merge(after[["document", "nats"]], on="document", suffixes=("_before", "_after"))
    paired = paired[paired["num_tokens"] > 0].sort_values("document").reset_index(drop=True)
    if paired.empty:
        raise ValueError(f"nothing to compare: no document of {_name_texts(before)} has a token")
    return paired


def check_alike(before: pd.DataFrame, after: pd.DataFrame, columns: Sequence[str]) -> None:
    """Check that columns hold one value, the same in both tables.

    Raises:
        ValueError: Naming the column, both values and both models.
    """
    for column in columns:
        first, second = (sorted(set(scores[column]), key=str) for scores in (before, after))
        if first != second or len(first) > 1:
            values = f"{_list(first)} for {_name(before)} and {_list(second)} for {_name(after)}"
            raise ValueError(f"scored differently: {column} is {values}{HINTS.get(column, '')}")


def _check_documents(before: pd.DataFrame, after: pd.DataFrame) -> None:
    first, second = before.set_index("document"), after.set_index("document")
    if not (first.index.is_unique and second.index.is_unique):
        raise ValueError(f"scored differently: a document stands twice in {_name(before)} or {_name(after)}")
    alone = sorted(set(first.index) ^ set(second.index))
    if alone:
        raise ValueError(f"scored differently: {_list(alone)} only for one of {_name(before)} and {_name(after)}")
    for column in TEXT:
        unlike = first[column].ne(second[column].reindex(first.index))
        if unlike.any():
            document = unlike.index[unlike][0]
            raise ValueError(
                f"scored differently: {column} of {document} is {first[column][document]} for {_name(before)} and "
                f"{second[column][document]} for {_name(after)}"
            )


def _name(scores: pd.DataFrame) -> str:
    return name_model(*scores[["subject", "run", "quantization"]].iloc[0])


def name_model(subject: str, run: str | None, quantization: str) -> str:
    """A scored model in words, for messages: `adapted seed-1 at nf4`."""
    return f"{subject}{'' if pd.isna(run) else f' {run}'} at {quantization}"


def _name_texts(scores: pd.DataFrame) -> str:
    return ", ".join(sorted(set(scores["text_set"] + " (" + scores["split"] + ")")))


def _list(values: Sequence[object]) -> str:
    return ", ".join(map(str, values))


def digest_texts(scores: pd.DataFrame) -> str:
    """SHA-256 of a set of documents: of the lines `document sha256`, sorted by document."""
    pairs = sorted(zip(scores["document"], scores["sha256"], strict=True))
    return hashlib.sha256("".join(f"{document} {digest}\n" for document, digest in pairs).encode()).hexdigest()
