"""Characters repaired, and those that stay."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from further.corpus.clean.accents import compose_accents
from further.corpus.clean.characters import clean_characters, is_unreadable
from further.corpus.clean.superscripts import cut_citations, raise_superscripts
from further.corpus.clean.unknown import count_unknown, mark_unknown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\ufb03cient \ufb01nding \ufb02ow", "efficient finding flow"),
        ("soft\u00adware\u200b", "software"),
        ("10⁶ cells, 5 µm ± 2, ≥ 3 α-helices", "10⁶ cells, 5 µm ± 2, ≥ 3 α-helices"),  # what NFKC would change
        ("naïve café", "naïve café"),
        ("cafÃ© rÃ©sumÃ©", "café résumé"),  # mojibake
        ("a\u00a0b\u2009c\t d", "a b c d"),
        ("≤ is \ufffd1.2 here \ue001", "≤ is \ufffd1.2 here"),
        ("a 𝑃 value, 5 𝜇g", "a P value, 5 μg"),  # letters of formulas
        ("37 ◦C, 4∘C, 45 ◦, 20 ˚C and 20 ºC", "37 °C, 4°C, 45°, 20 °C and 20 °C"),
        ("37○C and 4 ○ C, ○ C", "37°C and 4 ° C, ○ C"),  # TeX's MnSymbol
        ("\u2206F508 by \u2206 = 3 \u2126", "ΔF508 by Δ = 3 Ω"),  # names of signs that are letters
        ("f ∘ g, the ◦ of it, 1º", "f ∘ g, the ◦ of it, 1º"),
        ("Barr´e and Sj¨ogren, na¨ıve", "Barré and Sjögren, naïve"),
        ("one\r\ntwo \x07", "one\ntwo"),
        ("e\u0301", "é"),  # NFC
        (
            "Qubit◯ R 2.0, Prism◯R, ◯C 2015, c◯ 2016, c\u20dd 2017; ◯ Results",
            "Qubit® 2.0, Prism®, © 2015, © 2016, © 2017; ◯ Results",
        ),
    ],
)
def test_clean_characters(text, expected):
    assert clean_characters(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Guillain-Barr´e, Poincar´e and G¨odel", "Guillain-Barré, Poincaré and Gödel"),
        ("Lemaˆıtre, Mar´ıa, na¨ıve", "Lemaître, María, naïve"),  # over an i without its dot
        ("M¨unster, Universit¨at, ¨Uber, ´etude", "Münster, Universität, Über, étude"),
        ("Erd´´os and Erd˝os", "Erdős and Erdős"),
        ("Dvoˇr´ak of ˇSkoda", "Dvořák of Škoda"),
        ("Fran¸cois and Franc¸ois", "François and François"),
        ("Ho¨lder, Sipila¨ et al., Ferna´ndez", "Hölder, Sipilä et al., Fernández"),  # behind its letter
        ("Pe˜na, Pen˜a, S˜ao, Sa˜o, Nu´n˜ez", "Peña, Peña, São, São, Núñez"),
        ("Ostoji´c, Jovanovi´c", "Ostojić, Jovanović"),  # both i and c may bear it
        ("Poincar ´e, Sj¨ ogren", "Poincaré, Sjögren"),  # the accent's own room
        ("of 5 ˚A", "of 5 Å"),
        ("5´-TCG-3´, x¯ = 5, f´(x), `control' and ´so´ it", "5´-TCG-3´, x¯ = 5, f´(x), `control' and ´so´ it"),
    ],
)
def test_accents_are_put_on_their_letters(text, expected):
    assert compose_accents(text) == expected == compose_accents(expected)


@pytest.mark.parametrize(
    ("text", "expected", "counts"),
    [
        ("with 10 \ufffdM and 40 \ue000g", "with 10 \ufffdM and 40 \ufffdg", (2, 2)),
        ("at \ufffd80 °C, P \x01 0.05", "at \ufffd80 °C, P \ufffd 0.05", (2, 2)),
        ("\uf06b-opioid and di\ufffdcult", " -opioid and di cult", (2, 0)),
        ("several \ufffdg of it", "several \ufffdg of it", (1, 1)),
        ("\uf0b7 the first\n\uf0b7 the second", "• the first\n• the second", (0, 0)),  # a list's bullets
        ("\uf0b3 50 % of them", "\ufffd 50 % of them", (1, 1)),
        ("5 (cid:22)g", "5 \ufffdg", (1, 1)),
        ("as 10 µM is", "as 10 µM is", (0, 0)),
    ],
)
def test_a_sign_without_a_meaning_is_marked_beside_numbers_and_units(text, expected, counts):
    assert mark_unknown(text) == expected
    assert count_unknown(text) == counts


@given(st.text(max_size=60))
def test_marking_unknown_signs_keeps_the_length_and_twice_is_once(text):
    once = mark_unknown(text)
    assert mark_unknown(once) == once
    assert len(once) == len(text) or "(cid:" in text


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
        ("1012.5 suns", [2, 6], "10¹²·⁵ suns"),
        ("patients12 were", [8, 10], "patients¹² were"),  # a citation
        ("so.1,3-5 It", [3, 8], "so.¹,³-⁵ It"),
        ("the Ca2+ of", [6, 8], "the Ca²⁺ of"),
        ("R2 of 131I", [1, 2, 6, 9], "R² of ¹³¹I"),
        ("the 11th one", [6, 8], "the 11th one"),
        ("only 1/2 of it and w2/2", [5, 6, 20, 21], "only 1/2 of it and w²/2"),  # a fraction, and a power over a number
        ("is (64/9)1/3", [9, 10, 11, 12], "is (64/9)¹/³"),
        ("none at all", [], "none at all"),
    ],
)
def test_raised_numbers_are_raised(text, raised, expected):
    assert raise_superscripts(text, raised) == expected


@pytest.mark.parametrize(
    ("text", "raised", "expected"),
    [
        ("patients12 were", [8, 10], "patients were"),
        ("seen.1,3-5 It", [5, 10], "seen. It"),
        ("in 20197 it", [7, 8], "in 2019 it"),
        ("(2019)7 it", [6, 7], "(2019) it"),
        ("IL-610 rose", [4, 6], "IL-6 rose"),
        ("106 cells of 5 cm2", [2, 3, 17, 18], "106 cells of 5 cm2"),
        ("R2 and χ2 of 131I, Ca2+", [1, 2, 8, 9, 13, 16, 21, 23], "R2 and χ2 of 131I, Ca2+"),
        ("2x106 CD45 cells", [4, 5, 9, 10], "2x106 CD4 cells"),
        ("the 11th one", [6, 8], "the 11th one"),
    ],
)
def test_citations_alone_are_cut(text, raised, expected):
    assert cut_citations(text, raised)[0] == expected


def test_a_power_behind_a_citation_stays_where_it_was():
    assert cut_citations("grafts12 of 5 cm2", [6, 8, 16, 17]) == ("grafts of 5 cm2", [14, 15])


def test_text_without_letters_behind_its_glyphs_is_unreadable():
    assert is_unreadable("\ufffd\ue012 " * 100)
    assert is_unreadable("WKH KHDUW RI WKH GRQRU " * 60)  # every letter shifted by three
    assert not is_unreadable("the heart of the donor is kept cold " * 60)
    assert not is_unreadable("сердце донора хранят в холоде " * 60)
