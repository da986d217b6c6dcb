"""Spaces that tight lines lack, and what a reader of papers does without."""

import subprocess
import sys

import pymupdf
import pytest

from further.corpus.parse.pages import read_page
from further.corpus.parse.programs import decrypt

SENTENCE = "whole milk proteins compared with those of others"


def set_words(words: list[str], gap: float) -> pymupdf.Document:
    """A page whose words stand apart by a share of the font size, with no space between them."""
    document = pymupdf.open()
    page, font, x = document.new_page(), pymupdf.Font("tiro"), 72.0
    for word in words:
        writer = pymupdf.TextWriter(page.rect)
        writer.append((x, 100), word, font=font, fontsize=10)
        writer.write_text(page)
        x += font.text_length(word, 10) + gap * 10
    return document


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (0.12, SENTENCE),
        (0.02, "wholemilkproteinscomparedwiththoseofothers"),  # as letters stand apart
    ],
)
def test_words_that_stand_apart_by_less_than_a_space_are_told_apart(gap, text):
    with set_words(SENTENCE.split(), gap) as document:
        (line,) = read_page(document[0]).lines
    assert line.text == text


def test_signs_and_numbers_run_together_too():
    text = "(IC50) was 31.4 mM (10.2 mg per ml), whereas"
    with set_words(text.split(), 0.12) as document:
        (line,) = read_page(document[0]).lines
    assert line.text == text


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (0.28, "of those ≥ the limit"),
        (0.12, "of those ≥the limit"),  # a thin space beside a sign
    ],
)
def test_a_word_gap_behind_a_sign_is_a_space(gap, text):
    with set_words(["of", "those"], 0.28) as document:
        writer = pymupdf.TextWriter(document[0].rect)
        font, x = pymupdf.Font("tiro"), 72.0
        x += sum(font.text_length(word, 10) + 2.8 for word in ("of", "those"))
        for word, behind in (("≥", gap), ("the", 0.28), ("limit", 0.0)):
            writer.append((x, 100), word, font=font, fontsize=10)
            x += font.text_length(word, 10) + behind * 10
        writer.write_text(document[0])
        (line,) = read_page(document[0]).lines
    assert line.text == text


def test_hyphens_that_a_font_calls_soft_are_hyphens_where_they_take_room():
    texts = ("the long\u00adterm and dose\u00adrelated effect of a long\u00ad", "term plan")
    with pymupdf.open() as document:
        writer = pymupdf.TextWriter(document.new_page().rect)
        for row, text in enumerate(texts):
            writer.append((72, 100 + 12 * row), text, font=pymupdf.Font("tiro"), fontsize=10)
        writer.write_text(document[0])
        read = [line.text for line in read_page(document[0]).lines]
    assert read == ["the long-term and dose-related effect of a long-", "term plan"]


@pytest.mark.parametrize("label", ["Results", "Methods and results of the study"])
def test_letters_that_are_drawn_twice_to_make_them_bold_are_read_once(label):
    with pymupdf.open() as document:
        page, font = document.new_page(), pymupdf.Font("tiro")
        for shift in (0.0, 0.4):
            writer = pymupdf.TextWriter(page.rect)
            writer.append((72 + shift, 100), label, font=font, fontsize=10)
            writer.write_text(page)
        writer.append((72, 120), "The heart was kept in the cold.", font=font, fontsize=10)
        writer.write_text(page)
        lines = [line.text for line in read_page(page).lines]
    assert lines == [label, "The heart was kept in the cold."]


def test_a_long_word_stays_whole():
    with set_words(["with", "hypercholesterolemia"], 0.3) as document:
        (line,) = read_page(document[0]).lines
    assert line.text == "with hypercholesterolemia"


def test_type_1s_cipher_with_the_key_of_glyphs():
    """Adobe Type 1 Font Format, 7.3: each key is (byte + key) * 52845 + 22719, modulo 65536."""
    locked = bytes([0x10, 0xBF, 0x31, 0x70])
    key, clear = 4330, []
    for byte in locked:
        clear.append(byte ^ (key >> 8))
        key = (byte + key) * 52845 + 22719 & 0xFFFF
    assert decrypt(locked, 4330) == bytes(clear)
    assert decrypt(locked, 4330)[:1] == b"\x00"  # 4330 >> 8 is 16
    assert decrypt(b"", 4330) == b""


def test_the_reader_loads_no_model_of_layouts():
    command = [sys.executable, "-X", "importtime", "-m", "further.corpus.parse.worker", "10", "500"]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=True)
    assert "pymupdf" in done.stderr
    assert "onnxruntime" not in done.stderr


@pytest.mark.parametrize(
    ("words", "gaps", "text"),
    [
        (["RESULTS"], (0.3, 0.6), "RESULTS"),
        (["MATERIALS", "AND", "METHODS"], (0.25, 0.5), "MATERIALS AND METHODS"),
        (["MATERIALS", "AND", "METHODS"], (0.4, 1.1), "MATERIALS AND METHODS"),  # MuPDF makes three lines of it
        (["Study", "population"], (0.3, 0.5), "Study population"),
        (["2.", "RESULTS", "OF", "IT"], (0.3, 0.6), "2. RESULTS OF IT"),
        (["RESULTS", "(IN", "VITRO)"], (0.3, 0.6), "RESULTS (IN VITRO)"),
        (["CONFLICT", "OF", "INTEREST"], (0.3, 0.3), "C O N F L I C T O F I N T E R E S T"),  # nothing tells
        (["ABCDE"], (0.8, 0.8), "A B C D E"),  # panels of a figure
    ],
)
def test_letters_of_a_heading_that_is_set_wide_are_words(words, gaps, text):
    document = pymupdf.open()
    page, font, x = document.new_page(), pymupdf.Font("tiro"), 72.0
    for word in words:
        for number, letter in enumerate(word, 1):
            writer = pymupdf.TextWriter(page.rect)
            writer.append((x, 100), letter, font=font, fontsize=10)
            writer.write_text(page)
            x += font.text_length(letter, 10) + gaps[number == len(word)] * 10
    assert [line.text for line in read_page(page).lines] == [text]
