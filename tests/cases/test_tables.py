"""Tables as other people's data sets have them: other columns, several tables of one case, JSON of several forms."""

import gzip

import numpy as np
import pytest

from cases.conftest import find, gather, reasons
from cases.made import picture, save_picture, write_csv, write_dicom, write_json
from facts import naming, tells
from further.cases.files import Folder
from further.cases.plan import describe_plan, open_folder, plan_cases
from further.cases.readers import LAYOUTS
from further.cases.reports import read_sections

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


def test_captions_in_coco_s_form_and_an_image_without_one(tmp_path):
    for split, number in (("train", 1), ("val", 2)):
        images = [{"id": number, "file_name": f"{number}.jpg"}, {"id": 10 + number, "file_name": f"1{number}.jpg"}]
        told = [
            {"id": 5, "image_id": number, "caption": f"Film {number}."},
            {"id": 6, "image_id": number, "caption": "x"},
        ]
        data = {"info": {}, "licenses": [{"id": 1}], "images": images, "annotations": told}
        write_json(tmp_path / "annotations" / f"captions_{split}2017.json", data)
        save(tmp_path / f"{split}2017", f"{number}.jpg", f"1{number}.jpg")
    cases, images, _ = find(tmp_path)
    assert by_case(cases, "given_split") == {
        "train2017/1": ["train"], "train2017/11": ["train"], "val2017/2": ["validation"], "val2017/12": ["validation"],
    }  # fmt: skip
    captions = {line["image"]: line["caption"] for line in images.to_pylist()}
    assert captions == {
        "1.jpg": "Film 1.",
        "1.jpg-2": "x",
        "11.jpg": None,
        "2.jpg": "Film 2.",
        "2.jpg-2": "x",
        "12.jpg": None,
    }
    assert reasons(gather(tmp_path), "image")["1.jpg-2"] == "twice"


TURNS = [("human", "<image>\nWhat is seen?"), ("gpt", "A mass."), ("human", "Is it large?"), ("gpt", "Yes")]


def test_conversations_become_questions_and_one_without_an_answer_is_counted(tmp_path):
    turns = [{"from": who, "value": text} for who, text in TURNS]
    chat = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Where?"}]}]
    chat += [{"role": "user", "content": "And?"}]
    records = [{"id": "1", "image": "1.jpg", "conversations": turns}]
    write_json(tmp_path / "test.json", records)
    write_json(tmp_path / "test_2.json", [{"images": ["2.jpg"], "messages": chat}])
    save(tmp_path / "images", "1.jpg", "2.jpg")
    _, _, questions = find(tmp_path)
    assert [(line["question"], line["answer"], line["closed"], line["case"]) for line in questions.to_pylist()] == [
        ("What is seen?", "A mass.", False, "images/1"),
        ("Is it large?", "Yes", True, "images/1"),
        ("Where?", None, False, "images/2"),
        ("And?", None, False, "images/2"),
    ]
    assert questions["given_split"].to_pylist() == ["test"] * 4
    write_json(tmp_path / "test_2.json", [{"image": "2.jpg", "caption": "x"}, ["lost"]])
    assert tells(refusal(tmp_path), 2, "test_2.json", "list")


def test_a_list_of_answers_is_one_text_with_each_once(tmp_path):
    write_json(tmp_path / "a.json", [{"image": "a.png", "question": "q", "answers": ["yes", "yes"], "text": "Film."}])
    save(tmp_path, "a.png")
    _, images, questions = find(tmp_path)
    assert [(line["answer"], line["closed"]) for line in questions.to_pylist()] == [("yes", True)]
    assert images["caption"].to_pylist() == ["Film."]


def test_an_object_that_holds_a_list_for_each_split(tmp_path):
    def report(name, *images):
        return {"id": name, "report": f"Heart {name}.", "image_path": list(images)}

    data = {"train": [report("1", "p1/0.png", "p1/1.png")], "val": [report("2", "p2/0.png")], "test": []}
    write_json(tmp_path / "annotation.json", data)
    save(tmp_path / "images", "p1/0.png", "p1/1.png", "p2/0.png")
    cases, images, _ = find(tmp_path)
    assert by_case(cases, "findings") == {"images/p1/0": "Heart 1.", "images/p2/0": "Heart 2."}
    assert (by_case(cases, "given_split")["images/p2/0"], images.num_rows) == (["validation"], 3)


def test_texts_without_a_head_are_called_by_their_file(tmp_path):
    for split in ("train", "test"):
        place = tmp_path / "data" / split / "radiology"
        save(place / "images", f"{split}_1.jpg", f"{split}_2.jpg")
        (place / "captions.txt").write_text(f'{split}_1\t "A" CT, axial.\n{split}_2\tA film.\n')
        (place / "licences.txt").write_text(f"{split}_1\tcc by 4.0\tSomebody\n")
        (place / "keywords.txt").write_text(f"{split}_1\tct\taxial\n")
    cases, images, _ = find(tmp_path)
    image = {line["image"]: line for line in images.to_pylist()}
    assert image["train_1"]["caption"] == '"A" CT, axial.' and image["train_1"]["license"] == "cc by 4.0 Somebody"
    assert sorted(map(tuple, cases["given_split"].to_pylist())) == [("test",), ("test",), ("train",), ("train",)]


REPORT = """                 FINAL REPORT
 EXAMINATION:  CHEST (PA AND LAT)

 INDICATION:  ___F with new onset cough

 FINDINGS:

 There is no focal consolidation, pleural effusion or
 pneumothorax.

 IMPRESSION:

 No acute process.
"""
FREE = "                 FINAL REPORT\n CHEST RADIOGRAPH\n\n INDICATION: Cough.\n\n As compared to ___, no change.\n"


def test_reports_beside_their_images_with_the_split_of_a_table(tmp_path):
    rows = [("dicom_id", "study_id", "subject_id", "split")]
    for number in range(12):
        place = tmp_path / "files" / "p10" / f"p{number // 2}"
        save(place, f"s5{number}/aa{number}-0.jpg", f"s5{number}/aa{number}-1.jpg")
        (place / f"s5{number}.txt").write_text(REPORT if number else FREE)
        rows += [
            (f"aa{number}-{view}", f"5{number}", number // 2, "validate" if number < 2 else "train") for view in (0, 1)
        ]
    write_csv(tmp_path / "split.csv", rows)
    cases, images, _ = find(tmp_path)
    assert (cases.num_rows, images.num_rows) == (12, 24)
    assert by_case(cases, "findings")["50"] == "As compared to ___, no change."
    assert by_case(cases, "diagnosis")["51"] == "No acute process."
    assert by_case(cases, "history")["51"] == "___F with new onset cough"
    assert (by_case(cases, "patient")["51"], by_case(cases, "given_split")["51"]) == ("50", ["validation"])
    (tmp_path / "split.csv").unlink()
    cases, images, _ = find(tmp_path)
    assert (cases.num_rows, images.num_rows, by_case(cases, "patient")["s51"]) == (12, 24, None)


def test_folders_of_many_reports_are_patients_and_coordinates_are_no_report(tmp_path):
    for number in range(20):
        save(tmp_path, f"p{number // 2}/s{number}.jpg")
        (tmp_path / f"p{number // 2}" / f"s{number}.txt").write_text("FINDINGS: Clear lungs.")
    (tmp_path / "p0" / "s0.txt").write_text("0 0.5 0.5 0.25 0.25\n")
    cases, images, _ = find(tmp_path)
    assert cases.num_rows == 19 and by_case(cases, "patient")["s3"] == "s2"
    assert [line["image"] for line in images.to_pylist() if line["case"] is None] == ["p0/s0.jpg"]


def test_sections_of_a_report():
    assert read_sections(REPORT) == {
        "exam": "CHEST (PA AND LAT)",
        "history": "___F with new onset cough",
        "findings": "There is no focal consolidation, pleural effusion or pneumothorax.",
        "diagnosis": "No acute process.",
    }


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
    said = describe_plan(plan_cases(tmp_path, None, 1))
    assert tells(said, "table", "a.csv", "comparison") and "choice" not in said and "split" not in said


@pytest.mark.parametrize(
    ("name", "advice"),
    [("Cases.xlsx", "CSV"), ("data-0.arrow", "Parquet"), ("imgs.zip", "unpack"), ("qa.pkl", "Parquet")],
)
def test_what_is_not_read_is_named_with_what_to_do(tmp_path, name, advice):
    save(tmp_path, "a.png")
    (tmp_path / name).write_bytes(b"PK")
    assert tells(refusal(tmp_path), name, advice)


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
