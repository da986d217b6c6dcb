"""Two cases of one id, layout by layout: refused before any job where they differ, one case where they do not."""

import re

import numpy as np
import pytest

from cases.conftest import find, gather, reasons
from cases.made import (
    medpix_case,
    medpix_image,
    save_picture,
    write_csv,
    write_dicom,
    write_json,
    write_jsonl,
    write_medpix,
)
from facts import naming, tells
from further.cases.files import Folder
from further.cases.plan import check_ids, plan_cases
from further.cases.readers import LAYOUTS

HEAD = ("case", "image", "question", "answer")


def refusal(folder):
    """What is said before any job."""
    with pytest.raises(ValueError) as error:
        check_ids(plan_cases(folder, None, 4))
    text = str(error.value)
    assert "\n" not in text and text.startswith("cases.folder: ")
    return text


def pictures(folder, *names):
    for place, name in enumerate(names):
        save_picture(folder / name, place)


def test_medpix_one_file_and_parts(tmp_path):
    described = [medpix_image("A", "a", "x")]
    same, other = medpix_case("A", ["a"]), medpix_case("A", ["a"], Findings="Nothing.")
    pictures(tmp_path, "one/images/a.png", "parts/images/a.png")
    write_medpix(tmp_path / "one", [same, other], described)
    assert tells(refusal(tmp_path / "one"), "A", "Case_topic.json", "Findings", "'A mass.'", "'Nothing.'")
    write_medpix(tmp_path / "one", [same, same], described)
    assert [table.num_rows for table in find(tmp_path / "one")] == [1, 1, 0]
    parts = tmp_path / "parts" / "splitted_dataset"
    write_jsonl(parts / "data_train.jsonl", [same])
    write_jsonl(parts / "descriptions_train.jsonl", described)
    write_jsonl(parts / "data_test.jsonl", [other])
    assert tells(refusal(tmp_path / "parts"), "data_test.jsonl", "splitted_dataset/data_train.jsonl", "Findings")
    write_jsonl(parts / "data_test.jsonl", [same])
    assert find(tmp_path / "parts")[0]["given_split"].to_pylist() == [["train", "test"]]


def test_medpix_list_that_puts_a_case_into_two_splits_keeps_both(tmp_path):
    cases, images = [medpix_case("A", ["a"])], [medpix_image("A", "a", "x")]
    write_medpix(tmp_path, cases, images, {"test": ["A"], "train": ["A"]})
    pictures(tmp_path, "images/a.png")
    assert find(tmp_path)[0]["given_split"].to_pylist() == [["train", "test"]]


def test_medpix_second_description_of_an_image_and_one_of_no_case_stand_in_the_ledger(tmp_path):
    images = [medpix_image("A", "a", "one"), medpix_image("A", "a", "other"), medpix_image("Q", "gone", "x")]
    write_medpix(tmp_path, [medpix_case("A", ["a"])], [*images, images[0]])
    pictures(tmp_path, "images/a.png")
    gathered = gather(tmp_path)
    assert reasons(gathered, "image") == {"a": "kept", "a-2": "twice", "gone": "nobody's"}
    assert reasons(gathered, "caption") == {"a": "kept", "a-2": "image dropped"}


@pytest.mark.parametrize("record", [{"Case": {}}, {"U_id": None, "Case": {}}, {"U_id": " ", "Case": {}}])
def test_a_record_without_an_id_is_named(tmp_path, record):
    write_medpix(tmp_path, [medpix_case("A", ["a"]), record], [medpix_image("A", "a", "x")])
    pictures(tmp_path, "images/a.png")
    with pytest.raises(ValueError, match=naming(2, "Case_topic.json", "U_id")):
        plan_cases(tmp_path, None, 4)


def test_rocov2_within_a_file_and_between_files(tmp_path):
    def captions(split, *rows):
        write_csv(tmp_path / f"{split}_captions.csv", [("ID", "Caption"), *rows])

    pictures(tmp_path, "train/a.jpg", "train/b.jpg")
    captions("train", ("a", "A cyst."), ("a", "A tumor."))
    assert tells(refusal(tmp_path), "a", "train_captions.csv", "caption", "'A cyst.'", "'A tumor.'")
    captions("train", ("a", "A cyst."), ("b", "x"))
    captions("test", ("a", "A tumor."))
    assert tells(refusal(tmp_path), "a", "test_captions.csv", "train_captions.csv")
    captions("test", ("b", "x"), ("b", "x"))
    cases, images, _ = find(tmp_path)
    assert cases["given_split"].to_pylist() == [["train"], ["train", "test"]]
    assert images["image"].to_pylist() == ["a", "b", "b-2"]


def rad(image, **more):
    return {"image_name": image, "question": "q?", "answer": "yes", "answer_type": "CLOSED"} | more


def slake(image, **more):
    return {"img_name": image, "question": "q?", "answer": "yes", "q_lang": "en"} | more


@pytest.mark.parametrize(
    ("record", "first", "second"),
    [(rad, "images/a.jpg", "images/a.png"), (slake, "one/xmlab1/source.jpg", "two/xmlab1/source.jpg")],
)
def test_where_a_case_is_an_image_two_images_of_one_name_are_refused(tmp_path, record, first, second):
    write_json(tmp_path / "train.json", [record(first), record(second)])
    pictures(tmp_path, first, second)
    assert tells(refusal(tmp_path), "image", repr(first), repr(second))
    write_json(tmp_path / "train.json", [record(first), record(first)])
    assert [table.num_rows for table in find(tmp_path)][::2] == [1, 2]


def test_what_records_of_one_image_tell_differently_is_left_empty(tmp_path):
    lines = [rad("a.jpg", image_organ=organ) for organ in ("HEAD", "CHEST", "HEAD")]
    write_json(tmp_path / "train.json", [*lines, rad("b.jpg"), rad("b.jpg", image_organ="HEAD")])
    pictures(tmp_path, "a.jpg", "b.jpg")
    _, images, questions = find(tmp_path)
    assert images["location"].to_pylist() == [None, "HEAD"]
    assert questions.num_rows == 5


def test_a_table_s_rows_of_one_case_may_leave_out_and_not_contradict(tmp_path):
    def write(*rows):
        write_csv(tmp_path / "cases.csv", [(*HEAD, "diagnosis", "modality"), *rows])

    pictures(tmp_path, "a.png", "b.png")
    write(("A", "a.png", "q", "a", "cyst", ""), ("A", "a.png", "r", "b", "", "CT"), ("A", "b.png", "r", "b", "", "MR"))
    cases, images, questions = find(tmp_path)
    assert (cases["diagnosis"].to_pylist(), images["modality"].to_pylist()) == (["cyst"], ["ct", "mri"])
    assert questions.num_rows == 3
    write(("A", "a.png", "q", "a", "cyst", ""), ("A", "b.png", "r", "b", "tumor", ""))
    assert tells(refusal(tmp_path), "A", "diagnosis", "'cyst'", "'tumor'")
    write(("A", "a.png", "q", "a", "", "CT"), ("A", "a.png", "r", "b", "", "MR"))
    assert tells(refusal(tmp_path), "A", "modality", "a.png", "'CT'", "'MR'")


def test_a_dicom_study_of_two_patients_is_refused_without_their_names(tmp_path):
    values = np.random.default_rng(0).integers(0, 4000, (8, 8), dtype=np.uint16)
    write_dicom(tmp_path / "a.dcm", values, StudyInstanceUID="1.2", PatientID="DOE-1")
    write_dicom(tmp_path / "b.dcm", values[::-1].copy(), StudyInstanceUID="1.2", PatientID="DOE-2")
    said = refusal(tmp_path)
    assert re.search(r"\bstudy-\w.*\bPatientID\b", said) and "DOE" not in said
    with pytest.raises(ValueError, match=r"\bstudy-\w.*\bPatientID\b"):
        LAYOUTS["dicom"].read(Folder.open(tmp_path))
    write_dicom(tmp_path / "b.dcm", values[::-1].copy(), StudyInstanceUID="1.2", PatientID="")
    check_ids(plan_cases(tmp_path, None, 4))
    assert find(tmp_path)[0].num_rows == 1
