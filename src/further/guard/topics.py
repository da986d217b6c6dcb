"""Topics that always go to a person: terms in a file that a clinic edits, and where they stand in a text."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

Topics = Mapping[str, tuple[str, ...]]
WITHOUT_HEADING = "always to a person"
NOT_A_WORD = r"[\W_]+"


def read_topics(path: Path) -> dict[str, tuple[str, ...]]:
    """Terms by topic from a text file: `[topic]` on a line of its own, then one term a line; `#` begins a remark.

    Raises:
        ValueError: With the file and line of a term without a letter or digit, or of a star that does not end a term;
            if the file is not UTF-8.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    topics: dict[str, list[str]] = {}
    topic = WITHOUT_HEADING
    for number, line in enumerate(lines, start=1):
        text = line.split("#")[0].strip()
        if heading := re.fullmatch(r"\[(.+)\]", text):
            topic = heading[1].strip()
        elif text:
            topics.setdefault(topic, []).append(_check_term(text, f"{path}, line {number}"))
    return {name: tuple(terms) for name, terms in topics.items()}


def find_topics(texts: Iterable[str | None], topics: Topics) -> tuple[str, ...]:
    """Topics of which a term stands in one of the texts, in the order of the file.

    A term matches whole words, whatever their case, accents as composed or decomposed, and whatever stands between its
    words (blanks, hyphens, line ends). A star at its end stands for any ending.

    >>> find_topics(["A METASTATIC mass"], {"malignancy": ("metasta*",), "death": ("died",)})
    ('malignancy',)
    >>> find_topics(["He studied scarcely"], {"malignancy": ("scar",), "death": ("died",)})
    ()
    """
    plain = [normalize(text) for text in texts if text]
    return tuple(topic for topic, terms in topics.items() if any(map(_compile(tuple(terms)).search, plain)))


def normalize(text: str) -> str:
    """Text without differences of case and composition, and without invisible marks such as soft hyphens."""
    visible = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())


@cache
def _compile(terms: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_pattern, terms)))


def _pattern(term: str) -> str:
    # Not \b, which takes an underscore for a letter: "mass_effect" holds the word mass.
    words = [re.escape(word) for word in re.split(NOT_A_WORD, normalize(term)) if word]
    ending = "" if term.endswith("*") else r"(?![^\W_])"
    return r"(?<![^\W_])" + NOT_A_WORD.join(words) + ending


def _check_term(term: str, place: str) -> str:
    if not re.search(r"[^\W_]", term):
        raise ValueError(f"{place}: {term!r} is no term: at least one letter or digit is needed")
    if "*" in term[:-1]:
        raise ValueError(f"{place}: {term!r} has a star inside: a star stands at the end of a term")
    return term
