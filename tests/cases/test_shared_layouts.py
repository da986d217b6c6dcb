"""The layouts with known answers at ../shared/vision/layouts: what must come out of each."""

import io
import json
from collections import Counter

import numpy as np
import pydicom
import pytest
from PIL import Image

from cases.conftest import LIMITS, find, gather, reasons
from further.cases import dicom
from further.cases.pictures import read_pictures
from further.cases.plan import plan_cases
from further.cases.split import split_cases


def expected(layouts, name):
    return json.loads((layouts / "expected.json").read_text())[name]


@pytest.mark.parametrize("name", ["medpix2", "flat", "rocov2", "vqa_rad", "slake", "dicom"])
def test_each_is_recognized(shared_layouts, name):
    assert plan_cases(shared_layouts / name, None, 4).layout == name
    assert plan_cases(shared_layouts / "pathvqa", None, 4).layout == "parquet"


def test_medpix2(shared_layouts):
    wanted, folder = expected(shared_layouts, "medpix2"), shared_layouts / "medpix2"
    cases, images, _ = find(folder)
    named = [line for line in images.to_pylist() if line["case"]]
    assert (cases.num_rows, len(named)) == (wanted["cases"], wanted["images_listed"])
    gathered = gather(folder)
    about, said = reasons(gathered, "image"), reasons(gathered, "caption")
    of_case = {line["image"]: line["case"] for line in named}
    assert [of_case[name] for name, reason in about.items() if reason == "missing"] == wanted["image_missing"]
    assert [name for name, reason in about.items() if reason == "cut off"] == wanted["image_damaged"]
    assert sum(reason in ("kept", "twice") for reason in about.values()) == wanted["images_readable"]
    spare = [name for name, reason in about.items() if reason == "nobody's"]
    assert [name.split("/")[1].split(".")[0] for name in spare] == wanted["on_disk_but_not_listed"]
    placeholders = [of_case[name] for name, reason in said.items() if reason == "placeholder caption"]
    assert placeholders == wanted["placeholder_caption"]
    told = [of_case[name] for name, reason in said.items() if reason == "diagnosis in caption"]
    assert told == wanted["diagnosis_in_caption"]
    links = {kind: [] for kind in ("same image", "near-equal image", "same topic")}
    for line in gathered.links.to_pylist():
        links[line["kind"]].append([line["case"], line["other"]] + ([line["detail"]] if line["detail"] else []))
    assert links["same image"] == wanted["same_bytes_across_split"]
    assert links["near-equal image"] == wanted["nearly_same_across_split"]
    assert links["same topic"] == wanted["topic_across_split"]
    modes = Counter(line["mode"] for line in gathered.images.to_pylist())
    assert {mode: number for mode, number in modes.items() if mode != "L"} == wanted["not_greyscale_8bit"]


def test_the_leaks_of_medpix2s_split(shared_layouts):
    gathered = gather(shared_layouts / "medpix2")
    found = find(shared_layouts / "medpix2")[0]
    how = {"how": "given", "test_fraction": 0.2, "validation_fraction": 0.1, "seed": 0}
    made = split_cases(found, gathered.cases, gathered.links, **how)
    assert [(line["kind"], line["case"], line["other"]) for line in made.leaks.to_pylist()] == [
        ("same image", "XPX1008", "XPX1000"),
        ("near-equal image", "XPX1009", "XPX1001"),
        ("same topic", "XPX1009", "XPX1000"),
    ]
    assert made.summary["given"]["leaking"] == {"test": 0, "validation": 2}


def test_the_fields_of_medpix2_that_say_nothing(shared_layouts):
    cases, images, _ = find(shared_layouts / "medpix2")
    case = {line["case"]: line for line in cases.to_pylist()}
    image = {line["case"]: line for line in images.to_pylist()}
    absent = [case["XPX1001"]["exam"], case["XPX1002"]["findings"], case["XPX1003"]["history"], case["XPX1003"]["sex"]]
    assert [*absent, image["XPX1002"]["plane"]] == [None] * 5
    assert image["XPX1011"]["caption"] == "Arrow & mass"


def test_flat_rocov2_vqa_rad_slake_and_pathvqa(shared_layouts):
    cases, images, _ = find(shared_layouts / "flat")
    wanted = expected(shared_layouts, "flat")
    assert (cases.num_rows, images.num_rows) == (wanted["cases"], wanted["rows"])
    assert find(shared_layouts / "rocov2")[1].num_rows == expected(shared_layouts, "rocov2")["rows"]
    wanted, (cases, _, asked) = expected(shared_layouts, "vqa_rad"), find(shared_layouts / "vqa_rad")
    train = [line for line in asked.to_pylist() if line["given_split"] == "train"]
    closed = [line for line in train if line["closed"]]
    choices = [line for line in closed if line["answer"].lower() not in ("yes", "no")]
    assert (len(train), len(closed), len(choices)) == (
        wanted["train"], wanted["closed_train"], wanted["closed_not_yes_no_train"],
    )  # fmt: skip
    both = [line for line in cases.to_pylist() if line["given_split"] == ["train", "test"]]
    assert len(both) == wanted["test_image_also_in_train"]
    wanted, asked = expected(shared_layouts, "slake"), find(shared_layouts / "slake")[2].to_pylist()
    english = [line for line in asked if line["language"] == "en"]
    assert (len(asked), len(english)) == (wanted["rows"], wanted["english"])
    assert sum(line["answer"] is None for line in english) == wanted["empty_answers"]
    assert sum(line["closed"] for line in english) == wanted["closed_english"]
    assert find(shared_layouts / "pathvqa")[2].num_rows == expected(shared_layouts, "pathvqa")["rows"]
    pictures = gather(shared_layouts / "pathvqa").images.to_pylist()
    assert {line["mode"] for line in pictures} == {expected(shared_layouts, "pathvqa")["image_mode"]}


def test_dicom_values_and_windows(shared_layouts):
    wanted = json.loads((shared_layouts / "dicom" / "expected.json").read_text())
    for name, about in wanted.items():
        data = pydicom.dcmread(shared_layouts / "dicom" / f"{name}.dcm")
        values = np.stack([dicom.values_of(data, frame) for frame in range(dicom.count_readable_frames(data))])
        assert list(values.shape) == ([1, *about["shape"]] if len(about["shape"]) == 2 else about["shape"])
        assert (values[0, 16, 16], values.min(), values.max()) == (
            about["value_row16_col16"],
            about["min"],
            about["max"],
        )
        if "windowed_min_max" in about:  # the lowest of the stored range is black
            assert about["windowed_row16_col16"] == about["windowed_min_max"][0]
            assert dicom.to_bytes(data, values[0], "header")[16, 16] == 0
        if name == "inverted":
            assert np.array_equal(dicom.to_bytes(data, values[0], "header"), 255 - data.pixel_array)


def test_nothing_of_a_dicom_header_that_names_someone_leaves_the_reader(shared_layouts):
    folder = shared_layouts / "dicom"
    plan = plan_cases(folder, None, 1)
    pictures = list(read_pictures(folder, plan.shards["00"], LIMITS))
    text = str([pictures, *(table.to_pylist() for table in (*find(folder), *gather(folder)))])
    for secret in ("Phantom", "PH1", "20200101", "19000101", "1.2.826", ".dcm", "three_frames", "inverted"):
        assert secret not in text
    picture = Image.open(io.BytesIO(pictures[0]["png"]))
    assert picture.info == {}
