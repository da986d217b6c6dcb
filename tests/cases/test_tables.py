"""Tables as other people's data sets have them: other columns, several tables of one case, JSON of several forms."""

import csv
import datetime
import gzip

import numpy as np
import openpyxl
import pytest

from cases.conftest import find, gather, reasons
from cases.made import picture, save_picture, write_csv, write_dicom, write_json
from facts import naming, tells
from further.cases.files import Folder
from further.cases.plan import describe_plan, open_folder, plan_cases
from further.cases.readers import LAYOUTS
from further.cases.tables import read_rows

HEAD = ("case", "image", "question", "answer")


def save(folder, *names):
    for place, name in enumerate(names):
        save_picture(folder / name, place)


def by_case(table, column):
    return {line["case"]: line[column] for line in table.to_pylist()}


def refusal(folder, columns=None):
    with pytest.raises(ValueError) as error:
        plan_cases(folder, None, 1, columns or {})
    assert "\n" not in str(error.value)
    return str(error.value)


def test_two_tables_joined_by_case_and_a_column_called_image_that_is_a_text(tmp_path):
    reports = [("uid", "MeSH", "image", "indication", "findings", "impression")]
    reports += [(1, "normal", "Xray Chest PA", "Cough", "", "Normal."), (2, "Edema/mild", "Chest", "", "Edema.", "x")]
    write_csv(tmp_path / "reports.csv", reports)
    views = [("uid", "filename", "projection"), (1, "1_a.dcm.png", "Frontal"), (1, "1_b.dcm.png", "Lateral")]
    write_csv(tmp_path / "projections.csv", [*views, (2, "2_a.dcm.png", "Frontal"), (3, "3_a.dcm.png", "Frontal")])
    save(tmp_path / "images", "1_a.dcm.png", "1_b.dcm.png", "2_a.dcm.png", "3_a.dcm.png")
    cases, images, questions = find(tmp_path)
    assert by_case(cases, "findings") == {"1": None, "2": "Edema.", "3": None}
    assert by_case(cases, "diagnosis") == {"1": "Normal.", "2": "x", "3": None}
    assert by_case(cases, "history")["1"] == "Cough"
    assert images["plane"].to_pylist() == ["frontal", "lateral", "frontal", "frontal"]
    assert (images.num_rows, questions.num_rows) == (4, 0)


def test_a_table_whose_images_are_not_there_is_not_lost_beside_one_whose_are(tmp_path):
    write_csv(tmp_path / "train.csv", [("image", "caption"), ("a.png", "A cyst.")])
    write_csv(tmp_path / "test.csv", [("image", "caption"), ("gone.png", "A mass.")])
    save(tmp_path, "a.png")
    cases, images, _ = find(tmp_path)
    assert by_case(cases, "given_split") == {"a": ["train"], "gone": ["test"]}
    assert reasons(gather(tmp_path), "image") == {"a.png": "kept", "gone.png": "missing"}
    assert images.num_rows == 2


@pytest.mark.parametrize("answer", ["B", " b ", "CT"])
def test_choices_are_asked_and_the_right_one_is_the_answer(tmp_path, answer):
    head = ("Figure_path", "Question", "Answer", "Choice A", "Choice B", "Choice C", "Choice D")
    write_csv(tmp_path / "test_2.csv", [head, ("x_F1.jpg", " What is it?", answer, " A:MRI", "B:CT ", "C) X-ray", "")])
    save(tmp_path / "figures", "x_F1.jpg")
    (line,) = find(tmp_path)[2].to_pylist()
    assert (line["question"], line["answer"]) == ("What is it? Choices: MRI; CT; X-ray", "CT")
    assert line["closed"] and line["given_split"] == "test"


def test_choices_that_are_numbers_and_an_identifier_that_could_be_a_file(tmp_path):
    record = {"id": 1, "filename": "gone.png", "question": "How many?", "option_a": 0, "option_b": 2, "answer": 2}
    write_json(tmp_path / "test.json", [record, record | {"id": 2, "filename": "b.png", "answer": "A"}])
    save(tmp_path, "1.png", "b.png")
    _, images, questions = find(tmp_path)
    assert {line["case"]: line["file"] for line in images.to_pylist() if line["case"]} == {"gone": None, "b": "b.png"}
    assert [(line["question"], line["answer"]) for line in questions.to_pylist()] == [
        ("How many? Choices: 0; 2", "2"), ("How many? Choices: 0; 2", "0"),
    ]  # fmt: skip


def test_an_answer_label_is_the_right_choice(tmp_path):
    head = ("image", "question", "answer", "choice_a", "choice_b", "answer_label")
    write_csv(tmp_path / "a.csv", [head, ("a.png", "q", "the lung", "the heart", "the lung", "B")])
    save(tmp_path, "a.png")
    assert find(tmp_path)[2]["answer"].to_pylist() == ["the lung"]


def test_a_patient_s_cases_stay_together_and_the_patient_is_not_named(tmp_path):
    rows = [(*HEAD, "Patient ID"), ("A", "a.png", "q", "x", "MUSTER-1"), ("B", "b.png", "q", "x", "MUSTER-1")]
    write_csv(tmp_path / "a.csv", [*rows, ("C", "c.png", "q", "x", "")])
    save(tmp_path, "a.png", "b.png", "c.png")
    cases, _, _ = find(tmp_path)
    assert by_case(cases, "patient") == {"A": "A", "B": "A", "C": None}
    assert [(link["kind"], link["case"], link["other"]) for link in gather(tmp_path).links.to_pylist()] == [
        ("same patient", "A", "B")
    ]
    write_csv(tmp_path / "a.csv", [*rows[:2], ("A", "b.png", "q", "x", "MUSTER-2"), ("C", "c.png", "q", "x", "")])
    said = refusal(tmp_path)
    assert tells(said, "A", "two patients") and "MUSTER" not in said


def write_clinic(folder, encoding="utf-8"):
    folder.mkdir(exist_ok=True)
    text = "Fall;Bild;Größe;Befund\nA1;a.dcm;1,5;Rundherd rechts, 8 mm.\nA2;b.dcm;;Kein Befund.\n"
    (folder / "Fälle.csv").write_bytes(text.encode(encoding))
    for name in ("a", "b"):
        values = np.asarray(picture(ord(name)), dtype=np.int16)
        write_dicom(folder / "scans" / f"{name}.dcm", values, Modality="CT")


def test_a_table_in_another_language_is_refused_until_its_columns_are_told(tmp_path):
    write_clinic(tmp_path)
    said = refusal(tmp_path)
    assert tells(said, "Fälle.csv", "cases.columns", "image: COLUMN", "cases.layout", "dicom") and "befund" in said
    assert plan_cases(tmp_path, "dicom", 1).layout == "dicom"
    plan = plan_cases(tmp_path, None, 1, {"case": "Fall", "image": "bild", "findings": "Befund", "size": "Größe"})
    cases, images, _ = LAYOUTS[plan.layout].read(open_folder(plan)).lines()
    assert [(line["case"], line["findings"], line["size"]) for line in cases] == [
        ("A1", "Rundherd rechts, 8 mm.", "1,5"), ("A2", "Kein Befund.", None),
    ]  # fmt: skip
    assert [line["file"] for line in images] == ["scans/a.dcm", "scans/b.dcm"]
    assert tells(refusal(tmp_path, {"image": "Foto"}), "cases.columns.image", "Foto", "bild")
    assert tells(refusal(tmp_path, {"Bild": "image"}), "cases.columns", "Bild", "findings")
    write_clinic(tmp_path, "cp1252")
    assert "not UTF-8" in refusal(tmp_path)


def test_what_is_read_and_what_is_left_out_is_said(tmp_path):
    head = ("image", "question", "answer", "choice a", "choice b", "comparison", "split")
    write_csv(tmp_path / "a.csv", [head, ("a.png", "q", "B", "x", "y", "None.", "")])
    save(tmp_path, "a.png")
    write_csv(tmp_path / "notes.csv", [("Nr", "Remark"), ("1", "x")])
    said = describe_plan(plan_cases(tmp_path, None, 1))
    assert tells(said, "table", "a.csv", "comparison", "notes.csv") and "choice" not in said and "split" not in said


def test_lists_that_a_program_wrote_into_a_cell_are_one_text_and_a_box_stays(tmp_path):
    rows = [("a.png", "['Edema', 'mass', 'Edema']", "[1, 2, 3, 4]"), ("b.png", "[]", "[?]")]
    write_csv(tmp_path / "a.csv", [("image", "abnormality", "location"), *rows])
    save(tmp_path, "a.png", "b.png")
    cases, images, _ = find(tmp_path)
    assert cases["abnormality"].to_pylist() == ["Edema; mass", None]
    assert images["location"].to_pylist() == ["[1, 2, 3, 4]", None]


def test_questions_in_json_that_lies_deep(tmp_path):
    """As OmniMedVQA has them."""
    asked = {"question": "What is it?", "gt_answer": "CT", "option_A": "MRI", "option_B": "CT", "image_path": "x/a.png"}
    write_json(tmp_path / "QA_information" / "Open-access" / "ACRIMA.json", [asked])
    save(tmp_path / "Images" / "x", "a.png")
    assert find(tmp_path)[2]["answer"].to_pylist() == ["CT"]


def test_a_workbook_of_excel_is_a_table(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Cases of 2026"])
    book.active.append(["Accession", "Image", "Findings", "Size", "Abnormal", "Seen"])
    book.active.append([471, "a.png", "Größe < 3 cm & rund", 3.0, True, datetime.datetime(2026, 1, 2)])
    book.active.append([None] * 6)
    book.active.append(["472", "b.png", None, 1.5, False, None])
    book.create_sheet("Legend").append(["x", "y"])
    book.save(tmp_path / "Fälle.xlsx")
    (tmp_path / "~$Fälle.xlsx").write_bytes(b"lock")
    save(tmp_path, "a.png", "b.png")
    cases, images, _ = find(tmp_path)
    told = [(line["case"], line["findings"], line["size"], line["abnormal"]) for line in cases.to_pylist()]
    assert told == [("471", "Größe < 3 cm & rund", "3", "yes"), ("472", None, "1.5", "no")]
    assert images["file"].to_pylist() == ["a.png", "b.png"]
    plan = plan_cases(tmp_path, None, 1)
    assert plan.tables == ("Fälle.xlsx",) and "seen" in describe_plan(plan)


def test_findings_of_images_by_patient_and_answers_without_questions(tmp_path):
    """As the NIH's ChestX-ray14 has them."""
    head = ("Image Index", "Finding Labels", "Patient ID", "Patient Age", "Patient Gender", "View Position")
    rows = [("1_0.png", "Mass|Edema", "1", "58", "M", "PA"), ("1_1.png", "No Finding", "1", "59", "M", "AP")]
    write_csv(tmp_path / "Data_Entry_2017.csv", [head, *rows])
    save(tmp_path / "images", "1_0.png", "1_1.png")
    cases, images, _ = find(tmp_path)
    assert by_case(cases, "abnormality") == {"images/1_0": "Mass|Edema", "images/1_1": "No Finding"}
    assert by_case(cases, "patient") == dict.fromkeys(by_case(cases, "age"), "images/1_0")
    assert images["plane"].to_pylist() == ["pa", "ap"]
    write_csv(tmp_path / "Data_Entry_2017.csv", [("image", "answer"), ("1_0.png", "yes")])
    assert "cases.columns: {question: COLUMN}" in refusal(tmp_path)


def test_what_rows_of_an_image_tell_differently_is_not_known_and_an_answer_without_a_question_is_counted(tmp_path):
    head = ("image", "question", "answer", "title", "organ", "patient")
    rows = [
        ("a.png", "q", "x", "one", "Head", "P"),
        ("a.png", "", "y", "two", "Chest", ""),
        ("a.png", "", "", "one", "", ""),
    ]
    write_csv(tmp_path / "a.csv", [head, *rows])
    save(tmp_path, "a.png")
    cases, images, questions = find(tmp_path)
    assert (cases["title"].to_pylist(), images["location"].to_pylist()) == ([None], [None])
    assert [(line["question"], line["answer"]) for line in questions.to_pylist()] == [("q", "x"), (None, "y")]
    write_csv(tmp_path / "a.csv", [head, rows[0], ("a.png", "q", "x", "", "", "Q")])
    assert tells(refusal(tmp_path), "a", "two patients")


def test_a_packed_table_is_read_and_one_that_is_cut_off_is_named(tmp_path):
    save(tmp_path, "a.png", "b.png")
    packed = gzip.compress(b"image,caption\na.png,A cyst.\nb.png,___\n")
    (tmp_path / "train.csv.gz").write_bytes(packed)
    cases, images, _ = find(tmp_path)
    assert by_case(cases, "given_split") == {"a": ["train"], "b": ["train"]}
    assert [line["caption"] for line in images.to_pylist()] == ["A cyst.", None]
    (tmp_path / "train.csv.gz").write_bytes(packed[:-9])
    assert tells(refusal(tmp_path), "train.csv.gz", "unpacked")


def test_a_folder_is_read_once(tmp_path):
    write_csv(tmp_path / "a.csv", [("image", "caption"), ("a.png", "A cyst.")])
    save(tmp_path, "a.png")
    folder = Folder(tmp_path)
    assert LAYOUTS["table"].find_tables(folder) == ["a.csv"]
    (tmp_path / "a.csv").unlink()
    assert list(LAYOUTS["table"].read(folder).cases) == ["a"]


def test_a_broken_table_is_named(tmp_path):
    (tmp_path / "a.csv").write_text("image,caption\na.png,A cyst, simple\n")
    save(tmp_path, "a.png")
    with pytest.raises(ValueError, match=naming("a.csv", 2)):
        plan_cases(tmp_path, None, 1)


def test_a_column_that_is_called_by_a_sign_is_one_more_column(tmp_path):
    write_csv(tmp_path / "a.csv", [("#", "image", "caption"), ("1", "a.png", "A cyst.")])
    save(tmp_path, "a.png")
    assert find(tmp_path)[1]["caption"].to_pylist() == ["A cyst."]
    assert "#" in describe_plan(plan_cases(tmp_path, None, 1))


def test_a_table_that_only_says_whose_image_each_is(tmp_path):
    write_csv(tmp_path / "images.csv", [("uid", "filename"), ("1", "a.png"), ("1", "b.png"), ("2", "c.png")])
    write_csv(tmp_path / "reports.csv", [("uid", "findings"), ("1", "A mass."), ("2", "Clear.")])
    save(tmp_path, "a.png", "b.png", "c.png")
    cases, images, _ = find(tmp_path)
    assert by_case(cases, "findings") == {"1": "A mass.", "2": "Clear."}
    assert images["case"].to_pylist() == ["1", "1", "2"]


def test_a_choice_that_begins_with_its_own_letter_keeps_it(tmp_path):
    head = ("image", "question", "answer", "A", "B", "C")
    write_csv(tmp_path / "a.csv", [head, ("a.png", "Which?", "C", "E. coli", "S. aureus", "C. difficile")])
    save(tmp_path, "a.png")
    (line,) = find(tmp_path)[2].to_pylist()
    assert (line["question"], line["answer"]) == ("Which? Choices: E. coli; S. aureus; C. difficile", "C. difficile")


def test_a_list_of_images_that_a_program_wrote_into_a_cell(tmp_path):
    rows = [("['a.png', 'b.png']", "q", "a"), ('["b.png"]', "q", "b"), ("/", "q", "c")]
    write_csv(tmp_path / "a.csv", [HEAD[1:], *rows])
    save(tmp_path, "a.png", "b.png")
    assert find(tmp_path)[2]["images"].to_pylist() == [["a.png", "b.png"], ["b.png-2"], ["/"]]


def test_a_row_without_a_case_is_named_by_its_number_and_not_by_its_patient(tmp_path):
    rows = [(*HEAD, "Patient ID"), ("A", "a.png", "q", "x", "P1"), ("", "a.png", "q", "x", "MUSTER-1")]
    write_csv(tmp_path / "a.csv", rows)
    save(tmp_path, "a.png")
    said = refusal(tmp_path)
    assert tells(said, 2, "a.csv") and "MUSTER" not in said


def test_a_cell_may_be_long_and_the_limit_of_other_tables_stays(tmp_path):
    """Python's csv has one limit for the whole process, by which others tell a quote that is not closed."""
    before = csv.field_size_limit()
    write_csv(tmp_path / "a.csv", [("image", "caption"), ("a.png", "x" * 200_000)])
    assert [len(row["caption"]) for row in read_rows(Folder(tmp_path), "a.csv")] == [200_000]
    assert csv.field_size_limit() == before == 131_072


def test_cells_between_bars_and_images_between_commas(tmp_path):
    save_picture(tmp_path / "a.png", 1)
    save_picture(tmp_path / "b.PNG", 2, format="PNG")
    write_csv(tmp_path / "a.csv", [("image", "question", "answer"), ("a.png, b.PNG", "Is it, say, large?", "yes")], "|")
    [question] = find(tmp_path)[2].to_pylist()
    assert (question["images"], question["question"]) == (["a.png", "b.PNG"], "Is it, say, large?")


def test_columns_as_medpix_calls_them(tmp_path):
    save_picture(tmp_path / "a.png")
    told = {"U_id": "MPX1", "image": "a.png", "Case Diagnosis": "Cyst", "Differential Diagnosis": "Tumor"}
    told |= {"Treatment & Follow Up": "None.", "Disease Discussion": "Benign.", "Patient Gender": "F"}
    write_csv(tmp_path / "a.csv", [tuple(told), tuple(told.values())])
    [case] = find(tmp_path)[0].to_pylist()
    names = ("diagnosis", "differential", "treatment", "discussion", "sex")
    assert [case[name] for name in names] == ["Cyst", "Tumor", "None.", "Benign.", "F"]
