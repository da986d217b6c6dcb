"""Questions by rule and given ones, each on its side of the split, each in the ledger."""

from collections import Counter
from typing import get_args

import pyarrow as pa
import pytest

from further.cases.prompts import make_messages, prompt_chat, prompt_paligemma
from further.cases.questions import RULES, ask_questions
from further.cases.schemas import CASES, FOUND_QUESTIONS, IMAGES, SPLIT
from further.settings.images import QuestionType

SETTINGS = {"how": "own", "types": None, "max_images": 2, "language": "en"}


def tables(cases, images, split, asked=()):
    return {
        "cases": pa.Table.from_pylist([{"given_split": []} | line for line in cases], CASES),
        "images": pa.Table.from_pylist(images, IMAGES),
        "split": pa.Table.from_pylist([{"case": case, "split": side} for case, side in split], SPLIT),
        "asked": pa.Table.from_pylist(list(asked), FOUND_QUESTIONS),
    }


@pytest.fixture
def records():
    cases = [
        {
            "case": "A",
            "diagnosis": "Renal Cyst",
            "findings": "Round.",
            "abnormal": "yes",
            "abnormality": "Cyst",
            "side": "left",
        },
        {"case": "B", "abnormal": "No"},
        {"case": "C", "category": "Neoplasm, glial"},
    ]
    images = [
        {
            "image": "A_1",
            "case": "A",
            "modality": "ct",
            "plane": "axial",
            "location": "Head and Neck",
            "caption": "A Cyst.",
        },
        {"image": "A_2", "case": "A", "modality": "mri"},
        {"image": "A_3", "case": "A"},
        {"image": "B_1", "case": "B", "modality": "ct"},
        {"image": "C_1", "case": "C"},
    ]
    return cases, images, [("A", "train"), ("B", "test"), ("C", "validation")]


def ask(made, **settings):
    questions, ledger = ask_questions(made, **SETTINGS | settings)
    return questions.to_pylist(), ledger.to_pylist()


def test_fields_become_questions_and_absent_ones_none(records):
    questions, _ = ask(tables(*records))
    said = {(line["case"], tuple(line["images"]), line["question_type"]): line["answer"] for line in questions}
    both = ("A_1", "A_2")
    assert said == {
        ("A", ("A_1",), "modality"): "ct", ("A", ("A_2",), "modality"): "mri", ("A", ("A_1",), "plane"): "axial",
        ("A", ("A_1",), "location"): "head and neck", ("A", both, "abnormal"): "yes",
        ("A", both, "abnormality"): "cyst", ("A", both, "side"): "left",
        ("A", both, "diagnosis"): "Renal Cyst", ("A", both, "findings"): "Round.",
        ("A", ("A_1",), "caption"): "A Cyst.",
        ("B", ("B_1",), "modality"): "ct", ("B", ("B_1",), "abnormal"): "no", ("B", ("B_1",), "abnormality"): "none",
        ("B", ("B_1",), "side"): "none", ("B", ("B_1",), "size"): "none",
        ("C", ("C_1",), "abnormality"): "neoplasm, glial",
    }  # fmt: skip
    assert {line["kind"] for line in questions if line["question_type"] == "abnormal"} == {"yes/no"}
    assert {line["split"] for line in questions if line["case"] == "B"} == {"test"}
    assert len({line["question_id"] for line in questions}) == len(questions)


def test_types_are_chosen_and_images_limited(records):
    questions, _ = ask(tables(*records), types=["abnormal", "diagnosis"], max_images=1)
    assert [(line["question_type"], line["images"]) for line in questions] == [
        ("abnormal", ["A_1"]), ("diagnosis", ["A_1"]), ("abnormal", ["B_1"]),
    ]  # fmt: skip


def given(case, answer, *, split=None, language=None, question="is it?", closed=True, images=None):
    line = {
        "case": case,
        "images": images or [f"{case}_1"],
        "question": question,
        "answer": answer,
        "given_split": split,
    }
    return line | {"question_type": "pres", "closed": closed, "language": language}


def test_a_layouts_own_questions_replace_the_rules_unless_both_are_wanted(records):
    asked = [given("A", "Yes"), given("A", "CT"), given("B", "no", language="en"), given("B", "有", language="zh")]
    asked += [given("B", None), given("B", "x", question=None), given("A", "x", images=["A_1", "lost"])]
    asked.append(given("A", "some cyst", closed=False))
    questions, ledger = ask(tables(*records, asked))
    assert [(line["case"], line["answer"], line["kind"], line["origin"]) for line in questions] == [
        ("A", "Yes", "yes/no", "given"), ("A", "CT", "choice", "given"), ("A", "some cyst", "open", "given"),
        ("B", "no", "yes/no", "given"),
    ]  # fmt: skip
    assert Counter(line["reason"] for line in ledger) == {
        "kept": 4, "other language": 1, "no answer": 1, "no question": 1, "image dropped": 1,
    }  # fmt: skip
    both, _ = ask(tables(*records, asked), types=["modality"])
    assert Counter(line["origin"] for line in both) == {"given": 4, "rule": 3}


def test_a_question_that_is_asked_twice_has_two_names(records):
    questions, ledger = ask(tables(*records, [given("A", "Yes"), given("A", "Yes"), given("B", "no")]))
    assert len({line["question_id"] for line in questions}) == 3 == len({line["name"] for line in ledger})


@pytest.mark.parametrize(
    ("how", "split", "sides"),
    [
        ("own", [("A", "test"), ("B", "train")], {"test": 2, "train": 1}),
        ("given", [("A", "train"), ("A", "test"), ("B", "train")], {"train": 2, "test": 1}),
        ("repaired", [("A", "test"), ("B", "train")], {"test": 1, "train": 1}),
        ("given", [("A", "train"), ("A", "test"), ("B", "validation")], {"train": 1, "test": 1, "validation": 1}),
    ],
)
def test_given_questions_stand_on_their_own_side_where_the_split_is_given(how, split, sides):
    cases = [{"case": "A", "given_split": ["train", "test"]}, {"case": "B", "given_split": ["train"]}]
    images = [{"image": "A_1", "case": "A"}, {"image": "B_1", "case": "B"}]
    asked = [given("A", "yes", split="train"), given("A", "no", split="test"), given("B", "yes", split="train")]
    questions, ledger = ask(tables(cases, images, split, asked), how=how)
    assert Counter(line["split"] for line in questions) == sides
    assert Counter(line["reason"] for line in ledger)["also held out"] == 3 - len(questions)


def test_questions_of_a_case_that_a_repaired_split_leaves_out_are_counted(records):
    cases, images, split = records
    questions, ledger = ask(tables(cases, images, [side for side in split if side[0] != "C"]))
    assert not any(line["case"] == "C" for line in questions)
    assert [line["reason"] for line in ledger if line["case"] == "C"] == ["also held out"]


def test_a_study_may_ask_for_each_type_that_there_is_a_rule_for():
    assert get_args(QuestionType) == tuple(rule.kind for rule in RULES)


def test_an_empty_side_is_refused(records):
    with pytest.raises(ValueError, match="none is left in the test split"):
        ask(tables(*records), types=["diagnosis"])


def test_prompts_are_those_of_the_family():
    line = {"task": "answer", "language": "en", "question": "What modality is used?", "images": ["a", "b"]}
    caption = {"task": "caption", "language": "en", "question": "", "images": ["a"]}
    acronym = line | {"question": "CT or MRI?"}
    assert [prompt_paligemma(each) for each in (line, caption, acronym)] == [
        "answer en what modality is used?", "caption en", "answer en CT or MRI?",
    ]  # fmt: skip
    assert [prompt_chat(each) for each in (line | {"question": "is it?"}, caption)] == [
        "Is it?",
        "Describe this image.",
    ]
    turn = make_messages(line)
    assert [part["type"] for part in turn[0]["content"]] == ["image", "image", "text"]
