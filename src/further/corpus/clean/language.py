"""The language of a paper, found without a network."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

MAX_CHARACTERS = 5_000
"""Characters that are looked at, in lines from all over the text; a few hundred tell most languages apart."""
MIN_CHARACTERS = 300
"""Characters under which no language is found."""


@cache
def _load() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE)


def find_language(text: str) -> str | None:
    """Code of the language of a text (ISO 639), "zxx" for what is none; None if the text is too short to tell."""
    if len(text) < MIN_CHARACTERS:
        return None
    lines = text.split("\n")
    sample = "\n".join(lines[:: 1 + len(text) // MAX_CHARACTERS])
    code, _ = _load().classify(sample[:MAX_CHARACTERS])
    return str(code)


def check_language(language: str) -> None:
    """Stop at a code that no text could be found to have.

    Raises:
        ValueError: With the code and those that are known.
    """
    known = sorted(_load().nb_classes)
    if language not in known:
        raise ValueError(f"corpus.language: {language!r} is not known; known: {', '.join(known)}")


def is_in(language: str, text: str) -> bool:
    """Whether a paragraph is in a language, as far as its words tell: a dozen may mislead."""
    return str(_load().classify(" ".join(text.split()))[0]) == language
