"""A patient's images never stand on both sides of a split, whatever tells whose they are."""

import numpy as np
import pytest

from cases.conftest import find, gather
from cases.made import picture, save_picture, write_csv, write_dicom
from facts import naming
from further.cases.split import group_names


def write_captions(folder, names, *, head=("image", "caption"), rows=()):
    for place, name in enumerate(names):
        save_picture(folder / name, place)
    write_csv(folder / "a.csv", [head, *(rows or [(name, f"Film {place}.") for place, name in enumerate(names)])])


def groups(folder):
    """Names of the cases that belong together, of at least two."""
    first = {line["case"]: line["patient"] for line in find(folder)[0].to_pylist()}
    together = [{case for case in first if first[case] == one} for one in set(first.values()) - {None}]
    return sorted((sorted(cases) for cases in together if len(cases) > 1), key=str)


@pytest.mark.parametrize("name", ["P{:02}_{}.png", "pat{:02}-{}.png", "IM-{:04}-{}.png", "patient {}/{}.png"])
def test_six_patients_by_their_names_are_enough(tmp_path, name):
    write_captions(tmp_path, [name.format(patient, view) for patient in range(6) for view in range(4)])
    assert [len(cases) for cases in groups(tmp_path)] == [4] * 6


def test_folders_that_are_called_like_patients_are_believed_where_there_are_two(tmp_path):
    write_captions(tmp_path, [f"sub-{number // 20}/{number}.png" for number in range(40)])
    assert [len(cases) for cases in groups(tmp_path)] == [20, 20]


def test_a_patient_s_folder_counts_beside_a_column_of_cases(tmp_path):
    names = [f"patient{number // 4}/study{number // 2}/{number}_1.png" for number in range(12)]
    rows = [(name, "x", f"s{number // 2}") for number, name in enumerate(names)]
    write_captions(tmp_path, names, head=("image", "caption", "study_id"), rows=rows)
    assert groups(tmp_path) == [["s0", "s1"], ["s2", "s3"], ["s4", "s5"]]


def test_three_classes_and_five_years_of_many_images_are_no_patients(tmp_path):
    write_captions(tmp_path, [f"{number % 3}_{number}.png" for number in range(30)])
    assert groups(tmp_path) == []
    write_captions(tmp_path / "years", [f"{2020 + number % 5}_{number}.png" for number in range(160)])
    assert groups(tmp_path / "years") == []


def test_an_image_without_a_patient_belongs_to_the_one_that_its_name_tells(tmp_path):
    names = [f"P{number // 2:02}_{number % 2}.png" for number in range(24)]
    rows = [(name, "x", "M-1" if number == 1 else "") for number, name in enumerate(names)]
    write_captions(tmp_path, names, head=("image", "caption", "patient"), rows=rows)
    assert len(groups(tmp_path)) == 12 and ["P00_0", "P00_1"] in groups(tmp_path)


def test_patients_are_one_however_a_spreadsheet_wrote_their_number(tmp_path):
    told = ["P01", "p01 ", "P 01", "3", "03", "3.0", "P10"]
    rows = [(f"{number}.png", patient, "x") for number, patient in enumerate(told)]
    write_captions(tmp_path, [row[0] for row in rows], head=("image", "patient", "caption"), rows=rows)
    assert groups(tmp_path) == [["0", "1", "2"], ["3", "4", "5"]]


@pytest.mark.parametrize("key", ["case", "image"])
def test_a_table_of_patients_alone_is_read(tmp_path, key):
    name = "{}.png" if key == "image" else "C{}"
    head = ("image", "caption") if key == "image" else ("image", "caption", "case")
    rows = [(f"{number}.png", "x", f"C{number}")[: len(head)] for number in range(6)]
    write_captions(tmp_path, [row[0] for row in rows], head=head, rows=rows)
    write_csv(tmp_path / "who.csv", [(key, "patient"), *((name.format(number), number // 3) for number in range(6))])
    assert [len(cases) for cases in groups(tmp_path)] == [3, 3]


def test_a_table_of_patients_that_cannot_be_joined_is_refused(tmp_path):
    rows = [(f"{number}.png", "x", f"00{number}") for number in range(3)]
    write_captions(tmp_path, [row[0] for row in rows], head=("image", "caption", "study"), rows=rows)
    write_csv(tmp_path / "who.csv", [("Study", "Patient"), ("1", "P"), ("2", "P")])
    with pytest.raises(ValueError, match=naming("who.csv", "study", "a.csv")):
        find(tmp_path)


@pytest.mark.parametrize(("patients", "links"), [("AAB", 1), ("AAA", 0)])
def test_dicom_files_that_a_table_names_are_of_the_patients_of_their_headers(tmp_path, patients, links):
    """One number for all is that of an archive that took the names out."""
    rows = [("image", "caption")]
    for number, patient in enumerate(patients):
        values = np.asarray(picture(number)).astype(np.uint16)
        write_dicom(tmp_path / f"{number}.dcm", values, PatientID=patient, PatientName="MUSTER")
        rows.append((f"{number}.dcm", f"Film {number}."))
    write_csv(tmp_path / "a.csv", rows)
    found = gather(tmp_path).links.to_pylist()
    assert [(line["kind"], line["case"], line["other"]) for line in found] == [("same patient", "0", "1")] * links


@pytest.mark.parametrize("header", [None, "one", "each"])
def test_a_table_tells_the_patients_of_studies_too(tmp_path, header):
    """Where headers name none, or number each study anew; two studies of one header's patient stay together as well."""
    rows = [("accession", "findings", "patient")]
    for number in range(6):
        values = np.asarray(picture(number)).astype(np.uint16)
        called = {None: {}, "one": {"PatientID": f"H{(number + 1) // 2}"}, "each": {"PatientID": f"H{number}"}}[header]
        write_dicom(
            tmp_path / f"{number}.dcm", values, AccessionNumber=f"A{number}", StudyInstanceUID=f"1.{number}", **called
        )
        rows.append((f"A{number}", f"Mass {number}.", f"P{number // 2}"))
    write_csv(tmp_path / "a.csv", rows)
    found = gather(tmp_path)
    linked = group_names(
        found.cases["case"].to_pylist(), [(one["case"], one["other"]) for one in found.links.to_pylist()]
    )
    assert len(set(linked.values())) == (1 if header == "one" else 3)


@pytest.mark.parametrize("patients", [range(5), range(12)])
def test_folders_of_reports_are_patients(tmp_path, patients):
    for patient in patients:
        for study in range(2):
            save_picture(tmp_path / f"{patient:02}x" / f"s{study}" / "1.png", 2 * patient + study)
            (tmp_path / f"{patient:02}x" / f"s{study}" / "report.txt").write_text("Findings: Clear lungs.")
    assert groups(tmp_path) == [[f"{patient:02}x/s0", f"{patient:02}x/s1"] for patient in patients]
