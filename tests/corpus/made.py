"""PDFs made for the tests: a two-column article whose every line is placed by hand."""

import random
from pathlib import Path

import pymupdf

WIDTH, HEIGHT = 600, 800
LEFT, RIGHT = 50, 310  # left edges of the two columns, 240 points wide
SIZE, LEADING = 10, 12

_WORDS = """the graft and the patient were seen in the clinic by a team that had made this plan for all of them who
came from far and near to be with their own people when it was time"""
WORDS = _WORDS.split()


def prose(count: int, seed: str = "") -> list[str]:
    """Lines of body text about as wide as a column, the last one ending a sentence; no two calls alike."""
    chance = random.Random(f"{count} {seed}")
    lines = [" ".join(chance.choices(WORDS, k=10))[:44].rsplit(" ", 1)[0] for _ in range(count)]
    return [lines[0].capitalize(), *lines[1:-1], lines[-1] + "."]


def write(page: pymupdf.Page, x: float, y: float, lines: list[str], size: float = SIZE, font: str = "helv") -> float:
    """Write lines from a baseline downwards; the baseline after the last."""
    for line in lines:
        page.insert_text((x, y), line, fontsize=size, fontname=font)
        y += LEADING * size / SIZE
    return y


def make_article(path: Path, pages: int = 4) -> Path:
    """An article with title, names, abstract, two columns, captions, table, acknowledgements and references."""
    document = pymupdf.open()
    for number in range(pages):
        page = document.new_page(width=WIDTH, height=HEIGHT)
        write(page, 50, 40, [f"Journal of Made Articles {number + 1}"], size=8)
        write(page, 300, 780, [str(number + 1)], size=8)
        {0: _first, pages - 1: _last}.get(number, _middle)(page)
    document.save(path)
    return path


def _first(page: pymupdf.Page) -> None:
    write(page, 50, 90, ["Cold storage of the donor heart", "before transplantation"], size=18)
    write(page, 50, 140, ["Ada Maker, Ben Drawer", "Department of Tests, University of Somewhere, Sometown"], size=9)
    write(page, 50, 180, ["Abstract"], font="hebo")
    write(
        page,
        50,
        194,
        ["We asked whether the heart of a donor keeps well in the cold, and for how long it does so in trans-"],
    )
    write(page, 50, 206, ["plantation. It does, for the time that was measured in this study of the method."])
    write(page, LEFT, 250, ["Introduction"], font="hebo")
    write(page, LEFT, 264, [*prose(38)[:-1], "and what the team of the clinic found with the"])
    write(page, RIGHT, 250, ["plan was that the heart came to no harm at all."])
    write(page, RIGHT, 274, prose(36))


def _middle(page: pymupdf.Page) -> None:
    write(page, LEFT, 80, ["Methods" if page.number == 1 else "Results"], font="hebo")
    write(page, LEFT, 94, prose(20, f"{page.number} upper left"))
    write(page, LEFT, 360, ["Table 1. Hearts by time in the cold."], size=8)
    for row, cells in enumerate((("Hours", "Hearts", "Failed"), ("2", "31", "1"), ("4", "28", "2"))):
        for column, cell in enumerate(cells):
            write(page, LEFT + 80 * column, 375 + 11 * row, [cell], size=8)
    write(page, LEFT, 440, prose(23, f"{page.number} lower left"))
    write(page, RIGHT, 80, prose(20, f"{page.number} upper right"))
    write(page, RIGHT, 340, ["Figure 1. The box in which a heart travels."], size=8)
    write(page, RIGHT, 380, prose(28, f"{page.number} lower right"))


def _last(page: pymupdf.Page) -> None:
    write(page, LEFT, 80, ["Discussion"], font="hebo")
    write(page, LEFT, 94, prose(30))
    write(page, LEFT, 480, ["Acknowledgements"], font="hebo")
    write(page, LEFT, 494, ["We thank the nurses of the clinic for their help."])
    write(page, RIGHT, 80, ["References"], font="hebo")
    for number in range(8):
        lines = [
            f"{number + 1}. Maker A, Drawer B. Hearts kept in a box.",
            f"J Made Art. 20{number + 10};{number + 3}(2):11-19.",
        ]
        write(page, RIGHT, 96 + 24 * number, lines, size=8)
