"""Code and what programs print: told by its typewriter font, dropped, and no part of the paragraphs beside it."""

import random

import pymupdf
import pytest

from corpus.made import LEFT, prose, write
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.clean.paragraphs import group_paragraphs
from further.corpus.clean.pieces import Piece
from further.corpus.parse.blocks import make_blocks
from further.corpus.parse.children import parse_papers
from further.corpus.parse.lines import Line
from further.corpus.parse.style import find_style
from further.corpus.parse.typewriter import find_pitches, is_typed

CODE = [
    'data("heart", package = "cold")',
    "fit <- lm(time ~ storage + age)",
    "summary(fit)",
    "Residual standard error: 15.38 on 48 degrees of freedom",
    "plot(fit, which = 1, main = 'time in the cold')",
    "table(heart$storage, heart$arm)",
    "confint(fit, level = 0.9)",
]
SETTINGS = CleanSettings(keep_captions=False, keep_headings=True, min_words=50)


def typed(text, y, x0=50.0, pitch=5.25, font="mono"):
    return Line(1, x0, y - 8, x0 + pitch * len(text), y + 2, 10.0, font, False, text, baseline=y)


def body(text, y, width=240.0):
    return Line(1, 50, y - 8, 50 + width, y + 2, 10.0, "body", False, text, baseline=y)


BODY = [body("and that of the hearts was seen in each of them with the team", 600 + 12 * row) for row in range(8)]


def blocks_of(lines):
    style = find_style([*lines, *BODY, *(typed(text, 500 + row) for row, text in enumerate(CODE))])
    return [(block.kind, block.text) for block in make_blocks(lines, style)]


def test_a_font_whose_lines_have_one_width_for_each_character_has_a_pitch():
    chance = random.Random(1)
    lines = [typed(text, 100 + row) for row, text in enumerate(CODE)]
    lines += [body("a line of the body in it "[: 18 + row], 300, chance.uniform(80, 120)) for row in range(8)]
    assert find_pitches(lines) == {("mono", 10.0): pytest.approx(5.25)}


def test_neither_heads_that_differ_in_their_numbers_nor_chinese_has_a_pitch():
    heads = [typed(f"Cold storage, page {number}", 20) for number in range(10, 30)]
    assert find_pitches(heads) == {}
    assert find_pitches([typed(text, 20, pitch=10.0) for text in CODE]) == {}


def test_a_line_with_words_of_another_font_is_not_typed():
    pitches = {("mono", 10.0): 5.25}
    plain = typed("fit <- lm(time)", 100)
    assert is_typed(plain, pitches)
    assert is_typed(Line(1, 50, 92, 50 + 20 * 5.25, 102, 10.0, "mono", False, "1.25 0.75"), pitches)  # a gap of 12
    assert not is_typed(Line(1, 50, 92, plain.x1 - 2, 102, 10.0, "mono", False, plain.text), pitches)


def test_code_right_below_a_paragraph_is_a_block_of_its_own():
    said, shown = body("of the hearts, as in", 100, 90), [typed(text, 112 + 12 * row) for row, text in enumerate(CODE)]
    below = body("and then it is printed by the method for the team", 112 + 12 * len(CODE))
    assert blocks_of([said, *shown, below]) == [("", said.text), ("code", "\n".join(CODE)), ("", below.text)]


def test_a_line_of_a_paragraph_that_holds_names_alone_stays_in_it():
    names = typed("as.data.frame(x),summary(object),predict(fits)", 112)
    above = [body("it was seen in each of the hearts that those", y, names.x1 - 50) for y in (88, 100)]
    ((kind, text),) = blocks_of([*above, names, body("and of the two are", 124, 100)])
    assert (kind, text.count("\n")) == ("", 3)


def test_a_manuscript_that_is_typed_as_a_whole_has_no_code():
    lines = [typed(f"it was seen that this is what {word} had of the", 100) for word in prose(1)[0].split()]
    assert find_style(lines).pitches == {}


def test_what_begins_with_a_capital_behind_code_is_a_paragraph():
    def piece(text, kind="text", reason="kept"):
        return Piece(1, 50, 0, 290, 10, 10.0, False, kind, text, 0, [], reason=reason)

    said = "The model of the time that the hearts were in the cold for is then fitted by the function lm, which reads"
    code = piece("fit <- lm(time ~ storage)", "code", "code")
    apart = group_paragraphs([piece(said), code, piece("The result is shown.")])
    assert [len(group) for group in apart] == [1, 1]
    assert [len(group) for group in group_paragraphs([piece(said), code, piece("and is shown.")])] == [2]
    assert [len(group) for group in group_paragraphs([piece(said), piece("The result is shown.")])] == [2]


def test_code_of_a_paper_is_dropped_under_a_reason_of_its_own(tmp_path):
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    y = write(page, LEFT, 60, ["Introduction"], font="hebo")
    y = write(page, LEFT, y + 4, prose(20))
    y = write(page, LEFT, y + 8, CODE, font="cour")
    write(page, LEFT, y + 8, prose(20, "more"))
    document.save(tmp_path / "a.pdf")
    blocks, *_ = parse_papers([tmp_path / "a.pdf"], timeout_s=60, memory_mb=1000)
    rows, ledger, rejected, _ = clean_papers(blocks, SETTINGS)
    assert rejected.num_rows == 0
    counts = {entry["reason"]: entry["characters"] for entry in ledger.to_pylist()}
    assert counts["code"] == sum(map(len, CODE)) + len(CODE) - 1
    assert len(rows) == 3
    assert not any(part in text for text in rows["text"].to_pylist() for part in ("lm(", "Residual"))
