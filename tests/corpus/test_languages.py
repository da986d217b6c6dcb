"""Articles in other languages than English, and the ways in which TeX sets them."""

from dataclasses import replace

import pyarrow as pa
import pymupdf
import pytest

from corpus.made import prose, write
from corpus.made_fonts import write_page
from corpus.placed import line
from further.corpus.clean.accents import compose_accents, sets_before
from further.corpus.clean.characters import clean_characters
from further.corpus.clean.hyphens import collect_vocabulary, join_lines
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.blocks import make_blocks
from further.corpus.parse.captions import is_caption
from further.corpus.parse.document import parse_document
from further.corpus.parse.style import find_style
from further.corpus.schemas import BLOCKS
from further.corpus.words import count_words, is_prose


@pytest.mark.parametrize(
    ("language", "known", "lines", "expected"),
    [
        ("it", "ha", ["è stato crea-", "to prima"], "è stato creato prima"),  # "to" is no conjunction
        ("en", "ha", ["from pre-", "to postoperative"], "from pre- to postoperative"),
        ("nl", "in", ["de in-", "en uitvoer"], "de in- en uitvoer"),
        ("de", "daten bank", ["die Daten-", "bank"], "die Datenbank"),  # compounds are closed, of known words too
        ("sv", "till gång", ["med till-", "gång"], "med tillgång"),
        ("fr", "ana", ["une ana-", "lyse"], "une analyse"),
        ("fr", "celui", ["dans celui-", "ci"], "dans celui-ci"),
        ("pt", "trata", ["trata-", "se de"], "trata-se de"),
        ("pt", "em", ["pode tornar-", "se um"], "pode tornar-se um"),
        ("pt", "em", ["a hipóte-", "se nula"], "a hipótese nula"),
        ("pt", "em", ["por ex-", "emplo"], "por exemplo"),  # in Portugal
        ("nl", "Linux", ["het Linux-", "programma"], "het Linux-programma"),
    ],
)
def test_words_are_broken_as_their_language_breaks_them(language, known, lines, expected):
    assert join_lines(lines, replace(collect_vocabulary([known]), language=language)) == expected


TEX = "isto ´e, n˜ao, `a vista, a estac¸˜ao, ´agua e caf´e, pre¸cos, ´oleos, tamb´em ´e"


def test_a_papers_accents_tell_together_that_they_stand_before_their_letters():
    """Of the neighbors of an accent n and a may both bear a tilde, and a space may be the accent's own."""
    assert sets_before(TEX)
    assert compose_accents(TEX, before=True) == "isto é, não, à vista, a estação, água e café, preços, óleos, também é"


@pytest.mark.parametrize(
    "text", ["Espan˜a, Sipila¨, Ho¨lder, Ferna´ndez, Garci´a, Le´on", "Poincar ´e and Moli `ere", ""]
)
def test_a_paper_with_few_accents_or_with_accents_behind_their_letters_tells_nothing(text):
    assert not sets_before(text)


def test_headings_and_superscripts_of_a_paper_with_accents_of_their_own(tmp_path):
    document = pymupdf.open()
    page = document.new_page()
    write(page, 72, 80, ["R´esum´e"], font="hebo")
    text = "Les ´etudes ont montr´e que les r´esultats ´etaient diff´erents `a 10"
    write(page, 72, 100, [text])
    page.insert_text((page.get_text("blocks")[1][2], 96), "6", fontsize=6)
    write(page, 72, 130, prose(8))
    document.save(tmp_path / "a.pdf")
    blocks = parse_document(tmp_path / "a.pdf").blocks
    assert [block["text"] for block in blocks[:2]] == [
        "Résumé",
        "Les études ont montré que les résultats étaient différents à 106",
    ]
    assert blocks[1]["raised"] == [63, 64]


def test_what_stands_behind_a_lowered_quotation_mark_is_no_superscript(tmp_path):
    document = pymupdf.open()
    content = ["72 700 Td /F0 10 Tf -3 Ts (\\224) Tj 0 Ts (Werte\\223, also 80 Messungen) Tj"]
    write_page(document, content, {})
    document.save(tmp_path / "a.pdf")
    (block,) = parse_document(tmp_path / "a.pdf").blocks
    assert block["text"] == "”Werte“, also 80 Messungen"
    assert block["raised"] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Les ≪valeurs extrêmes ≫, soit 4", "Les «valeurs extrêmes », soit 4"),
        ("where a ≪ b and c ≫ d", "where a ≪ b and c ≫ d"),
        ("die ”größeren Werte“ von 4", "die „größeren Werte“ von 4"),
        ("the “larger” and the ”ones”", "the “larger” and the ”ones”"),
    ],
)
def test_quotation_marks_of_texs_plain_fonts(text, expected):
    assert clean_characters(text) == expected


def test_a_swedish_caption_in_the_bodys_style():
    """Its label is no "Tabel" before the roman number 50."""
    body = [line(text, 50, 80 + 12 * number) for number, text in enumerate(prose(20))]
    (made,) = make_blocks([line("Tabell 1: Hjärtan efter tid i kylan", 50, 400)], find_style(body))
    assert is_caption(made, find_style(body))


def test_the_steps_under_an_algorithms_caption_are_none_of_the_body(tmp_path):
    document = pymupdf.open()
    page = document.new_page()
    y = write(page, 72, 80, prose(10))
    steps = ["Require: n > 0", "2: for i = 1 to n do", "4: end for", "5: return x", "and no more of this"]
    y = write(page, 72, write(page, 72, y + 20, ["Algorithm 1: Cooling of a heart"]) + 6, steps)
    write(page, 72, y + 20, prose(10, "below"))
    document.save(tmp_path / "a.pdf")
    blocks = parse_document(tmp_path / "a.pdf").blocks
    assert {block["kind"] for block in blocks if block["text"].split("\n")[0] in steps} == {"table"}
    assert [block["kind"] for block in (blocks[0], blocks[-1])] == ["text", "text"]


CHINESE = "在移植之前，供体的器官在低温下保存了很长的时间，这对于患者和医院都有好处。"


def test_chinese_is_counted_in_halves_of_its_characters_and_its_particles_make_it_prose():
    assert count_words("心脏保存 of hearts") == 2 + 1 + 2  # a run, as the words of other scripts are, and half of four
    assert is_prose(CHINESE, 15)
    assert not is_prose("北京大学医学院移植外科", 5)


def test_chinese_paragraphs_stay_apart_and_their_headings_are_known(tmp_path):
    document = pymupdf.open()
    page = document.new_page()
    for number in range(4):
        text = 2 * CHINESE
        if number == 1:
            page.insert_text((72, 185), "方法", fontname="china-s", fontsize=14)
        for row, part in enumerate((text[:20], text[20:42], text[42:64], text[64:])):
            place = (92 if row == 0 else 72, 110 + 50 * (number > 0) + 14 * (4 * number + row))
            page.insert_text(place, part, fontname="china-s", fontsize=10)
    document.save(tmp_path / "a.pdf")
    blocks = pa.Table.from_pylist(
        [{"paper": "a", **block} for block in parse_document(tmp_path / "a.pdf").blocks], BLOCKS
    )
    rows, *_ = clean_papers(blocks, CleanSettings(keep_captions=False, keep_headings=True, min_words=10))
    assert rows["text"].to_pylist() == [text, "方法", text, text, text]
