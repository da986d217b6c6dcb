"""General text: plain English to measure forgetting on and to replay, the bundled one or the user's own."""

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from further.records.general import GeneralSource, GeneralTexts

TEXTS = Path(__file__).parents[2] / "resources" / "general"  # the bundled ones
SOURCES, COLUMNS = "sources.csv", ("file", "kind", "origin", "license")  # a table beside the texts
SUFFIXES = (".txt", ".md")
MOST_WORDS = 300  # from which on a document ends at the next paragraph
FEWEST_WORDS = 100  # under which two empty lines end no document


@dataclass(frozen=True)
class Source:
    """Where a text comes from; a user's own file has neither kind nor license.

    Attributes:
        license: Under which it may be passed on; None: not known.
    """

    name: str
    kind: str | None
    origin: str
    license: str | None


@dataclass(frozen=True)
class Text:
    """A document of general text; its name is that of its source with a number."""

    name: str
    source: Source
    text: str


def find_texts(place: Path) -> list[Path]:
    """Files of general text: one file, or those of a folder (.txt, .md, without README.md), with its `sources.csv`.

    Raises:
        ValueError: If there is none, or if two differ in their ending only, by which documents are not named.
    """
    if not place.exists():
        raise ValueError(f"general.texts: there is no file or folder {place}")
    files = [place] if place.is_file() else sorted(place.iterdir())
    texts = [file for file in files if file.suffix.lower() in SUFFIXES and file.name != "README.md"]
    if not texts:
        raise ValueError(f"general.texts: {place} holds no text: {' or '.join(SUFFIXES)} files are expected")
    stems = [file.stem for file in texts]
    if twice := [file.name for file in texts if stems.count(file.stem) > 1]:
        raise ValueError(f"general.texts: {', '.join(twice)} would be one source: rename all but one")
    return texts + [file for file in files if file.name == SOURCES]


def read_texts(files: Sequence[Path]) -> list[Text]:
    """Cut texts into documents.

    A document ends where two empty lines follow it, or at a paragraph's end once it has 300 words: chapters of a book
    are no units to take intervals over. Fewer than 100 words at a file's end belong to its last document.

    Args:
        files: As `find_texts` gives them, in UTF-8.

    Returns:
        Documents in the order of files and text.

    Raises:
        ValueError: If a file is not UTF-8.
    """
    known = {name: source for file in files if file.name == SOURCES for name, source in _read_sources(file).items()}
    texts = []
    for file in (file for file in files if file.name != SOURCES):
        source = known.get(file.name, Source(file.stem, None, file.name, None))
        parts = cut_documents(_read(file))
        texts += [Text(f"{source.name}-{number:03}", source, part) for number, part in enumerate(parts, start=1)]
    return texts


def _read_sources(file: Path) -> dict[str, Source]:
    """Of the files that a table names; what it leaves empty is not known.

    Raises:
        ValueError: If a column is missing.
    """
    rows = csv.DictReader(io.StringIO(_read(file)))
    if absent := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise ValueError(f"general.texts: {file} has no column {', '.join(absent)}; needed: {', '.join(COLUMNS)}")
    return {
        row["file"]: Source(
            Path(row["file"]).stem, row["kind"] or None, row["origin"] or row["file"], row["license"] or None
        )
        for row in rows
    }


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"general.texts: {file} is not UTF-8: {error}") from None


def cut_documents(text: str) -> list[str]:
    """Documents of a text, their paragraphs each on one line with an empty line between them."""
    documents: list[list[str]] = [[]]
    for part in re.split(r"\n[ \t]*\n[ \t]*\n", text.replace("\r\n", "\n")):
        if _count_words(documents[-1]) >= FEWEST_WORDS:
            documents.append([])
        for paragraph in filter(None, (" ".join(piece.split()) for piece in re.split(r"\n[ \t]*\n", part))):
            if _count_words(documents[-1]) >= MOST_WORDS:
                documents.append([])
            documents[-1].append(paragraph)
    if len(documents) > 1 and _count_words(documents[-1]) < FEWEST_WORDS:
        rest = documents.pop()
        documents[-1] += rest
    return ["\n\n".join(document) for document in documents if document]


def _count_words(paragraphs: Sequence[str]) -> int:
    return sum(len(paragraph.split()) for paragraph in paragraphs)


def split_texts(texts: Sequence[Text], heldout_fraction: float, seed: int) -> tuple[list[Text], list[Text]]:
    """Hold some documents out, of every source its part, chosen by a hash of their names.

    Args:
        heldout_fraction: Of the documents, 0 < fraction < 1.

    Returns:
        To train on, and held out, each in the order given.

    Raises:
        ValueError: If one of the two would be empty.
    """
    order = sorted(texts, key=lambda text: (text.source.name, _digest(seed, text.name)))
    # A text is held out where the rounded number of those held out so far rises: of every source its part.
    marks = [round(place * heldout_fraction) for place in range(len(order) + 1)]
    held = {text.name for text, before, after in zip(order, marks, marks[1:], strict=False) if after > before}
    train, heldout = [t for t in texts if t.name not in held], [t for t in texts if t.name in held]
    if not train or not heldout:
        raise ValueError(
            f"general.heldout_fraction: {heldout_fraction} of {len(texts)} documents of general text leaves "
            f"{len(train)} to train on and {len(heldout)} held out; both must be at least 1"
        )
    return train, heldout


def _digest(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}:{name}".encode()).digest()


def describe_texts(train: Sequence[Text], heldout: Sequence[Text]) -> GeneralTexts:
    """The sources, with documents and words of both parts."""
    sources = list(dict.fromkeys(text.source for text in sorted([*train, *heldout], key=lambda text: text.name)))
    return GeneralTexts(
        sources=tuple(
            GeneralSource.model_validate(
                vars(source) | _count("train", source, train) | _count("heldout", source, heldout)
            )
            for source in sources
        )
    )


def _count(part: str, source: Source, texts: Sequence[Text]) -> dict[str, int]:
    own = [text.text for text in texts if text.source == source]
    return {f"{part}_documents": len(own), f"{part}_words": _count_words(own)}
