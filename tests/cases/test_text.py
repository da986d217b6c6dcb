import doctest

import pytest

from further.cases import columns, groups_by_name, sheets, split, synonyms, text
from further.cases.readers import base
from further.cases.text import clean_text, is_form


@pytest.mark.parametrize("module", [text, split, synonyms, columns, sheets, groups_by_name, base])
def test_the_examples_hold(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("nothing", [None, "", "  ", "N/A", "n/a ", "None", "NULL", "-", "Not specified", [], {}])
def test_what_says_nothing_is_none(nothing):
    assert clean_text(nothing) is None


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (">Skull cap in left anterior wall", ">Skull cap in left anterior wall"),
        ("FEV1 <60 %, size < 3 cm > 2 cm", "FEV1 <60 %, size < 3 cm > 2 cm"),
        ("one<br/>two <IMG SRC=x onerror=y> three", "one two three"),
        ("a &lt;b&gt; c", "a c"),
        ("first\r\n\r\n  second \t line", "first\nsecond line"),
        ("zero\u200bwidth\u202e", "zero width"),
        (0, "0"),
        (["A mass.", None, 3, "A mass."], "A mass.; 3"),  # a list of MedPix, VQA-RAD or a hub's table
    ],
)
def test_markup_goes_and_signs_of_text_stay(raw, clean):
    assert clean_text(raw) == clean


@pytest.mark.parametrize(
    ("caption", "form"),
    [
        ("Fill in here: what the picture shows", True),
        ("Please enter a caption for this image.", True),
        ("Replace this text with the description", True),
        ("Image", True),
        ("CT image", False),
        ("No abnormality is seen.", False),
        ("Note the mass shown here", False),
        ("", False),
    ],
)
def test_a_forms_own_words(caption, form):
    assert is_form(caption) is form


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("CT - noncontrast", "ct"), ("CTA - CT Angiography", "ct"), ("MR - T1W w/Gadolinium", "mri"), ("XR", "x-ray"),
        ("MR angiography", "mri"), ("US - Doppler", "ultrasound"), ("DX", "x-ray"), ("Photograph", "photograph"),
    ],
)  # fmt: skip
def test_modalities(told, name):
    assert synonyms.name_modality(told) == name


@pytest.mark.parametrize(
    ("told", "name"),
    [("Transverse", "axial"), ("Other View (see caption)", None), ("PA", "pa"), ("3D Reconstruction", None)],
)
def test_planes(told, name):
    assert synonyms.name_plane(told) == name


def test_drawings_are_no_scans():
    assert [synonyms.is_scan(told) for told in (None, "CT - Montage of Images", "Drawing/Diagram", "Chart")] == [
        True, True, False, False,
    ]  # fmt: skip
