"""What is not read is told with what to do, before any job: nothing is lost in silence."""

import numpy as np
import pytest

from cases.made import picture, save_picture, write_csv, write_dicom
from facts import tells
from further.cases.columns import TEXTS
from further.cases.plan import describe_plan, plan_cases
from further.cases.questions import RULES


def save(folder, *names):
    for place, name in enumerate(names):
        save_picture(folder / name, place)


def refusal(folder):
    with pytest.raises(ValueError) as error:
        plan_cases(folder, None, 1)
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("Cases.xlsx", "CSV"),
        ("Cases.ods", "CSV"),
        ("data-0.arrow", "Parquet"),
        ("imgs.zip", "unpack"),
        ("qa.pkl", "Parquet"),
        ("CXR1.xml", "impression"),
        ("Bericht.DOCX", "UTF-8"),
        ("scan.nii.gz", "PNG"),
        ("Cases.xlsm", "CSV"),
        ("table.txt", ".tsv"),
    ],
)
def test_what_is_not_read_is_named_with_what_to_do(tmp_path, name, advice):
    save(tmp_path, "a.png")
    (tmp_path / name).write_bytes(b"PK")
    assert tells(refusal(tmp_path), name, advice)


def test_what_is_not_read_beside_a_table_is_told(tmp_path):
    write_csv(tmp_path / "a.csv", [("image", "caption"), ("a.png", "A cyst.")])
    save(tmp_path, "a.png", "b.png")
    for name in ("b.docx", "test_list.txt", "README.txt"):
        (tmp_path / name).write_text("b.png is a cyst")
    said = describe_plan(plan_cases(tmp_path, None, 1))
    assert said.endswith("; files not read: b.docx, test_list.txt")


def test_reports_among_dicom_files_without_a_suffix_are_not_lost(tmp_path):
    for number in range(3):
        write_dicom(tmp_path / f"c{number}" / "IM1", np.asarray(picture(number), dtype=np.int16), Modality="CT")
        (tmp_path / f"c{number}" / "report.txt").write_text("Findings: A mass.")
    assert tells(refusal(tmp_path), "c0/report.txt", ".dcm", "cases.layout", "dicom")
    assert plan_cases(tmp_path, "dicom", 1).layout == "dicom"


def test_labels_of_which_no_question_can_be_made_are_refused_before_any_job(tmp_path):
    """CheXpert's columns of 1, 0, -1 and nothing, one for each finding."""
    write_csv(tmp_path / "train.csv", [("Path", "Sex", "Age", "Edema"), ("a.png", "F", "60", "-1.0")])
    save(tmp_path, "a.png")
    assert tells(refusal(tmp_path), "train.csv", "edema", "question: COLUMN")


def test_what_tells_is_what_questions_are_made_of():
    assert {rule.kind for rule in RULES} | {"category"} == TEXTS


@pytest.mark.parametrize(
    ("name", "beside", "advice"),
    [("a.jpg", "scans/a.png", "scans/a.png"), ("a.jpg", "imgs.zip", "unpack"), ("x" * 900, "b.png", "missing")],
)
def test_images_that_are_all_missing_are_looked_for(tmp_path, name, beside, advice):
    write_csv(tmp_path / "a.csv", [("image", "caption"), (name, "A cyst.")])
    save_picture(tmp_path / beside, format="PNG")
    said = refusal(tmp_path)
    assert tells(said, advice) and name[:20] in said and len(said) < 300
