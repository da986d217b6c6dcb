"""Parquet as hubs pass data sets on: pictures in the table, or named by their path."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cases.conftest import LIMITS, find, gather
from cases.made import encode, picture, save_picture
from facts import naming
from further.cases.pictures import read_pictures
from further.cases.plan import open_folder, plan_cases
from further.cases.readers import LAYOUTS

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
ASKED = {"question": ["q"], "answer": ["a"]}


def test_parquet_makes_one_case_of_equal_images_across_files(tmp_path):
    one, two = encode(picture(1), "JPEG"), encode(picture(2))

    def write(name, rows):
        images = [{"bytes": data, "path": None} for data, _ in rows]
        table = pa.table({"image": images, "question": ["q?"] * len(rows), "answer": [answer for _, answer in rows]})
        (tmp_path / "data").mkdir(exist_ok=True)
        pq.write_table(table, tmp_path / "data" / name)

    write("train-00000-of-00001.parquet", [(one, "no"), (one, "cyst"), (two, "x"), (None, "yes")])
    write("test-00000-of-00001.parquet", [(one, "yes")])
    cases, images, questions = find(tmp_path)
    assert sorted(map(tuple, (line["given_split"] for line in cases.to_pylist()))) == [
        ("train",), ("train",), ("train", "test"),
    ]  # fmt: skip
    assert (images.num_rows, questions.num_rows) == (3, 5)
    assert [line["image"] for line in images.to_pylist() if line["file"] is None] == ["train-00000-of-00001-row-3"]
    assert sorted(plan_cases(tmp_path, None, 1).shards["00"]) == [
        "data/test-00000-of-00001.parquet", "data/train-00000-of-00001.parquet",
    ]  # fmt: skip


def write_parquet(path, **columns):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)


def shown(*seeds):
    return [{"bytes": encode(picture(seed)), "path": None} for seed in seeds]


def test_parquet_s_picture_is_found_by_its_type_and_its_case_keeps_it_together(tmp_path):
    """As adishourya/MEDPIX-ShortQA has it: `image_id` holds the picture."""
    one = {"image_id": shown(1, 1, 2), "mode": ["CT", "CT", "MR"], "case_id": ["A", "A", "A"]}
    write_parquet(tmp_path / "data" / "Train-0.parquet", **one, question=["q", "r", "q"], answer=["a", "yes", "b"])
    two = {"image_id": shown(3), "mode": ["CT"], "case_id": ["A"], "question": ["q"], "answer": ["c"]}
    write_parquet(tmp_path / "data" / "Test-0.parquet", **two)
    cases, images, questions = find(tmp_path)
    assert sorted(images["modality"].to_pylist()) == ["ct", "ct", "mri"]
    assert cases.num_rows == 3 and len(set(cases["patient"].to_pylist())) == 1
    assert questions["given_split"].to_pylist() == ["test", "train", "train", "train"]
    kinds = [link["kind"] for link in gather(tmp_path).links.to_pylist()]
    assert kinds == ["same patient", "same patient"]


def test_parquet_with_captions_and_one_that_two_rows_tell_differently(tmp_path):
    columns = {"image": shown(1, 2, 2), "image_id": ["a", "b", "b"], "caption": ["A cyst.", "x", "y"]}
    write_parquet(tmp_path / "validation.parquet", **columns)
    cases, images, questions = find(tmp_path)
    assert sorted(images["caption"].to_pylist(), key=str) == ["A cyst.", None]
    assert cases["given_split"].to_pylist() == [["validation"]] * 2 and questions.num_rows == 0


def test_parquet_s_answer_types_and_question_types_are_kept(tmp_path):
    told = {"answer_type": ["CLOSED ", "OPEN"], "question_type": ["MODALITY", None], "image_organ": ["HEAD", "HEAD"]}
    write_parquet(tmp_path / "test.parquet", image=shown(1, 1), question=["q", "r"], answer=["CT", "1"], **told)
    _, images, questions = find(tmp_path)
    kept = [(line["question_type"], line["closed"]) for line in questions.to_pylist()]
    assert kept == [("modality", True), ("open", False)]
    assert images["location"].to_pylist() == ["HEAD"]


def test_parquet_that_names_files_by_path_is_a_table(tmp_path):
    rows = {"question": ["q", "r"], "answer": ["yes", "a"]}
    for image in (
        ["a.png", "b.png"],
        pa.array([{"bytes": None, "path": f"/home/x/{name}.png"} for name in "ab"], IMAGE),
    ):
        pq.write_table(pa.table({"image": image, **rows}), tmp_path / "test.parquet")
        with pytest.raises(ValueError, match=naming("cases.folder", 2, "a.png")):
            plan_cases(tmp_path, None, 1)
        for place, name in enumerate("ab"):
            save_picture(tmp_path / "images" / f"{name}.png", place)
        cases, images, questions = find(tmp_path)
        assert plan_cases(tmp_path, None, 1).tables == ("test.parquet",)
        assert images["file"].to_pylist() == ["images/a.png", "images/b.png"]
        assert cases["given_split"].to_pylist() == [["test"]] * 2 and questions["answer"].to_pylist() == ["yes", "a"]
        for name in "ab":
            (tmp_path / "images" / f"{name}.png").unlink()


def test_parquet_that_is_broken_or_holds_lists_of_pictures_is_named(tmp_path):
    file = tmp_path / "train.parquet"
    pq.write_table(pa.table({"images": pa.array([[encode(picture())]]), **ASKED}), file)
    with pytest.raises(ValueError, match=naming("images", "train.parquet", "lists")):
        plan_cases(tmp_path, None, 1)
    pq.write_table(pa.table({"image": [encode(picture())], **ASKED}), file)
    assert find(tmp_path)[1].num_rows == 1
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(ValueError, match=naming("train.parquet", "Parquet")):
        plan_cases(tmp_path, None, 1)


def test_columns_of_parquet_are_told_and_the_picture_that_is_told_is_read(tmp_path):
    write_parquet(tmp_path / "train.parquet", image=shown(1), bild=shown(2), frage=["q"], antwort=["ja"])
    told = {"image": "Bild", "question": "Frage", "answer": "antwort"}
    plan = plan_cases(tmp_path, None, 1, told)
    (case,) = LAYOUTS[plan.layout].read(open_folder(plan)).questions
    assert (plan.layout, case["question"], case["answer"]) == ("parquet", "q", "ja")
    (line,) = read_pictures(tmp_path, ["train.parquet"], LIMITS, told)
    assert case["case"] == f"image-{line['sha256'][:12]}" != f"image-{picture_digest(tmp_path)}"
    with pytest.raises(ValueError, match=naming("cases.columns.question", "'fragen'", "frage")):
        plan_cases(tmp_path, None, 1, told | {"question": "fragen"})


def picture_digest(folder):
    (line,) = read_pictures(folder, ["train.parquet"], LIMITS)
    return line["sha256"][:12]


def test_choices_in_parquet_are_asked_and_an_answer_alone_is_counted(tmp_path):
    choices = {"option_a": ["CT", "MRI"], "option_b": ["MRI", "CT"]}
    write_parquet(tmp_path / "a.parquet", image=shown(1, 2), question=["q", None], answer=["B", "x"], **choices)
    asked = [(line["question"], line["answer"], line["closed"]) for line in find(tmp_path)[2].to_pylist()]
    assert asked == [("q Choices: CT; MRI", "MRI", True), (None, "x", False)]
