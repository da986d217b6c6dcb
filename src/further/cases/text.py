"""Texts of records: cleaned, recognized as empty, separated from a form's own words."""

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

NOTHING = frozenset(
    {"", "n/a", "na", "n.a.", "none", "null", "nan", "nil", "-", "--", "?", ".", "unknown", "unspecified", "not given"}
    | {"not specified", "not assigned", "not available", "not provided", "nos", "nos - not specified", "tbd", "no data"}
)
"""What stands in a field that says nothing, in lower case."""

# What programs write for an empty cell, in lower case; no answer, where "none" and "unknown" may be one.
EMPTY_CELL = frozenset({"", "nan", "null", "na", "n/a", "#n/a", "<na>", "nat"})

_FORM = """
please fill in out enter insert add type write describe provide give put replace edit click upload caption captions
description describing text title legend picture pictures image images figure figures photo here this that field box
form shows show shown what which the your you a an of for with is are be to on no none not available provided given
pending placeholder example sample default optional required tbd todo xxx lorem ipsum see above below it if any and or
goes needed missing untitled new
"""
# Words of an entry form. A caption of nothing else says nothing of its image.
FORM_WORDS = frozenset(_FORM.split())

_SCRIPT = re.compile(r"<(script|style)\b[^>]*>.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(\s[^<>]*)?/?>|<!--.*?(-->|$)", re.DOTALL)
# Characters that control, format or have no meaning: Unicode's categories Cc but line end and tab, Cf, Cs, Co.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufeff\ufff9-\ufffb]"
)
# A text of signs alone, or of what stands for words that were taken out: ___ in MIMIC, XXXX in Open-i.
_NAMELESS = re.compile(r"(?:[\W_]|X{3,})*")
_WORD = re.compile(r"[^\W_]+")


def clean_text(value: object) -> str | None:
    """A field's text without markup, entities and control characters; None where it says nothing.

    Numbers become text, true and false yes and no, lists one text. Lines stay lines, with single blanks in them.

    >>> clean_text("Arrow <script>alert(1)</script> &amp; mass\\u0007"), clean_text(" N/A "), clean_text(3)
    ('Arrow & mass', None, '3')
    """
    if isinstance(value, list | tuple):
        value = join_list(value)
    if value is None or isinstance(value, dict):
        return None
    text = html.unescape(("no", "yes")[value] if isinstance(value, bool) else str(value))
    if "<" in text:
        text = _TAG.sub(" ", _SCRIPT.sub(" ", text))
    text = _UNSEEN.sub(" ", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = [" ".join(line.split()) for line in text.split("\n")]
    text = "\n".join(line for line in lines if line)
    return None if is_nothing(text) else text


def join_list(parts: Sequence[Any]) -> str:
    """The texts and numbers of a list as one text, each once."""
    return "; ".join(dict.fromkeys(str(part) for part in parts if isinstance(part, str | int | float)))


def is_nothing(text: str) -> bool:
    """Whether a text is what people put where they have nothing to put."""
    return " ".join(text.casefold().split()) in NOTHING or _NAMELESS.fullmatch(text) is not None


def is_empty_cell(text: str) -> bool:
    """Whether a text is what a program writes where a cell is empty."""
    return text.strip().casefold() in EMPTY_CELL


def split_glued(text: str) -> str:
    """Keywords that lost what stood between them, parted where a small letter meets a capital.

    >>> split_glued("cystKidneyBenign"), split_glued("MRI brain")
    ('cyst, Kidney, Benign', 'MRI brain')
    """
    return re.sub(r"(?<=[a-zß-öø-ÿ)])(?=[A-Z][a-z])", ", ", text)


def words(text: str) -> list[str]:
    """Letters and digits that stand together, in lower case."""
    return _WORD.findall(text.casefold())


def contains_phrase(text: str, phrase: str) -> bool:
    """Whether all words of a phrase stand in a text, one after the other; never for a phrase without words.

    >>> contains_phrase("Seen here: a simple cyst.", "Simple cyst"), contains_phrase("A cyst, simple", "Simple cyst")
    (True, False)
    """
    inside, searched = words(phrase), words(text)
    return bool(inside) and f" {' '.join(inside)} " in f" {' '.join(searched)} "


def is_form(text: str) -> bool:
    """Whether a text consists of the words of an entry form alone.

    >>> is_form("Fill in here: what the picture shows"), is_form("CT of the chest")
    (True, False)
    """
    found = words(text)
    return bool(found) and all(word in FORM_WORDS for word in found)
