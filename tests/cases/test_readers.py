"""Every layout, built here with its quirks."""

import pytest

from cases.conftest import find, gather
from cases.made import (
    medpix_case,
    medpix_image,
    save_picture,
    write_csv,
    write_json,
    write_jsonl,
    write_medpix,
)
from further.cases.plan import plan_cases


def by(table, key):
    return {line[key]: line for line in table.to_pylist()}


def test_medpix_has_fields_topics_captions_and_the_split(tmp_path):
    cases = [medpix_case("A", ["A_1", "A_2"], topic="Cyst", History="N/A", Keywords="x"), medpix_case("B", ["B_1"])]
    cases[0]["Topic"] |= {"Keywords": "cystKidneyBenign", "Category": "Benign mass"}
    images = [medpix_image("A", "A_1", "A cyst &amp; <b>nothing</b>\u0007"), medpix_image("B", "B_1", None)]
    write_medpix(tmp_path, cases, images, {"train": ["A"], "train_1": ["A"], "dev": ["B"]})
    save_picture(tmp_path / "images" / "A_1.png", 1)
    save_picture(tmp_path / "images" / "other.png", 2)
    found_cases, found_images, questions = find(tmp_path)
    case, image = by(found_cases, "case"), by(found_images, "image")
    assert (case["A"]["topic"], case["A"]["history"], case["A"]["findings"]) == ("Cyst", None, "A mass.")
    assert (case["A"]["keywords"], case["A"]["category"]) == ("cyst, Kidney, Benign", "Benign mass")
    assert (case["A"]["given_split"], case["B"]["given_split"]) == (["train"], ["validation"])
    assert (case["A"]["age"], case["A"]["sex"]) == ("40", "female")
    assert image["A_1"]["caption"] == "A cyst & nothing"
    assert (image["A_1"]["modality"], image["A_1"]["sequence"]) == ("ct", "CT - noncontrast")
    assert (image["A_1"]["file"], image["A_2"]["file"], image["B_1"]["caption"]) == ("images/A_1.png", None, None)
    assert image["images/other.png"]["case"] is None
    assert questions.num_rows == 0


def test_medpix_without_its_whole_files_is_read_from_the_parts_once_each(tmp_path):
    write_jsonl(tmp_path / "splitted_dataset" / "data_train.jsonl", [medpix_case("A", ["a"]), medpix_case("B", ["b"])])
    write_jsonl(tmp_path / "splitted_dataset" / "data_train_1.jsonl", [medpix_case("A", ["a"])])
    write_jsonl(tmp_path / "splitted_dataset" / "data_test.jsonl", [medpix_case("C", ["c"])])
    write_jsonl(tmp_path / "splitted_dataset" / "descriptions_train.jsonl", [medpix_image("A", "a", "seen")])
    save_picture(tmp_path / "images" / "a.png")
    cases, images, _ = find(tmp_path)
    assert {name: line["given_split"] for name, line in by(cases, "case").items()} == {
        "A": ["train"], "B": ["train"], "C": ["test"],
    }  # fmt: skip
    assert by(images, "image")["a"]["caption"] == "seen"


def test_the_flat_layout_joins_the_records_of_one_case(tmp_path):
    about = {"Title": "Finding", "Findings": None, "Case Diagnosis": "cyst", "Abnormal": "yes", "Side": "left"}
    records = [
        {
            "U_id": "A",
            "image": f"a{place}",
            "caption": "c",
            "type": "TAC",
            "case_info": about,
            "topic_info": {"Title": "T"},
        }
        for place in (1, 2)
    ]
    write_jsonl(tmp_path / "cases.jsonl", records)
    save_picture(tmp_path / "images" / "a1.png")
    cases, images, _ = find(tmp_path)
    assert cases.num_rows == 1
    assert cases.to_pylist()[0] | {"abnormal": "yes", "side": "left", "topic": "T"} == cases.to_pylist()[0]
    assert [line["modality"] for line in images.to_pylist()] == ["ct", "ct"]


def test_rocov2_finds_images_by_split_and_takes_modality_and_license_from_their_tables(tmp_path):
    for split in ("train", "valid"):
        write_csv(
            tmp_path / f"{split}_captions.csv", [("ID", "Caption"), (f"{split}_1", "CT, with a comma"), ("both", "x")]
        )
        for name in (f"{split}_1", "both"):
            save_picture(tmp_path / f"{split}_images" / split / f"{name}.jpg", len(name))
    write_csv(tmp_path / "train_concepts_manual.csv", [("ID", "CUIs"), ("train_1", "C0024485;C0006104")])
    write_csv(
        tmp_path / "license_information.csv", [("ID", "PMCID", "Attribution", "Link"), ("train_1", "1", "CC BY", "x")]
    )
    cases, images, _ = find(tmp_path)
    image = by(images, "image")
    assert cases.num_rows == 3
    assert image["train_1"]["caption"] == "CT, with a comma"
    assert (image["train_1"]["modality"], image["train_1"]["license"]) == ("mri", "CC BY")
    assert image["both"]["file"] == "train_images/train/both.jpg"
    assert image["both-2"]["file"] == "valid_images/valid/both.jpg"
    assert by(cases, "case")["both"]["given_split"] == ["train", "validation"]


def rad(image, answer, answer_type, **more):
    line = {
        "image_name": image,
        "question": "q?",
        "answer": answer,
        "answer_type": answer_type,
        "question_type": "PRES",
    }
    return line | {"image_organ": "HEAD"} | more


def test_vqa_rad_strips_types_and_reads_numbers(tmp_path):
    train = [rad("a.jpg", "No", "CLOSED "), rad("b.jpg", 1, "OPEN"), rad("b.jpg", "ct", "CLOSED")]
    write_json(tmp_path / "trainset.json", train)
    write_json(tmp_path / "testset.json", [rad("a.jpg", "yes", "CLOSED")])
    save_picture(tmp_path / "images" / "a.jpg")
    cases, images, questions = find(tmp_path)
    asked = questions.to_pylist()
    assert [(line["answer"], line["closed"], line["given_split"]) for line in asked] == [
        ("yes", True, "test"), ("No", True, "train"), ("1", False, "train"), ("ct", True, "train"),
    ]  # fmt: skip
    assert by(cases, "case")["a"]["given_split"] == ["train", "test"]
    assert by(images, "image")["a"]["location"] == "HEAD"


def test_answers_in_lists_and_other_words_for_closed_are_read_in_each_layout(tmp_path):
    """As a table they were one text, in these layouts "no answer"; "closed-ended" was open."""
    told = [(["Yes"], None), (["left", "right"], "Closed-ended"), ("ct", "close_end"), ([], "OPEN"), (None, "OPEN")]
    write_json(tmp_path / "rad" / "trainset.json", [rad("a.jpg", *one) for one in told])
    slake = [
        {"img_name": "a.jpg", "question": "q?", "answer": one, "answer_type": kind, "q_lang": "en"}
        for one, kind in told
    ]
    write_json(tmp_path / "slake" / "train.json", slake)
    table = [{"image": "a.jpg", "question": "q?", "answer": one, "answer_type": kind} for one, kind in told]
    write_json(tmp_path / "table" / "rows.json", table)
    for layout in ("rad", "slake", "table"):
        save_picture(tmp_path / layout / "a.jpg")
        asked = find(tmp_path / layout)[2].to_pylist()
        kept = [("Yes", True), ("left; right", True), ("ct", True), (None, False), (None, False)]
        assert [(line["answer"], line["closed"]) for line in asked] == kept, layout


def test_the_public_file_of_vqa_rad_holds_its_split_in_the_phrase(tmp_path):
    records = [
        rad("a.jpg", "yes", "CLOSED", phrase_type="test_freeform"),
        rad("b.jpg", "x", "OPEN", phrase_type="para"),
    ]
    write_json(tmp_path / "VQA_RAD Dataset Public.json", records)
    save_picture(tmp_path / "VQA_RAD Image Folder" / "a.jpg")
    cases, images, _ = find(tmp_path)
    assert [line["given_split"] for line in cases.to_pylist()] == [["test"], ["train"]]
    assert by(images, "image")["a"]["file"] == "VQA_RAD Image Folder/a.jpg"


def test_slake_keeps_language_and_leaves_masks_alone(tmp_path):
    line = {"img_name": "xmlab1/source.jpg", "question": "q?", "answer_type": "OPEN", "content_type": "Organ"}
    train = [line | {"answer": "", "q_lang": "en"}, line | {"answer": "有", "q_lang": "zh", "modality": "CT"}]
    write_json(tmp_path / "train.json", train)
    write_json(tmp_path / "imgs" / "xmlab1" / "question.json", train)  # a copy beside the image, not read
    write_json(tmp_path / "validate.json", [line | {"img_name": "xmlab2/source.jpg", "answer": "a", "q_lang": "en"}])
    for name in ("xmlab1/source.jpg", "xmlab1/mask.png", "xmlab2/source.jpg"):
        save_picture(tmp_path / "imgs" / name, len(name))
    cases, images, questions = find(tmp_path)
    assert by(cases, "case")["xmlab2"]["given_split"] == ["validation"]
    assert sorted(line["file"] for line in images.to_pylist()) == ["imgs/xmlab1/source.jpg", "imgs/xmlab2/source.jpg"]
    assert [(line["answer"], line["language"]) for line in questions.to_pylist()] == [
        (None, "en"),
        ("有", "zh"),
        ("a", "en"),
    ]


def test_images_of_one_case_of_medpix_stay_together_in_vqa_rad(tmp_path):
    records = [rad(f"{name}.jpg", "yes", "CLOSED", image_case_url=url) for name, url in ("ax", "bx", "cy", "a-")]
    write_json(tmp_path / "trainset.json", records)
    for place, name in enumerate("abc"):
        save_picture(tmp_path / "images" / f"{name}.jpg", place)
    assert by(find(tmp_path)[0], "case")["b"]["patient"] == "a"
    assert [link["other"] for link in gather(tmp_path).links.to_pylist()] == ["b"]


def test_images_whose_names_begin_with_one_number_belong_together(tmp_path):
    names = [f"PMC{1000 + place // 2}_F{place}.png" for place in range(20)]
    for place, name in enumerate(names):
        save_picture(tmp_path / "images" / name, place)
    write_csv(tmp_path / "train.csv", [("image", "caption"), *((name, f"Film {name}.") for name in names)])
    cases = by(find(tmp_path)[0], "case")
    assert cases["images/PMC1004_F9"]["patient"] == "images/PMC1004_F8"
    for name in names:
        (tmp_path / "images" / name).rename(tmp_path / "images" / f"2026_{name}")
    write_csv(tmp_path / "train.csv", [("image", "caption"), *((f"2026_{name}", f"Film {name}.") for name in names)])
    assert set(find(tmp_path)[0]["patient"].to_pylist()) == {None}  # a year is no case


def test_images_in_a_patient_s_folder_belong_together(tmp_path):
    """As CheXpert has them: no column tells the patient."""
    names = [f"train/patient{place // 2:05d}/study1/view{place % 2 + 1}.png" for place in range(20)]
    for place, name in enumerate(names):
        save_picture(tmp_path / name, place)
    write_csv(tmp_path / "train.csv", [("Path", "Sex", "Findings"), *((f"v1/{name}", "F", "Clear.") for name in names)])
    cases = by(find(tmp_path)[0], "case")
    assert cases["train/patient00003/study1/view2"]["patient"] == "train/patient00003/study1/view1"
    assert len({case["patient"] for case in cases.values()}) == 10


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_plain_table_with_any_mark_between_and_further_columns(tmp_path, mark):
    head = ("Case", "image", "question", "answer", "split", "topic", "diagnosis", "modality")
    rows = [
        head,
        ("A", "a.png", "Is it?", "Yes", "train", "T", "cyst", "CT"),
        ("A", "sub/b.png", "What?", "None", "train"),
    ]
    rows += [("B", "..\\..\\secret.png", "Is it?", "no", "test", "", "", "")]
    write_csv(tmp_path / "cases.csv", rows, mark)
    save_picture(tmp_path / "a.png", 1)
    save_picture(tmp_path / "sub" / "b.png", 2)
    save_picture(tmp_path.parent / "secret.png", 3)
    cases, images, questions = find(tmp_path)
    case = by(cases, "case")
    assert (case["A"]["diagnosis"], case["A"]["topic"], case["B"]["given_split"]) == ("cyst", "T", ["test"])
    assert [line["file"] for line in images.to_pylist()] == [None, "a.png", "sub/b.png"]
    assert [(line["answer"], line["closed"]) for line in questions.to_pylist()] == [
        ("Yes", True),
        ("None", False),
        ("no", True),
    ]
    assert plan_cases(tmp_path / "cases.csv", None, 1).only == "cases.csv"


def test_several_images_of_one_question(tmp_path):
    rows = [("case", "image", "question", "answer"), ("A", "a.png; b.png", "q", "a"), ("A", "b.png", "q", "b")]
    write_csv(tmp_path / "cases.csv", rows)
    for name in ("a", "b"):
        save_picture(tmp_path / f"{name}.png", ord(name))
    _, images, questions = find(tmp_path)
    assert images["file"].to_pylist() == ["a.png", "b.png"]
    assert questions["images"].to_pylist() == [["a.png", "b.png"], ["b.png"]]


def test_two_files_of_one_name_are_told_apart_by_their_path_or_not_guessed(tmp_path):
    rows = [("case", "image", "question", "answer"), ("A", "one/x.png", "q", "a"), ("B", "x.png", "q", "a")]
    write_csv(tmp_path / "cases.csv", rows)
    for name in ("one", "two"):
        save_picture(tmp_path / name / "x.png", len(name))
    _, images, _ = find(tmp_path)
    lines = {line["case"]: line for line in images.to_pylist() if line["case"]}
    assert (lines["A"]["file"], lines["B"]["file"]) == ("one/x.png", None)
    assert lines["B"]["detail"].startswith("2 files")
