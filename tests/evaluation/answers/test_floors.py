"""Floors, by hand and against ../shared/vision/phantom_floors.json."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from evaluation.answers.tables import read_csv, shared
from further.evaluation.answers.floors import (
    answer_by_majority,
    answer_by_pixels,
    answer_by_question,
    answer_floors,
    make_answers,
    shrink,
    unify_spelling,
)


def table(lines):
    columns = ["question_type", "question", "images", "answer"]
    return pd.DataFrame([(kind, asked, [image], answer) for kind, asked, image, answer in lines], columns=columns)


TRAIN = table(
    [
        ("side", "which?", "a", "left"),
        ("side", "which?", "b", "right"),
        ("side", "where?", "c", "right"),
        ("side", "where?", "d", "left"),
        ("side", "where?", "e", "left"),
        ("kind", "what?", "a", "mass"),
    ]
)
TEST = table(
    [
        ("side", "which?", "x", "left"),
        ("side", "where?", "y", "left"),
        ("side", "how?", "z", "left"),
        ("age", "?", "x", "3"),
    ]
)


def test_majority_and_question_only():
    assert answer_by_majority(TRAIN, TEST).tolist() == ["left", "left", "left", ""]
    assert answer_by_question(TRAIN, TEST).tolist() == ["left", "left", "left", ""]
    more = pd.concat([TRAIN, table([("side", "which?", "f", "right")])])
    assert answer_by_majority(more, TEST)[0] == "left"  # three each: the alphabet decides
    assert answer_by_question(more, TEST).tolist() == ["right", "left", "left", ""]


def test_one_answer_in_several_spellings_is_counted_as_one():
    assert unify_spelling(pd.Series(["No", "yes.", "Yes", "no", "Yes", "No "])).tolist() == [
        "No", "Yes", "Yes", "No", "Yes", "No",
    ]  # fmt: skip
    assert unify_spelling(pd.Series(["A", "B", "a", "1.5", "15", "A"])).tolist() == ["A", "B", "A", "1.5", "15", "A"]
    asked = [("is it?", answer) for answer in ("left", "left", "Right", "right", "right.")]
    questions = pd.DataFrame(asked, columns=["question", "answer"]).assign(
        question_id=list("abcde"), case=list("abcde"), images=[["x"]] * 5, question_type="side", kind="choice"
    )
    split = pd.concat([questions.assign(split=side) for side in ("train", "test")], ignore_index=True)
    picture = io.BytesIO()
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(picture, "PNG")
    scores = answer_floors(split, [("x", picture.getvalue())]).to_pandas()
    majority = scores[scores["floor"] == "majority"]
    assert majority["exact_match"].mean() == 0.6  # three of five, however they are written


def test_pixels_answer_what_can_be_seen_and_no_texts():
    generator = np.random.default_rng(0)
    pictures = {}
    for place in range(60):
        picture = generator.integers(0, 60, (32, 32)).astype(np.uint8)
        picture[:, 16 * (place % 2) : 16 * (place % 2) + 16] += 120
        pictures[str(place)] = picture
    lines = [("side", "which?", name, "left" if int(name) % 2 else "right") for name in pictures]
    lines += [("caption", "", name, f"text {name}") for name in pictures]
    train, test = table(lines[:40] + lines[60:]), table(lines[40:60] + lines[60:65])
    pixels = {name: shrink(Image.fromarray(picture)) for name, picture in pictures.items()}
    found = answer_by_pixels(train, test, pixels)
    assert (found == test.loc[found.index, "answer"]).all() and len(found) == 20


def test_the_floors_of_the_shared_phantoms():
    wanted, lines = json.loads(shared("phantom_floors.json").read_text()), read_csv("phantoms.csv")
    drawn = np.load(shared("phantoms.npz"))
    questions, pictures = [], {}
    for line in lines:
        name = f"{line['split']}{line['image']}"
        data = io.BytesIO()
        Image.fromarray(drawn[line["split"]][int(line["image"])]).save(data, "PNG")
        pictures[name] = data.getvalue()
        about = {"case": name, "split": line["split"], "images": [name], "kind": "open", "question": "?"}
        questions += [about | {"question_type": kind, "answer": line[kind]} for kind in wanted["floors"]]
    asked = pd.DataFrame(questions).assign(question_id=lambda own: own.index.astype(str))
    scores = answer_floors(asked, pictures.items()).to_pandas()
    found = scores.groupby(["floor", "question_type"])["exact_match"].mean()
    for kind, floors in wanted["floors"].items():
        for floor, name in (("majority", "majority"), ("question only", "majority"), ("pixels", "logistic_24")):
            assert found[floor, kind] == pytest.approx(floors[name], abs=wanted["tolerance"])
    assert scores[scores["floor"] == "majority"].groupby("question_type")["answer"].first().to_dict() == {
        kind: floors["majority_answer"] for kind, floors in wanted["floors"].items()
    }


def test_answers_are_a_table_as_a_models(tmp_path):
    questions = TEST.assign(question_id=list("wxyz"), case=list("abcd"), kind="open")
    made = make_answers(questions, answer_by_majority(TRAIN, TEST).drop(3))
    assert made[["question_id", "reference", "answer"]].to_numpy().tolist() == [
        ["w", "left", "left"], ["x", "left", "left"], ["y", "left", "left"],
    ]  # fmt: skip
