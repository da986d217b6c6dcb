"""Characters of extracted text: mojibake, ligatures, invisible and unmapped characters, one Unicode form."""

import re
import unicodedata
from string import ascii_lowercase

import ftfy

from further.corpus.clean.accents import compose_accents
from further.corpus.clean.unknown import MARK, UNKNOWN

# Quotes, widths and entities stay as printed; NFC, never NFKC, which turns 10⁶ into 106.
FIXES = ftfy.TextFixerConfig(
    unescape_html=False,
    uncurl_quotes=False,
    fix_latin_ligatures=True,
    fix_character_width=False,
    fix_line_breaks=True,
    normalization="NFC",
    explain=False,
)
SPACES = re.compile(r"[ \t\r\f\v\x1c-\x1f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
UNWANTED = re.compile("[\x0b\x0c\x80-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
MATHEMATICAL = re.compile("[\U0001d400-\U0001d7ff]+")
"""Letters and digits of formulas, which have a plain character each."""
RING = "◦∘˚"
"""Rings that TeX and others set for a degree, which is what they are beside a number or before a scale."""
DEGREE = re.compile(rf"(?<=[\d.])\s?[{RING}]|[{RING}](?=\s?[CFK]\b)|(?<=\d)(\s?)[º○](?=\s?[CF]\b)")
RINGED = re.compile(r"◯\s?([CR])(?![^\W_])|(?<![^\W_])([cCR])\s?[◯\u20dd]")
"""A letter that a typesetter put into a circle; TeX sets the letter first."""
GUILLEMETS = re.compile(r"(?<![^\W_])≪([^\W\d_][^≪≫]*)≫")
"""Signs of much less and much greater around words, which TeX's plain fonts have for quotation marks."""
LOW_QUOTES = re.compile(r"(?<![^\W_])”([^\W\d_][^“”„]*)“")
"""A closing quotation mark before a word, which TeX's plain fonts have lowered for the German opening one."""
LIGATURES = {"\ufb05": "st", "\ufb06": "st"}
MAX_ROUNDS = 10
MAX_UNMAPPED_SHARE = 0.05
"""Share of characters without a Unicode value above which a paper's fonts count as unreadable."""
VOWEL_SHARE = (0.2, 0.6)
"""Bounds of the share of vowels among a text's Latin letters; in natural languages .35 to .5."""


def clean_characters(text: str) -> str:
    """One line or paragraph with its characters repaired; doing it twice changes nothing.

    Args:
        text: Extracted text; line feeds are kept.

    Returns:
        NFC text without control, soft-hyphen, zero-width or private-use characters, with plain spaces. U+FFFD stays:
        `further.corpus.clean.unknown` leaves it where a number or a unit hangs on it.
    """
    if text.isascii() and text.isprintable() and "  " not in text and "(cid:" not in text:
        return text.strip()  # most lines have nothing to repair
    for _ in range(MAX_ROUNDS):  # a repair may lay open another one, as when a space shows two bytes to be mojibake
        cleaned = _clean_once(text)
        if cleaned == text:
            break
        text = cleaned
    return text


def _clean_once(text: str) -> str:
    if not text.isascii():
        text = ftfy.fix_text(text, FIXES)
        for ligature, letters in LIGATURES.items():
            text = text.replace(ligature, letters)
        text = compose_accents(text)
        text = LOW_QUOTES.sub(r"„\1“", GUILLEMETS.sub(r"«\1»", text))
        text = text.replace("\u2206", "Δ")  # the increment, for which programs take a glyph called Delta
        text = MATHEMATICAL.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
        text = DEGREE.sub(_write_degree, text)
        text = RINGED.sub(lambda found: "®" if "R" in found.group() else "©", text)
    text = UNKNOWN.sub(lambda found: MARK if found.group() == MARK else " ", text)
    text = SPACES.sub(" ", UNWANTED.sub("", text))
    lines = [line.strip() for line in text.split("\n")]
    return unicodedata.normalize("NFC", "\n".join(lines).strip())


def _write_degree(found: re.Match[str]) -> str:
    """A degree sign, with the space before it if a scale follows: "37 ◦C", but "45 ◦" is "45°"."""
    space = " " if found.group()[0].isspace() and found.string[found.end() :].lstrip()[:1] in ("C", "F", "K") else ""
    return f"{space}°"


def is_unreadable(text: str) -> bool:
    """Whether fonts without a usable Unicode map made this text.

    Args:
        text: All text of a paper.

    Returns:
        True if too many characters have no Unicode value, or its Latin letters have no language's share of vowels.
    """
    if len(UNKNOWN.findall(text)) > MAX_UNMAPPED_SHARE * max(1, len(text)):
        return True
    plain = unicodedata.normalize("NFD", text.lower())
    letters = sum(map(plain.count, ascii_lowercase))
    if letters < 500 or letters < 0.5 * sum(map(str.isalpha, text)):
        return False
    return not VOWEL_SHARE[0] <= sum(map(plain.count, "aeiouy")) / letters <= VOWEL_SHARE[1]
