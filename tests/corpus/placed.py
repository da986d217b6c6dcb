"""Lines and blocks placed by hand, and what a page of them is taken for."""

from further.corpus.parse.blocks import Block, make_blocks
from further.corpus.parse.kinds import mark_kinds
from further.corpus.parse.lines import Line
from further.corpus.parse.style import find_style


def line(text, x0, y, width=200.0, page=1, size=10.0, font="body", bold=False):
    return Line(page, x0, y - 8, x0 + width, y + 2, size, font, bold, text, baseline=y)


def block(name, x0, y0, x1, y1):
    made = Block([line(name, x0, y0 + 8, x1 - x0)])
    made.y0, made.y1 = y0, y1
    return made


WORDS = ("", "first", "next", "other", "last")


def column(words, top, count, x0=50, size=10.0, font="body"):
    """Lines of prose one below the other, 1.2 sizes apart; the last one ends a sentence."""
    texts = [f"the {words} and it is so in line {n}" for n in range(count)]
    texts[-1] += "."
    return [line(text, x0, top + 1.2 * size * n, size=size, font=font) for n, text in enumerate(texts)]


def kinds_of(pages):
    """Kinds by the first line's text, of lines on pages 800 points high."""
    style = find_style([line for lines in pages for line in lines])
    blocks = [make_blocks(lines, style) for lines in pages]
    mark_kinds(blocks, style, [800.0] * len(pages))
    return {block.text.split("\n")[0]: block.kind for made in blocks for block in made}


BODY = column("body of the paper", 80, 50)
