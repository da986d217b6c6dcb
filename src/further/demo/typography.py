"""Type for the demonstration PDFs: fonts, ligatures, inline markup, paragraph styles."""

import re
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import matplotlib
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

SERIF, SERIF_BOLD = "STIXGeneral", "STIXGeneralBol"
SERIF_ITALIC, SERIF_BOLD_ITALIC = "STIXGeneralItalic", "STIXGeneralBolIta"
SANS, SANS_BOLD = "DejaVuSans", "DejaVuSans-Bold"
HYPHENATION = "en_GB"  # the articles are written in British English

# Longest first, so that "ffi" is not set as "f" + "fi". STIX and DejaVu have all five.
LIGATURES = {"ffi": "\ufb03", "ffl": "\ufb04", "ff": "\ufb00", "fi": "\ufb01", "fl": "\ufb02"}


@cache
def register_fonts() -> None:
    """Register the fonts that come with matplotlib: they are on every machine that has Further's dependencies."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in (SERIF, SERIF_BOLD, SERIF_ITALIC, SERIF_BOLD_ITALIC, SANS, SANS_BOLD):
        pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(
        SERIF, normal=SERIF, bold=SERIF_BOLD, italic=SERIF_ITALIC, boldItalic=SERIF_BOLD_ITALIC
    )


def set_ligatures(text: str) -> str:
    """Replace ff, fi, fl, ffi, ffl by their single glyphs, as typesetting programs do."""
    for letters, glyph in LIGATURES.items():
        text = text.replace(letters, glyph)
    return text


def to_markup(text: str) -> str:
    """Turn a text with `*italic*` and `**bold**` into reportlab's markup, ligatures and curved apostrophes set.

    Raises:
        ValueError: If the text font lacks one of the characters; a PDF would show a box in its place.
    """
    text = set_ligatures(re.sub(r"(?<=\w)'", "\u2019", text))
    register_fonts()
    missing = sorted({c for c in text if ord(c) not in pdfmetrics.getFont(SERIF).face.charToGlyph})
    if missing:
        raise ValueError(f"no glyph for {missing} in {SERIF}; use another character")
    text = re.sub(r"\*\*(\S(?:.*?\S)?)\*\*", r"<b>\1</b>", escape(text))
    return re.sub(r"\*(\S(?:.*?\S)?)\*", r"<i>\1</i>", text)


def to_plain(text: str) -> str:
    """The text as it is set, without its asterisks; for measuring."""
    return set_ligatures(text.replace("*", ""))


def caption_markup(text: str) -> str:
    """Markup of "Table 1. Text" with its label in bold."""
    label, _, rest = to_markup(text).partition(". ")
    return f"<b>{label}.</b> {rest}"


def _style(name: str, font: str, size: float, leading: float, **options: object) -> ParagraphStyle:
    """A paragraph style; sizes in points."""
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=leading, **options)


@cache
def make_styles() -> dict[str, ParagraphStyle]:
    """Paragraph styles by name, sizes in points."""
    register_fonts()
    justified = {"alignment": TA_JUSTIFY, "hyphenationLang": HYPHENATION}
    whole = {"allowWidows": 0, "allowOrphans": 0}
    numbered = {"bulletFontName": SERIF, "bulletFontSize": 8}
    styles = [
        _style("label", SANS_BOLD, 7.5, 10, textColor="#8a1c2b", spaceAfter=5),
        _style("title", SERIF_BOLD, 20, 23.5, spaceAfter=7),
        _style("notice", SERIF_ITALIC, 9, 11.5, textColor="#444444", spaceAfter=9),
        _style("abstract-heading", SANS_BOLD, 8.5, 12, spaceAfter=1),
        _style("abstract", SERIF, 9.5, 11.8, **justified),
        _style("keywords", SERIF, 9, 11.5, spaceBefore=4),
        _style("heading", SANS_BOLD, 9.5, 12, spaceBefore=9, spaceAfter=3, textColor="#8a1c2b"),
        _style("subheading", SERIF_BOLD_ITALIC, 10, 12, spaceBefore=5, spaceAfter=1.5),
        _style("first", SERIF, 9.8, 12.2, **justified, **whole),
        _style("paragraph", SERIF, 9.8, 12.2, firstLineIndent=11, **justified, **whole),
        _style("item", SERIF, 9.8, 12.2, leftIndent=11, bulletIndent=2, **justified),
        _style("table-caption", SERIF, 8.5, 10.3, spaceBefore=7, spaceAfter=3, **justified),
        _style("figure-caption", SERIF, 8.5, 10.3, spaceBefore=3, spaceAfter=6, **justified),
        _style("cell", SERIF, 8, 9.6),
        _style("cell-head", SERIF_BOLD, 8, 9.6),
        _style("reference", SERIF, 8, 9.6, leftIndent=16, spaceAfter=1.5, **justified, **numbered),
    ]
    return {style.name: style for style in styles}
