"""A report says who wrote which line, and invents nothing."""

from further.cases.case_report import write_case_report
from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS

CASE = {"case": "A", **dict.fromkeys(CASE_FIELDS)}
IMAGE = {"caption": None, **dict.fromkeys(IMAGE_FIELDS)}


def lines(report):
    return [(line.section, line.text, line.author) for line in report]


def test_record_and_model_write_their_own_lines():
    case = CASE | {"history": "Fell off a chair.", "age": "40", "sex": "female", "exam": "Alert.", "diagnosis": "Cyst"}
    images = [IMAGE | {"sequence": "CT - noncontrast", "plane": "axial", "location": "Head"}] * 2 + [IMAGE]
    answers = {"abnormality": "mass", "side": "left", "diagnosis": "tumor", "modality": "ct"}
    assert lines(write_case_report(case, images, answers, {})) == [
        ("Indication", "Age 40, sex female", "case record"),
        ("Indication", "Fell off a chair.", "case record"),
        ("Exam", "2 images: CT - noncontrast, axial, Head", "case record"),
        ("Exam", "1 image", "case record"),
        ("Exam", "Alert.", "case record"),
        ("Findings", "Abnormality: mass", "model"),
        ("Findings", "Side: left", "model"),
        ("Impression", "tumor", "model"),
    ]


def test_what_nobody_said_is_not_provided():
    assert lines(write_case_report(CASE, [], {"findings": "  "}, {})) == [
        (section, "not provided", "nobody") for section in ("Indication", "Exam", "Findings", "Impression")
    ]


def test_what_the_guard_took_is_left_to_the_radiologist_and_not_shown():
    answers = {"abnormal": "yes", "abnormality": "mass", "diagnosis": "glioma"}
    report = write_case_report(CASE, [], answers, {"abnormality": "not certified", "diagnosis": "always human"})
    found = [line for line in report if line.section in ("Findings", "Impression")]
    assert [(line.section, line.text.split(": ")[0], line.text.split(": ")[-1], line.author) for line in found] == [
        ("Findings", "Abnormality seen", "yes", "model"),
        ("Findings", "Abnormality", "not certified", "guard"),
        ("Impression", "Diagnosis", "always human", "guard"),
    ]
    assert not any(answer in line.text for line in found for answer in ("mass", "glioma"))
