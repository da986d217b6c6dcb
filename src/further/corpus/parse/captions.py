"""Captions of figures and tables."""

import re
from collections.abc import Sequence
from itertools import pairwise

from further.corpus.parse.blocks import ENDED, Block
from further.corpus.parse.style import Style
from further.corpus.words import count_words, is_prose


def _spaced(word: str) -> str:
    """A pattern of a word whose capitals may be set apart: "TA B LE", "FI G U R E"."""
    return " ?".join(word)


_WORDS = (
    *("figures", "figure", "figs", "fig", "table", "tables", "scheme", "chart", "box", "plate", "video", "movie"),
    *("panel", "exhibit", "algorithm", "listing", "photo", "graph", "map"),
    *("abbildung", "abb", "tabelle", "tab", "tableau", "figura", "tabla", "cuadro", "gráfico", "tabela", "quadro"),
    *("tabella", "grafico", "figuur", "tabel", "figur", "tabell"),
)
LABEL = re.compile(
    r"\s*(?:(?:supplement(?:ary|al)|extended data|online|additional|appendix|recommendation)\s+)?"
    rf"(?P<label>{'|'.join(map(_spaced, sorted(_WORDS, key=len, reverse=True)))})\.?\s*"
    r"(?P<number>(?:[a-z]{1,2}[-.]?)?\d{1,3}(?:[.-]\d{1,2})?[a-z]?|[ivxlc]{1,6})\b(?P<mark>\s*[.:|–—-]|\s*\)|\s*$|\s*\n|\s*\u2003)?"
    r"\s*(?P<rest>.?)",
    re.IGNORECASE,
)
"""A caption's label and number, in the languages of `further.corpus.names`, and the mark behind them."""
TABLES = ("tab", "cuadro", "quadro", "algorithm")
"""Labels of what is set in rows below its caption."""
_BOXES = (*TABLES, "box", "panel")

APART, FAR_APART = 1.15, 1.3
"""Distances of baselines, as multiples of the usual one, from which a line below a caption is no part of it: where a
sentence or another font begins, and where the line goes on with a sentence, as below a formula in a caption's line."""
MIN_LEGEND = 15
"""Words of prose that a caption's legend has, or a paragraph below it."""
PANEL = re.compile(r"\(?[a-h](?:[\s,.)]|[–-][a-h]\b)")
CONTINUED = re.compile(
    r"\W*(?:continued|cont['’]?d|cont|fortsetzung|fortgesetzt|suite|continuaci[oó]n|continua(?:ção|zione)?|segue|vervolg"
    r"|fortsättning|forts)\W*$",
    re.IGNORECASE,
)
"""What stands behind the label of a table's further pages."""
REFERS = re.compile(
    r"(?:\(|\bsee(?: also)?|\bcf\.?|\b(?:shown|seen|listed|given|found|presented|reported|summari[sz]ed|described|"
    r"displayed|depicted|detailed|illustrated|provided) in)\s*$"
)
"""How a paragraph ends that goes on with "Table 2" in the next column."""

TITLE = re.compile(r"[A-Z][a-z]{2}")
"""A caption's first word, behind a label without a mark: in a sentence a verb stands there."""


def is_caption(block: Block, style: Style, above: Block | None = None) -> bool:
    """Whether a block begins as a caption does: a label, a number, then a mark, a new line or another style.

    "Figure 2 shows ..." in body style is a sentence; "Figure 2. Survival", "Figure 2: survival" and "Figure 2 Survival"
    are captions. So is "Fig. 2 a Survival" where its label is bold. "Figure 2. Survival" below "as seen in" is none.

    `above` is the block read before it that is no caption, if any.
    """
    match = LABEL.match(block.text)
    # "table 2" in small letters goes on with a sentence.
    if not match or not block.text.lstrip()[0].isupper():
        return False
    if CONTINUED.match(block.text, match.start("rest")):
        return True
    body = style.is_body_size(block.size) and block.font in style.fonts and not block.bold
    marked = bool(match["mark"]) and match["mark"].strip() != ")"
    if block.lines[0].lead >= len(match["label"]):
        panel = PANEL.match(block.text[match.start("rest") :])
        return marked or not body or not match["rest"].islower() or bool(panel)
    refers = body and above is not None and bool(REFERS.search(above.text))
    # In the body's style, "Figure 2 Survival" may also go on with "as in".
    titled = bool(TITLE.match(block.text, match.start("rest")) and above is not None and ENDED.search(above.text))
    # "Figure 2: mice" is a caption, "Figure 2 shows" is none.
    named = (match["mark"] or "").strip() == ":" or not match["rest"].islower()
    return (marked or not body or titled) and named and not refers


def cut_captions(blocks: Sequence[Block], style: Style) -> list[Block]:
    """Blocks of a page, each paragraph of the body that stands in one block with the caption above it apart."""
    return [part for block in blocks for part in (_cut(block, style) if block.kind == "caption" else [block])]


def _cut(caption: Block, style: Style) -> list[Block]:
    """A caption, and the paragraph right below it: set as the body, and further down than lines of either are."""
    lines = caption.lines
    steps = [below.baseline - above.baseline for above, below in pairwise(lines)]
    for number, step in enumerate(steps, 1):
        first, rest = Block(lines[:number], "caption"), Block(lines[number:])
        begins = rest.text.lstrip()[:1].isupper() or first.share_in(style.fonts) < 0.5
        apart = step > (APART if begins else FAR_APART) * min(steps)
        if apart and _is_set_as_body(rest, style) and is_prose(rest.text, MIN_LEGEND):
            return [first, rest]
    return [caption]


def _is_set_as_body(block: Block, style: Style) -> bool:
    return style.is_body_size(block.size) and block.share_in(style.fonts) > 0.5 and not block.bold


def extend_captions(blocks: Sequence[Block], style: Style) -> None:
    """Further parts of a caption: beside or right below a label that stands alone, or set as the caption is."""
    for above in blocks:
        if above.kind != "caption":
            continue
        named = LABEL.match(above.text)
        alone = count_words(above.text) <= 2 and not (named and named["rest"].isalpha())  # "Figure 1: Costs"
        body = style.is_body_size(above.size) and above.font in style.fonts
        for block in blocks:
            legend = above.bold and is_prose(block.text, MIN_LEGEND) and not _is_apart(block, above, style)
            alike = abs(block.size - above.size) <= 0.3 and (block.font == above.font or legend or alone)
            if block.kind or not alike or (body and not alone):
                continue
            beside = (
                abs(block.lines[0].baseline - above.lines[0].baseline) < 1.5
                and 0 < block.x0 - above.x1 < 3 * above.size
            )
            reach = (1.2 if block.font in style.fonts else 2.0) if alone else 0.8
            under = -2 < block.y0 - above.y1 < reach * block.size and _overlap(above, block) > 0
            if (alone and (beside or under)) or (under and not is_label_of(above.text, _BOXES)):
                block.kind = "caption"
    for label in [block for block in blocks if block.kind == "caption" and LABEL.match(block.text)]:
        _extend_to_next_column(label, blocks, style)


def _is_apart(block: Block, above: Block, style: Style) -> bool:
    """Whether a block below a bold caption is the body's next paragraph rather than the legend behind a title."""
    first = block.lines[0]
    indented = len(block.lines) > 1 and first.x0 > block.lines[1].x0 + 0.6 * block.size
    lower = first.baseline - above.lines[-1].baseline > APART * style.leading
    goes_on = ENDED.search(above.text.rstrip()) and block.text.lstrip()[:1].islower()
    return _is_set_as_body(block, style) and bool(indented or lower or goes_on)


def _extend_to_next_column(label: Block, blocks: Sequence[Block], style: Style) -> None:
    """The second column of a caption that is set in two: level with its first line, as deep, and set alike."""
    first = [b for b in blocks if b.kind == "caption" and b.y0 > label.y0 - 1 and _overlap(b, label) > 0]
    right, foot = max(b.x1 for b in first), max(b.y1 for b in first) + 1.5 * label.size
    for block in blocks if not style.is_body_size(label.size) else ():
        level = abs(block.lines[0].baseline - label.lines[0].baseline) < 1.5 and block.y1 < foot
        alike = any(b.size == block.size and b.font == block.font for b in first)
        if not block.kind and level and alike and 0 < block.x0 - right < 4 * label.size:
            block.kind = "caption"


def _overlap(one: Block, other: Block) -> float:
    return min(one.x1, other.x1) - max(one.x0, other.x0)


def is_label_of(text: str, labels: tuple[str, ...]) -> bool:
    """Whether a caption's label, in small letters and closed up, begins with one of some: with TABLES, say."""
    match = LABEL.match(text)
    return match is not None and match["label"].replace(" ", "").lower().startswith(labels)
