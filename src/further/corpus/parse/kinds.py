"""What each block is, from its geometry, fonts, structure and place."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from further.corpus.clean.structure import is_note, is_reference
from further.corpus.parse.blocks import ENDED, ITEM, Block
from further.corpus.parse.captions import LABEL, cut_captions, extend_captions, is_caption
from further.corpus.parse.headings import is_heading
from further.corpus.parse.quotes import mark_quotes
from further.corpus.parse.style import Style
from further.corpus.parse.tables import begins_row, mark_tables
from further.corpus.parse.title import mark_title
from further.corpus.sections import EVERY, is_section, opens_abstract
from further.corpus.words import PROSE_SHARE, count_words, is_prose, prose_share

SMALL = 0.93
"""Of the body's size; footnotes are set no larger."""
MIN_PARAGRAPH = 40
"""Words from which prose is a paragraph of the article, however it is set."""
MIN_REST = 8
"""Words of a part of a sentence that goes on over a column's end."""
MIN_REST_SHARE = 0.1
"""Share of function words of the rest of a sentence."""
MIN_COLUMN_WORDS = 100
"""Words from which what fills a column in the body's font is a paragraph, whatever it says."""
LAST = re.compile(r"[.?!][\"”’)\]]*\s?(?:\[[\d,–\- ]+\]|[\d,–\- ]+)?$")
"""The end of a sentence, its citations included."""
QUOTES = "“‘„«\"'"
"""What the words of a person who was asked begin with, which may be set in a style of their own."""
MIN_GAP = 2.5
"""Font sizes between a footnote and what stands above it, where both are set alike."""
MIN_PAGE_SHARE = 0.25
"""Share of a page's running text from which its size is one of the body's on that page."""
MIN_PAGE_WORDS = 60
"""Words of running text in a size from which it is the body's on a page."""
MIN_LINE_WORDS = 15
"""Words of a block from which it tells how running text is set."""
MIN_STYLE_SHARE = 0.08
"""Share of a paper's characters above which a style that is not the body's may hold sections of it."""

# The last line of a trial's abstract (CONSORT, item 1b) is as short as a heading and ends in a number.
REGISTRATION = re.compile(
    r"(?:(?:clinical )?trials?|study|protocol|review|prospero) (?:registry|registration|identifier)\b"
    r"[^:.]{0,20}[:.] \S",
    re.IGNORECASE,
)


def mark_kinds(pages: Sequence[list[Block]], style: Style, heights: Sequence[float]) -> None:
    """Set the kind of every block of a paper.

    Args:
        pages: Blocks of each page in reading order; kinds already set are left. A block that holds a caption and the
            paragraph below it becomes two.
        style: How the paper's body is set.
        heights: Heights of the pages, points.
    """
    styles = [style_of_page(blocks, style) for blocks in pages]
    above: Block | None = None
    for blocks, own in zip(pages, styles, strict=True):
        for block in blocks:
            if not block.kind and is_caption(block, style, above):
                block.kind = "caption"
            above = above if block.kind else block
        blocks[:] = cut_captions(blocks, style)
        extend_captions(blocks, style)  # first: cells are looked for below captions, and a note stands below no cell
        mark_tables(blocks, own)
    mark_quotes(pages, style)
    for blocks, own, height in zip(pages, styles, heights, strict=True):
        _mark_footnotes(blocks, own, height)
    mark_title([block for blocks in pages[:2] for block in blocks], style)
    last: Block | None = None
    for blocks, own in zip(pages, styles, strict=True):
        for block, below in zip(blocks, [*blocks[1:], None], strict=False):
            if not block.kind:
                block.kind = "text" if _ends_sentence(block, last, blocks, own) else _kind_by_style(block, below, own)
            last = block if block.kind == "text" else last
    _mark_rests([block for blocks in pages for block in blocks])


def _mark_rests(blocks: Sequence[Block]) -> None:
    """Mark the rest of a boxed paragraph in the next column, or its first lines, which are too short by themselves."""
    for above, below in pairwise(blocks):
        apart = below.page != above.page or below.y0 < above.y0
        alike = above.font == below.font and abs(above.size - below.size) < 0.15
        if apart and alike and {above.kind, below.kind} == {"text", "other"}:
            runs_on = not ENDED.search(above.text.rstrip()) and below.text.lstrip()[:1].islower()
            first, rest = (prose_share(block.text) for block in (above, below))
            said = first > PROSE_SHARE and rest > MIN_REST_SHARE  # what ends a sentence may be a list of names
            if runs_on and said and min(count_words(block.text) for block in (above, below)) >= MIN_REST:
                above.kind = below.kind = "text"


def style_of_page(blocks: Sequence[Block], style: Style) -> Style:
    """The body's style on one page, where further sizes may hold running text: a section set smaller, say.

    Only what is as wide as a column and in the body's fonts counts: cells are narrower, notes and captions are none.
    """
    words = Counter[float]()
    for block in blocks:
        wide = block.width > 0.75 * style.measure and block.font in style.fonts
        wide &= not (LABEL.match(block.text) or ITEM.match(block.text))  # a table may be one list
        if wide and is_prose(block.text, MIN_LINE_WORDS) and not any(begins_row(other, block) for other in blocks):
            body = style.is_body_size(block.size) or not is_note(block.text)
            words[block.size] += count_words(block.text) if body else 0
    least = max(MIN_PAGE_WORDS, MIN_PAGE_SHARE * words.total())
    also = (size for size, number in words.items() if number >= least and not style.is_body_size(size))
    return replace(style, also=tuple(also))


def _mark_footnotes(blocks: Sequence[Block], style: Style, height: float) -> None:
    """Small print at the foot of a page or column, with nothing of the body below it, that carries on none above it."""
    flow = [block for block in blocks if _heads_abstract(block)]  # sections in small type, and abstracts
    undecided = [block for block in blocks if not block.kind]
    words = _count_notes([block for block in undecided if block.size <= SMALL * style.size], blocks, style)
    # From the top: what goes on with a section in small type is no note.
    for block in sorted(undecided, key=lambda b: b.y0):
        if _is_numbered_note(block) and block.y0 >= 0.5 * height and _is_last(block, blocks, style):
            block.kind = "footnote"
            continue
        more = words[block.font, block.size]  # notes than running text are set so
        running = more < 0 and not is_note(block.text) and not _stands_apart(block, blocks)
        running |= more <= 0 and _is_paragraph(block, style)
        if running or any(_carries_on(block, above) for above in flow) or _is_abstract(block):
            flow.append(block)
        elif _is_small_print(block, blocks, style) and block.y0 >= 0.5 * height and _is_last(block, blocks, style):
            block.kind = "footnote"
        elif is_prose(block.text, MIN_PARAGRAPH // 2):
            flow.append(block)


def _count_notes(small: Sequence[Block], blocks: Sequence[Block], style: Style) -> Counter[tuple[str, float]]:
    """Words of a page's notes by font and size, less those of its running text: sections and boxes in small type."""
    words = Counter[tuple[str, float]]()
    for block in small:
        boxed = is_prose(block.text, MIN_PARAGRAPH // 2) and not _is_last(block, blocks, style)
        if is_note(block.text):
            words[block.font, block.size] += count_words(block.text)
        elif boxed or is_prose(block.text, MIN_PARAGRAPH):
            words[block.font, block.size] -= count_words(block.text)
    return words


def _is_small_print(block: Block, blocks: Sequence[Block], style: Style) -> bool:
    """Whether a block is smaller than the body, and no part of a section that is set as small on its page."""
    if block.size > SMALL * style.size:
        return False
    return not style.is_body_size(block.size) or is_note(block.text) or _stands_apart(block, blocks)


def _stands_apart(block: Block, blocks: Sequence[Block]) -> bool:
    above = (b for b in blocks if b.y0 < block.y0 and min(b.x1, block.x1) - max(b.x0, block.x0) > 5)
    return all(block.y0 - b.y1 > MIN_GAP * block.size for b in above)


def _is_last(block: Block, blocks: Sequence[Block], style: Style) -> bool:
    """Whether only small print stands below a block."""
    below = [b for b in blocks if b.y0 > block.y0 and min(b.x1, block.x1) - max(b.x0, block.x0) > 5]
    small = (b.size <= SMALL * style.size or _is_numbered_note(b) for b in below)
    return all(small) and all(b.kind in ("", "footnote") for b in below)


def _carries_on(block: Block, above: Block) -> bool:
    """Whether a block stands right below another that is set alike, or that is the heading of an abstract."""
    alike = (block.font == above.font and abs(block.size - above.size) < 0.15) or _heads_abstract(above)
    overlap = min(block.x1, above.x1) - max(block.x0, above.x0)
    return alike and overlap > 5 and -3 < block.y0 - above.y1 < MIN_GAP * block.size


def _is_abstract(block: Block) -> bool:
    return block.page <= 2 and opens_abstract(block.text, block.lead)


def _heads_abstract(block: Block) -> bool:
    """Whether a block is the heading of an abstract or of a part of one."""
    if block.page > 2:
        return False
    part = count_words(block.text) <= 3 and is_section(EVERY.label, block.text)
    return part or opens_abstract(block.text, block.lead)


def _kind_by_style(block: Block, below: Block | None, style: Style) -> str:
    """What a block is that is no title, caption, cell or footnote."""
    if count_words(block.text) == 0:
        return "other"
    if block.page <= 2 and REGISTRATION.match(block.text):
        return "text"
    if block.size < 0.97 * style.size and _is_marked_note(block):
        return "footnote"
    if is_heading(block, below, style):
        return "heading"
    if block.size < 0.97 * style.size and block.page > 1 and is_reference(block.text):
        return "reference"
    if _is_item(block, style):
        return "list"
    return "text" if _is_body_text(block, style) or _is_small_text(block, style) else "other"


def _first_raised(block: Block) -> str:
    """What a block begins with if that is raised, else nothing."""
    first = block.lines[0]
    start, end = first.raised[0] if first.raised else (1, 1)
    return first.text[:end].strip() if start == 0 else ""


def _is_marked_note(block: Block) -> bool:
    """Whether a block begins with a raised letter or sign, as a note to a scheme does: "ᵃConditions: the ketone"."""
    mark = _first_raised(block)
    return len(mark) == 1 and not mark.isdigit()


def _is_numbered_note(block: Block) -> bool:
    """Whether a block begins with a raised number and a word, which is no isotope: "²This is", but not "¹⁸F-FDG"."""
    mark = _first_raised(block)
    return mark.isdecimal() and int(mark) < 20 and bool(re.match(r"\s*\d+\s*[^\W\d_]{2}", block.text))


def _ends_sentence(block: Block, last: Block | None, blocks: Sequence[Block], style: Style) -> bool:
    """Whether a block is the end of the last paragraph's sentence: the "mM." of "24 mM." at a column's edge, say."""
    if last is None or len(block.lines) > 1 or not LAST.search(block.text.rstrip()):
        return False
    as_body = style.is_body_size(block.size) and block.share_in(style.fonts) > 0.5 and last.page >= block.page - 1
    if not as_body or ENDED.search(last.text.rstrip()) or last.width < 0.75 * style.measure:
        return False
    return any(abs(b.x0 - block.x0) < 1 and b.width > 0.75 * style.measure for b in (*blocks, last) if b is not block)


def _is_item(block: Block, style: Style) -> bool:
    """Whether a block is an item of a list; a mark alone makes no item of what is not set as the body."""
    prose = prose_share(block.text) > 0.2 and count_words(block.text) >= 8
    return bool(ITEM.match(block.text)) and (style.is_body_size(block.size) or prose)


def _is_body_text(block: Block, style: Style) -> bool:
    """Whether a block in body size is running text: a label in a figure has few words, and none of them is of prose."""
    if not style.is_body_size(block.size):
        return False
    words = count_words(block.text)
    if words >= 4 and prose_share(block.text) > 0.1:
        return True
    wide = block.share_in(style.fonts) > 0.5 and block.width > 0.5 * style.measure
    return words >= (3 if wide else 8) or (words >= 2 and _is_ended(block))


def _is_small_text(block: Block, style: Style) -> bool:
    """Whether a block in another style is running text: an abstract, a boxed text, or a section in small type."""
    if _is_paragraph(block, style):
        return True
    front = block.page <= 2
    quoted = block.text.lstrip()[0] in QUOTES
    usual = front or quoted or style.share_of(block.font, block.size) > MIN_STYLE_SHARE
    enough = count_words(block.text) >= (8 if quoted or (front and _is_ended(block)) else 15)
    return enough and usual and prose_share(block.text) > (0.15 if front else 0.2) and block.size > 0.75 * style.size


def _is_paragraph(block: Block, style: Style) -> bool:
    """Whether a block is a paragraph: by its words, or by filling a column in the body's font, as specimens do."""
    long = count_words(block.text) >= MIN_COLUMN_WORDS and block.size > 0.8 * style.size
    column = long and block.font in style.fonts and block.width > 0.9 * style.measure
    return column or is_prose(block.text, MIN_PARAGRAPH)


def _is_ended(block: Block) -> bool:
    return block.text.rstrip()[-1] in ".:;?!"
