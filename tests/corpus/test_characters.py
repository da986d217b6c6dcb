"""Characters repaired, and those that stay."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from further.corpus.characters import clean_characters, is_unreadable, raise_exponents


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\ufb03cient \ufb01nding \ufb02ow", "efficient finding flow"),
        ("soft\u00adware\u200b", "software"),
        ("10⁶ cells, 5 µm ± 2, ≥ 3 α-helices", "10⁶ cells, 5 µm ± 2, ≥ 3 α-helices"),  # what NFKC would change
        ("naïve café", "naïve café"),
        ("cafÃ© rÃ©sumÃ©", "café résumé"),  # mojibake
        ("a\u00a0b\u2009c\t d", "a b c d"),
        ("≤ is \ufffd1.2 here \ue001", "≤ is 1.2 here"),
        ("one\r\ntwo \x07", "one\ntwo"),
        ("e\u0301", "é"),  # NFC
    ],
)
def test_clean_characters(text, expected):
    assert clean_characters(text) == expected


@given(st.text(max_size=60))
def test_cleaning_twice_is_cleaning_once(text):
    once = clean_characters(text)
    assert clean_characters(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    ("text", "raised", "expected"),
    [
        ("106 cells", [2, 3], "10⁶ cells"),
        ("5 cm2 of", [4, 5], "5 cm² of"),
        ("10-3 M", [2, 4], "10⁻³ M"),
        ("patients12 were", [8, 10], "patients12 were"),  # a citation
        ("the 11th one", [6, 8], "the 11th one"),
        ("none at all", [], "none at all"),
    ],
)
def test_exponents_are_told_from_citations(text, raised, expected):
    assert raise_exponents(text, raised) == expected


def test_text_without_letters_behind_its_glyphs_is_unreadable():
    assert is_unreadable("\ufffd\ue012 " * 100)
    assert is_unreadable("WKH KHDUW RI WKH GRQRU " * 60)  # every letter shifted by three
    assert not is_unreadable("the heart of the donor is kept cold " * 60)
    assert not is_unreadable("сердце донора хранят в холоде " * 60)
