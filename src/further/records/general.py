"""The record of general text: where it comes from, and how much of it is replayed and held out."""

from further.records.base import Record


class GeneralSource(Record):
    """One source.

    Attributes:
        name: Of its file, without the ending.
        kind: What it is, as in "Novels"; None for a user's own.
        origin: Where it is from.
        license: None where nobody said.
        train_documents, train_words: To replay.
        heldout_documents, heldout_words: To measure forgetting on.
    """

    name: str
    kind: str | None
    origin: str
    license: str | None
    train_documents: int
    train_words: int
    heldout_documents: int
    heldout_words: int


class GeneralTexts(Record):
    """All sources, in the order of their names."""

    sources: tuple[GeneralSource, ...]
