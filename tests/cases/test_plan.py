"""Before any job: layouts are recognized, shards hold whole cases, and what is wrong is one line."""

import os

import pytest

from cases.made import medpix_case, medpix_image, save_picture, write_csv, write_json, write_jsonl, write_medpix
from facts import naming, tells
from further.cases.plan import check_ids, plan_cases, plan_once

HEAD = ("case", "image", "question", "answer")


def flat(name, image, **about):
    return {"U_id": name, "image": image, "caption": "c", "type": "CT", "case_info": about, "topic_info": {}}


def refusal(folder, layout=None):
    with pytest.raises(ValueError) as error:
        plan_cases(folder, layout, 4)
    text = str(error.value)
    assert "\n" not in text
    return text


def test_a_missing_folder_and_an_empty_one(tmp_path):
    assert str(tmp_path / "no") in refusal(tmp_path / "no")
    assert "no file" in refusal(tmp_path)


def test_a_table_without_the_columns_names_them(tmp_path):
    write_csv(tmp_path / "a.csv", [("case", "Bild", "question"), ("A", "a.png", "q")])
    text = refusal(tmp_path)
    assert "image, answer" in text and "bild" in text and "cases.columns: {image: COLUMN, answer: COLUMN}" in text


def test_a_layout_s_file_that_is_cut_off_is_named_with_its_line(tmp_path):
    (tmp_path / "trainset.json").write_text('[{"image_name": "a.png", "question": "q"},\n {"image_name": ')
    save_picture(tmp_path / "a.png")
    text = refusal(tmp_path)
    assert tells(text, "trainset.json", 2) and "medpix" not in text


@pytest.mark.parametrize(("layout", "key"), [("vqa_rad", "image_name"), ("table", "image")])
def test_a_broken_file_beside_one_that_is_read_is_not_lost_in_silence(tmp_path, layout, key):
    record = {key: "a.png", "question": "q", "answer": "yes", "answer_type": "CLOSED"}
    write_json(tmp_path / "trainset.json", [record])
    save_picture(tmp_path / "a.png")
    check_ids(plan_cases(tmp_path, None, 1))
    (tmp_path / "testset.json").write_text('[{"image": "a.png",\n "question')
    plan = plan_cases(tmp_path, None, 1)
    assert plan.layout == layout
    with pytest.raises(ValueError, match=naming("testset.json", 2)):
        check_ids(plan)
    check_ids(plan_cases(tmp_path / "trainset.json", None, 1))


def test_a_folder_of_pictures_alone_lists_what_is_known(tmp_path):
    save_picture(tmp_path / "a.png")
    text = refusal(tmp_path)
    assert "1 .png" in text and all(name in text for name in ("medpix2", "flat", "rocov2", "vqa_rad", "slake", "dicom"))


def test_pickles_are_not_loaded(tmp_path):
    (tmp_path / "train.pkl").write_bytes(b"cos\nsystem\n")
    assert "pickles" in refusal(tmp_path)


def test_another_layout_than_the_one_that_is_set(tmp_path):
    write_csv(tmp_path / "a.csv", [HEAD, ("A", "a.png", "q", "a")])
    save_picture(tmp_path / "a.png")
    assert "slake" in refusal(tmp_path, "slake")
    assert "medpix" in refusal(tmp_path, "medpix")
    assert plan_cases(tmp_path, "table", 4).layout == "table"


def test_two_layouts_in_one_folder_are_to_be_chosen_from(tmp_path):
    write_csv(tmp_path / "a.csv", [HEAD, ("A", "a.png", "q", "a")])
    write_jsonl(tmp_path / "cases.jsonl", [flat("A", "a")])
    save_picture(tmp_path / "a.png")
    assert "flat and table" in refusal(tmp_path)
    assert plan_cases(tmp_path, "flat", 4).tables == ("cases.jsonl",)
    assert plan_cases(tmp_path / "a.csv", None, 4).layout == "table"


def test_all_images_missing(tmp_path):
    write_csv(tmp_path / "a.csv", [HEAD, ("A", "a.png", "q", "a"), ("B", "b.png", "q", "a")])
    text = refusal(tmp_path)
    assert "all 2 images" in text and "'a.png'" in text


def test_cases_without_a_single_image(tmp_path):
    write_medpix(tmp_path, [medpix_case("A"), medpix_case("B")], [medpix_image("C", "c", "x")])
    assert "2 cases" in refusal(tmp_path)


def test_two_cases_of_one_id(tmp_path):
    write_medpix(tmp_path / "m", [medpix_case("A", ["a"]), medpix_case("A", ["b"])], [medpix_image("A", "a", "x")])
    assert tells(refusal(tmp_path / "m"), "cases.folder", "A", "Case_topic.json")
    write_jsonl(tmp_path / "f" / "cases.jsonl", [flat("A", "a", History="one"), flat("A", "b", History="two")])
    assert tells(refusal(tmp_path / "f"), "A", "history", "'one'", "'two'")
    rows = [(*HEAD, "topic"), ("A", "a.png", "q", "a", "T"), ("A", "b.png", "q", "a", "U")]
    write_csv(tmp_path / "t" / "a.csv", rows)
    assert tells(refusal(tmp_path / "t"), "A", "topic", "'T'", "'U'")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"U_id": "A", "image": "a", "case_info": {}}\n{"U_id": ', "line 2"),
        ('{"U_id": "A", "image": "a", "case_info": {}}\n[1]\n', "record 2"),
        ('{"U_id": "A", "image": "a", "case_info": {}}\n{"U_id": "B", "image": "b"}\n', "case_info"),
    ],
)
def test_broken_lines_are_named(tmp_path, text, told):
    (tmp_path / "cases.jsonl").write_text(text)
    save_picture(tmp_path / "a.png")
    assert told in refusal(tmp_path) and "cases.jsonl" in refusal(tmp_path)


def test_a_table_that_is_no_text_and_a_row_without_a_case(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"case,image,question,answer\nA,a.png,q,caf\xe9\n")
    save_picture(tmp_path / "a.png")
    assert "not UTF-8" in refusal(tmp_path)
    write_csv(tmp_path / "a.csv", [HEAD, ("A", "a.png", "q", "a"), ("", "b.png", "q", "a")])
    assert "no case" in refusal(tmp_path)


def test_a_case_stays_in_one_shard_whatever_others_come(tmp_path):
    def plan(number):
        names = [f"case{place}" for place in range(number)]
        records = [flat(name, f"{name}_{image}") for name in names for image in (1, 2)]
        write_jsonl(tmp_path / "cases.jsonl", records)
        for record in records:
            save_picture(tmp_path / "images" / f"{record['image']}.png")
        return plan_cases(tmp_path, None, 4)

    before, after = plan(8), plan(9)
    home = {file: shard for shard, files in before.shards.items() for file in files}
    assert len(home) == 16
    assert all(home[f"images/case{place}_1.png"] == home[f"images/case{place}_2.png"] for place in range(8))
    changed = {shard for shard in after.shards if after.shards[shard] != before.shards.get(shard)}
    assert len(changed) == 1 and after.digest != before.digest


def test_a_folder_is_planned_once_per_change_of_its_tables_names_settings_or_code(tmp_path):
    folder, kept = tmp_path / "cases", tmp_path / "kept" / "plan.json"
    write_csv(folder / "a.csv", [("image", "Befund"), ("a.png", "Cyst.")])
    save_picture(folder / "a.png")

    def plan(code="1", columns=None):
        return plan_once(kept, code, folder, None, 2, columns or {"caption": "Befund"})

    first, dates = plan(), (folder / "a.csv").stat()
    assert first == plan_cases(folder, None, 2, {"caption": "Befund"})
    (folder / "a.csv").write_text("x" * dates.st_size)  # as large and as old: only who reads it again can tell
    os.utime(folder / "a.csv", ns=(dates.st_atime_ns, dates.st_mtime_ns))
    assert plan() == first
    for changed in ({"code": "2"}, {"columns": {"findings": "Befund"}}):
        with pytest.raises(ValueError, match=naming("Befund")):
            plan(**changed)
    assert plan() == first
    os.utime(folder / "a.csv")
    with pytest.raises(ValueError, match=naming("Befund")):
        plan()
    write_csv(folder / "a.csv", [("image", "Befund"), ("a.png", "Cyst.")])
    assert plan() == first
    save_picture(folder / "b.png", 1)
    assert plan().digest != first.digest
