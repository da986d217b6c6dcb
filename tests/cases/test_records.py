"""Records in JSON of several forms, in texts without a head, and in reports beside their images."""

import pytest

from cases.conftest import find, gather, reasons
from cases.made import save_picture, write_csv, write_json
from facts import tells
from further.cases.plan import describe_plan, plan_cases
from further.cases.reports import read_sections


def save(folder, *names):
    for place, name in enumerate(names):
        save_picture(folder / name, place)


def by_case(table, column):
    return {line["case"]: line[column] for line in table.to_pylist()}


def refusal(folder):
    with pytest.raises(ValueError) as error:
        plan_cases(folder, None, 1)
    return str(error.value)


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


def test_the_one_text_of_each_split_without_a_head_is_no_report(tmp_path):
    for split in ("train", "validation", "test"):
        save(tmp_path / split / "images", f"{split}_1.jpg")
        (tmp_path / split / "captions.txt").write_text(f"{split}_1\tA CT of {split}.\n")
    cases, images, _ = find(tmp_path)
    assert (cases.num_rows, set(cases["findings"].to_pylist())) == (3, {None})
    assert images["caption"].to_pylist() == ["A CT of test.", "A CT of train.", "A CT of validation."]


def test_a_report_may_hold_a_tab(tmp_path):
    for number in range(3):
        save(tmp_path / f"c{number}", f"{number}.png")
        (tmp_path / f"c{number}" / "report.txt").write_text("Name:\tMuster\nFindings: A mass.\n")
    assert set(find(tmp_path)[0]["findings"].to_pylist()) == {"A mass."}


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
    assert (cases.num_rows, images.num_rows, by_case(cases, "patient")["s51"]) == (12, 24, "s50")


def test_folders_of_many_reports_are_patients_and_coordinates_are_no_report(tmp_path):
    for number in range(20):
        save(tmp_path, f"p{number // 2}/s{number}.jpg")
        (tmp_path / f"p{number // 2}" / f"s{number}.txt").write_text("FINDINGS: Clear lungs.")
    (tmp_path / "p0" / "s0.txt").write_text("0 0.5 0.5 0.25 0.25\n")
    cases, images, _ = find(tmp_path)
    assert cases.num_rows == 19 and by_case(cases, "patient")["s3"] == "s2"
    assert [line["image"] for line in images.to_pylist() if line["case"] is None] == ["p0/s0.jpg"]


@pytest.mark.parametrize(("name", "images"), [("report", "."), ("Bericht 4711", "."), ("report", "series")])
def test_a_folder_for_each_case_with_its_report(tmp_path, name, images):
    """As a clinic keeps its cases: the one text in a folder is about the images in it."""
    for number in range(3):
        place = tmp_path / "cases" / f"Fall {number}"
        save(place / images, f"{number}a.JPG", f"{number}b.JPG")
        (place / f"{name}.txt").write_text(f"Anamnes: Hosta.\n\nFindings: Mass {number}.\nImpression:\nCancer.\n")
    save(tmp_path, "logo.png")
    (tmp_path / "readme.txt").write_text("These are the cases of 2026.")
    cases, images, _ = find(tmp_path)
    assert by_case(cases, "findings") == {f"Fall {number}": f"Mass {number}." for number in range(3)}
    assert by_case(cases, "diagnosis") == {f"Fall {number}": "Cancer." for number in range(3)}
    assert by_case(images, "case").keys() == {None, "Fall 0", "Fall 1", "Fall 2"} and images.num_rows == 7


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("BEFUND: Herd links.\n\nBEURTEILUNG: Karzinom.\n", "BEFUND: Herd links. BEURTEILUNG: Karzinom."),
        ("UTLÅTANDE: Förtätning.\n", "UTLÅTANDE: Förtätning."),
        ("Dr. Muster\n\nBEFUND:\nHerd rechts.\n", "Dr. Muster BEFUND: Herd rechts."),
        ("FINDINGS: A.\nADDENDUM: It is malignant.\n", "A. It is malignant."),
        ("CHEST, TWO VIEWS\nINDICATION: Cough.\n\nClear.", "Clear."),
    ],
)
def test_no_text_of_a_report_is_lost_under_a_heading_that_is_not_known(text, findings):
    assert read_sections(text)["findings"] == findings


def test_reports_of_one_name_in_two_folders_are_two_cases(tmp_path):
    for split in ("train", "test"):
        save(tmp_path / split, f"{split}.png")
        (tmp_path / split / f"{split}.png").rename(tmp_path / split / "1.png")
        (tmp_path / split / "1.txt").write_text(f"Clear lungs in {split}.")
    cases, _, _ = find(tmp_path)
    assert by_case(cases, "findings") == {"train/1": "Clear lungs in train.", "test/1": "Clear lungs in test."}
    assert by_case(cases, "given_split") == {"train/1": ["train"], "test/1": ["test"]}


def test_an_addendum_adds_and_a_study_or_patient_in_a_heading_is_no_case():
    text = (
        " STUDY: CT CHEST\n\n PATIENT: Muster\n\n FINDINGS: One.\n\n IMPRESSION: A.\n\n ADDENDUM:\n FINDINGS:\n Two.\n"
    )
    assert read_sections(f"{text} CONCLUSION: B.\n") == {"findings": "One. Two.", "diagnosis": "A. B."}


def test_sections_of_a_report():
    assert read_sections(REPORT) == {
        "exam": "CHEST (PA AND LAT)",
        "history": "___F with new onset cough",
        "findings": "There is no focal consolidation, pleural effusion or pneumothorax.",
        "diagnosis": "No acute process.",
    }


def test_an_object_that_holds_a_record_for_each_image(tmp_path):
    write_json(tmp_path / "captions.json", {"a.png": {"caption": "A cyst."}, "gone.png": {"caption": "x"}})
    write_json(tmp_path / "settings.json", {"devices": {"description": "Nothing of an image."}})
    save(tmp_path, "a.png")
    images = {line["image"]: line["caption"] for line in find(tmp_path)[1].to_pylist()}
    assert images == {"a.png": "A cyst.", "gone.png": "x"}


def test_an_object_that_holds_a_record_for_each_id(tmp_path):
    write_json(tmp_path / "qa.json", {f"q{n}": {"image": "a.png", "question": "q?", "answer": n} for n in (1, 2)})
    save(tmp_path, "a.png")
    assert find(tmp_path)[2]["answer"].to_pylist() == ["1", "2"]


def test_a_number_called_img_id_is_no_image_and_a_file_s_name_is(tmp_path):
    """Kvasir-VQA has names there, other tables numbers beside a column of paths."""
    write_csv(tmp_path / "named/t.csv", [["img_id", "question", "answer"], ["a", "q?", "yes"]])
    write_csv(tmp_path / "counted/t.csv", [["img_id", "path", "question", "answer"], ["7", "a.png", "q?", "yes"]])
    for folder in ("named", "counted"):
        save(tmp_path / folder, "a.png")
        assert find(tmp_path / folder)[1]["file"].to_pylist() == ["a.png"]


@pytest.mark.parametrize("options", [["CT", "MRI"], {"A": "CT", "B": "MRI"}])
def test_choices_in_one_list_are_asked(tmp_path, options):
    write_json(tmp_path / "a.json", [{"image": "a.png", "question": "q?", "answer": "B", "options": options}])
    save(tmp_path, "a.png")
    (line,) = find(tmp_path)[2].to_pylist()
    assert (line["question"], line["answer"], line["closed"]) == ("q? Choices: CT; MRI", "MRI", True)
    assert "options" not in describe_plan(plan_cases(tmp_path, None, 1))


def test_questions_between_bars_as_vqa_med_has_them(tmp_path):
    """2019: training of three cells a line, a test of four, and the training's questions once more by category."""
    train, test = tmp_path / "ImageClef-2019-VQA-Med-Training", tmp_path / "VQAMed2019Test"
    save(train / "Train_images", "synpic1.jpg")
    save_picture(test / "Test_Images" / "synpic2.jpg", 2)
    line = "synpic1|is this a t1, or t2 image?|no\n"
    (train / "QAPairsByCategory").mkdir()
    for name in ("All_QA_Pairs_train.txt", "QAPairsByCategory/C1_Modality_train.txt"):
        (train / name).write_text(line)
    (test / "VQAMed2019_Test_Questions.txt").write_text("synpic2|in what plane?\n")
    (test / "VQAMed2019_Test_Questions_w_Ref_Answers.txt").write_text("synpic2|plane|in what plane?|axial\n")
    questions = find(tmp_path)[2].to_pylist()
    columns = ("question_type", "question", "answer", "closed", "given_split")
    assert [tuple(line[name] for name in columns) for line in questions] == [
        ("other", "is this a t1, or t2 image?", "no", True, "train"),
        ("plane", "in what plane?", "axial", False, "test"),
    ]
    (train / "All_QA_Pairs_train.txt").write_text(20 * line + "synpic1|is it? CT|or MR?|CT\n")
    assert tells(refusal(tmp_path), f"{train.name}/All_QA_Pairs_train.txt", 4, 3)
