"""Drawn slices: seeded, as their records say, and no easier and no harder than measured."""

import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from further.cases.plan import plan_cases
from further.demo.clinics import CLINICS, FIRST, SECOND, THIRD, list_files
from further.demo.phantom_plan import plan_phantoms
from further.demo.phantoms import draw_phantoms, write_phantoms
from further.evaluation.answers.floors import answer_by_majority, answer_by_pixels, shrink


def test_a_seed_gives_the_same_pictures_and_more_begin_with_the_same():
    few, many, other = draw_phantoms(5, FIRST, 0), draw_phantoms(8, FIRST, 0), draw_phantoms(5, FIRST, 1)
    assert all(one[0] == two[0] and np.array_equal(one[1], two[1]) for one, two in zip(few, many, strict=False))
    assert [phantom for phantom, _ in few] != [phantom for phantom, _ in other]
    assert {picture.shape for _, picture in many} == {(32, 32)}


def test_a_lesion_on_the_patients_left_is_on_the_images_right_and_mirrored_in_the_second_clinic():
    for clinic, right in ((FIRST, True), (SECOND, False)):
        drawn = [pair for pair in draw_phantoms(600, clinic, 0) if pair[0].kind == "calcification"]
        brightest = [np.argmax(picture.astype(float).sum(axis=0)) for _, picture in drawn]
        places = [column > 15 for column, (phantom, _) in zip(brightest, drawn, strict=True) if phantom.side == "left"]
        assert bool(np.mean(places) > 0.6) is right


def test_the_second_clinic_is_noisier():
    corner = {
        clinic.name: np.std([picture[:3, :3] for _, picture in draw_phantoms(200, clinic, 0)])
        for clinic in (FIRST, SECOND)
    }
    assert corner["second"] > 1.5 * corner["first"]


def test_the_folder_is_what_the_rules_expect_before_it_is_there(tmp_path):
    expected = plan_phantoms(tmp_path, 12, "second", 3)
    write_phantoms(tmp_path, 12, "second", 0)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == sorted(
        list_files("second", 12)
    )
    assert plan_cases(tmp_path, None, 3) == expected
    record = json.loads((tmp_path / "cases.jsonl").read_text().splitlines()[0])
    assert {"U_id", "image", "caption", "type", "case_info", "topic_info"} == set(record)


def test_the_third_clinic_has_half_the_contrast_of_the_second():
    """Variances of gray values, less that of the noise of both, 14²."""
    variance = {
        clinic.name: np.mean([np.var(picture.astype(float)) for _, picture in draw_phantoms(100, clinic, 0)]) - 14**2
        for clinic in (SECOND, THIRD)
    }
    assert variance["third"] / variance["second"] == pytest.approx(0.25, abs=0.04)


def test_its_floors_are_near_those_of_the_shared_phantoms():
    """Majority .51 .33 .77 .30 .40 .40, logistic regression 1.00 1.00 .77 .54 .62 .52 there; 500 and 200 cases."""
    lines, pixels = [], {}
    for place, (phantom, picture) in enumerate(draw_phantoms(700, FIRST, 0)):
        pixels[str(place)] = shrink(Image.fromarray(picture))
        about = {"modality": phantom.modality, "organ": phantom.organ, "kind": phantom.kind or "none"}
        about |= {
            "side": phantom.side or "none",
            "size": phantom.size or "none",
            "abnormal": str(phantom.kind is not None),
        }
        lines += [(place < 500, kind, "?", [str(place)], answer) for kind, answer in about.items()]
    table = pd.DataFrame(lines, columns=["train", "question_type", "question", "images", "answer"])
    train, test = table[table["train"]], table[~table["train"]]
    shares = {}
    for name, answers in (
        ("majority", answer_by_majority(train, test)),
        ("pixels", answer_by_pixels(train, test, pixels)),
    ):
        right = answers == test.loc[answers.index, "answer"]
        shares[name] = right.groupby(test["question_type"]).mean()
    majority = {"modality": 0.51, "organ": 0.33, "abnormal": 0.77, "kind": 0.30, "side": 0.40, "size": 0.40}
    pixels = {"modality": 1.0, "organ": 1.0, "abnormal": 0.77, "kind": 0.54, "side": 0.62, "size": 0.52}
    for kind in majority:  # 200 cases: a standard error of .035
        assert shares["majority"][kind] == pytest.approx(majority[kind], abs=0.08)
        assert shares["pixels"][kind] == pytest.approx(pixels[kind], abs=0.08)
    assert set(Counter(phantom.kind for phantom, _ in draw_phantoms(300, SECOND, 0))) == {
        None,
        "cyst",
        "mass",
        "calcification",
    }
    assert set(CLINICS) == {"first", "second", "third"}
