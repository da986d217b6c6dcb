"""Another clinic's cases, read in one go: what comes out, and what is said of a folder that cannot be read."""

import csv

import pyarrow.parquet as pq
import pytest

from cases.conftest import LIMITS
from cases.made import save_picture
from facts import naming
from further.cases.pictures import write_pictures
from further.cases.shifted import plan_shifted, read_shifted

SETTINGS = {"near_equal_bits": 16, "types": None, "max_images": 1, "language": "en"}


def write_cases(folder, rows, columns=("case", "image", "question", "answer", "question_type")):
    folder.mkdir()
    with (folder / "cases.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])
    return folder


def read(folder, pictures, settings=SETTINGS):
    plan = plan_shifted(folder)
    write_pictures(pictures, folder, [file for files in plan.shards.values() for file in files], LIMITS)
    return read_shifted(plan, pictures, **settings)


def test_all_cases_are_asked_and_none_is_for_training(tmp_path):
    folder = write_cases(
        tmp_path / "other",
        [[f"case{n}", f"{n}.png", "which side?", "left", "side"] for n in range(3)]
        + [["gone", "gone.png", "which side?", "left", "side"], ["case0", "0.png", "what is it?", "", "kind"]],
    )
    for number in range(3):
        save_picture(folder / f"{number}.png", number)
    questions, images = read(folder, tmp_path / "shifted.parquet")
    assert [(line["case"], line["split"], line["answer"]) for line in questions.to_pylist()] == [
        (f"case{number}", "shifted", "left") for number in range(3)
    ]
    assert images["shard"].to_pylist() == ["shifted"] * 3
    assert pq.read_table(tmp_path / "shifted.parquet").num_rows == 3


def test_questions_are_made_by_the_study_s_rules(tmp_path):
    columns = ("case", "image", "question", "answer", "modality")
    folder = write_cases(tmp_path / "other", [["one", "0.png", "", "", "CT"]], columns)
    save_picture(folder / "0.png")
    settings = SETTINGS | {"types": ["modality"]}
    questions, _ = read(folder, tmp_path / "shifted.parquet", settings)
    assert [(line["question_type"], line["answer"]) for line in questions.to_pylist()] == [("modality", "ct")]


def test_what_is_wrong_is_said_of_the_setting_that_names_the_folder(tmp_path):
    with pytest.raises(ValueError, match=naming("guard.shifted_folder", tmp_path / "nowhere")):
        plan_shifted(tmp_path / "nowhere")
    folder = write_cases(tmp_path / "other", [["one", "0.png", "which side?", "left", "side"]])
    with pytest.raises(ValueError, match=naming("guard.shifted_folder", "all 1")):
        plan_shifted(folder)
    (folder / "0.png").write_bytes(b"no image")
    with pytest.raises(ValueError, match=naming("guard.shifted_folder", "none of 1")):
        read(folder, tmp_path / "shifted.parquet")
