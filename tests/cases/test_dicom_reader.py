"""DICOM files without a table: studies, patients, planes, and nothing that names someone."""

import numpy as np
import pytest

from cases.conftest import find, gather, reasons
from cases.made import picture, write_csv, write_dicom
from further.cases.gather import link_records
from further.cases.plan import check_ids, plan_cases

VALUES = np.asarray(picture(1)).astype(np.uint16)
SECRETS = {"PatientName": "DOE^JANE", "PatientID": "MRN-4711", "StudyDate": "20240229", "AccessionNumber": "ACC99"}


def write(folder, name, seed=1, **header):
    write_dicom(folder / name, np.asarray(picture(seed)).astype(np.uint16), **SECRETS | header)


def test_a_study_is_a_case_and_a_patient_keeps_studies_together(tmp_path):
    write(tmp_path, "doe_jane/one/1.dcm", 1, StudyInstanceUID="1.2.3", Modality="MR", BodyPartExamined="BRAIN")
    write(tmp_path, "doe_jane/two/2.dcm", 2, StudyInstanceUID="1.2.3", ImageOrientationPatient=[1, 0, 0, 0, 0, -1])
    write(tmp_path, "doe_jane/3", 3, StudyInstanceUID="1.2.4", Modality="CR", ViewPosition="PA")
    write(
        tmp_path, "4.dcm", 4, StudyInstanceUID="1.2.5", PatientID="other", ImageOrientationPatient=[0, 1, 0, 0, 0, -1]
    )
    (tmp_path / "notes.txt").write_text("about DOE")
    cases, images, _ = find(tmp_path)
    assert (cases.num_rows, images.num_rows) == (3, 4)
    lines = {line["image"]: line for line in images.to_pylist()}
    about = sorted((line["modality"] or "", line["location"] or "", line["plane"] or "") for line in lines.values())
    assert about == [("", "", "coronal"), ("", "", "sagittal"), ("mri", "brain", ""), ("x-ray", "", "pa")]
    links = link_records({line["case"]: line for line in cases.to_pylist()})
    assert [link["kind"] for link in links] == ["same patient"]
    text = str([cases.to_pylist(), images.to_pylist(), *(table.to_pylist() for table in gather(tmp_path))])
    for secret in ("DOE", "JANE", "doe_jane", "MRN", "4711", "20240229", "ACC99", "1.2.3", ".dcm"):
        assert secret not in text


def test_names_do_not_depend_on_other_files(tmp_path):
    write(tmp_path, "a.dcm", 1, StudyInstanceUID="1.2.3")
    before = find(tmp_path)[1].to_pylist()
    write(tmp_path, "0.dcm", 2, StudyInstanceUID="1.2.4", PatientID="x")
    after = find(tmp_path)[1].to_pylist()
    assert before[0] in after and len(after) == 2


def test_a_file_that_is_broken_or_has_no_pixels_is_in_the_ledger(tmp_path):
    write(tmp_path, "a.dcm", 1, StudyInstanceUID="1.2.3")
    (tmp_path / "b.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"garbage" * 20)
    (tmp_path / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM")
    found = gather(tmp_path)
    assert sorted(reasons(found, "image").values()) == ["kept", "not an image"]
    assert sorted(reasons(found, "case").values()) == ["kept", "no image"]


def test_more_frames_than_anyone_takes_are_not_believed(tmp_path):
    write(tmp_path, "a.dcm", 1, StudyInstanceUID="1.2.3", NumberOfFrames=2_000_000_000)
    assert find(tmp_path)[1].num_rows == 1


def test_frames_that_are_not_read_are_told(tmp_path):
    frames = np.stack([np.roll(VALUES[:8, :8], place) for place in range(3)] * 334)
    write_dicom(tmp_path / "long.dcm", frames, StudyInstanceUID="1.2.3")
    write_dicom(tmp_path / "short.dcm", frames[:2] + 1, StudyInstanceUID="1.2.4")
    details = [line["detail"] for line in gather(tmp_path).ledger.to_pylist() if line["unit"] == "image"]
    assert sorted(details) == ["frame 1 of 1,002", "frame 1 of 2", "frame 2 of 2"]


def write_table(folder, *rows):
    write_csv(folder / "reports.csv", [("Nr", "findings", "question", "answer", "split"), *rows], ";")


def test_a_table_with_accession_numbers_tells_of_studies_and_its_numbers_stay_in_the_reader(tmp_path):
    for place in range(3):
        name = {"AccessionNumber": f"00{470 + place}", "StudyInstanceUID": f"1.2.{place}", "PatientID": f"P{place}"}
        write(tmp_path / "scans", f"{place}.dcm", place, **name)
    rows = [("470.0", "A mass, 1,5 cm.", "Is it?", "yes", "train"), ("1.2.1", "", "Is it?", "no", "test")]
    write_table(tmp_path, *rows, ("999", "Gone.", "", "", ""), ("", "x", "", "", ""))
    plan = plan_cases(tmp_path, None, 2)
    check_ids(plan)
    assert plan.layout == "dicom_table" and plan.tables[0] == "reports.csv"
    assert [file for files in plan.shards.values() for file in files] == [f"scans/{place}.dcm" for place in range(3)]
    cases, images, questions = find(tmp_path)
    assert sorted(cases["findings"].to_pylist(), key=str) == ["A mass, 1,5 cm.", *[None] * 4]
    assert sorted(map(tuple, cases["given_split"].to_pylist())) == [(), (), (), ("test",), ("train",)]
    assert [(line["question"], line["answer"], line["closed"]) for line in questions.to_pylist()] == [
        ("Is it?", "yes", True), ("Is it?", "no", True),
    ]  # fmt: skip
    assert set(questions["images"].to_pylist()[0]) <= set(images["image"].to_pylist())
    assert sorted(reasons(gather(tmp_path), "case").values()) == [*["kept"] * 3, *["no image"] * 2]
    text = str([table.to_pylist() for table in (cases, images, questions)])
    assert not any(secret in text for secret in ("470", "999", "1.2.", "P0", ".dcm"))


def test_a_tables_language_and_an_answer_without_a_question_are_kept(tmp_path):
    for place in range(2):
        write(tmp_path, f"{place}.dcm", place, AccessionNumber=str(470 + place), StudyInstanceUID=f"1.2.{place}")
    rows = [("470", "Ist es links?", "ja", "DE"), ("471", "", "rechts", "de")]
    write_csv(tmp_path / "befund.csv", [("nummer", "question", "answer", "language"), *rows])
    asked = find(tmp_path)[2].to_pylist()
    assert [(line["question"], line["answer"], line["language"]) for line in asked] == [
        ("Ist es links?", "ja", "de"), (None, "rechts", "de"),
    ]  # fmt: skip


def test_a_table_of_no_study_and_rows_that_contradict_are_refused(tmp_path):
    write(tmp_path, "a.dcm", 1, StudyInstanceUID="1.2.3")
    write_table(tmp_path, ("X1", "A mass.", "", "", ""))
    with pytest.raises(ValueError, match=r"reports\.csv.*AccessionNumber.*dicom"):
        check_ids(plan_cases(tmp_path, None, 1))
    assert plan_cases(tmp_path, "dicom", 1).layout == "dicom"
    write_table(tmp_path, ("ACC99", "A mass.", "", "", ""), ("ACC99", "No mass.", "", "", ""))
    with pytest.raises(ValueError, match=r"findings.*'A mass\.'.*'No mass\.'") as error:
        find(tmp_path)
    assert "ACC99" not in str(error.value)
