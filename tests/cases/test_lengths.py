"""Lengths of answers, windows, and where an answer is cut."""

import pyarrow as pa
import pytest

from facts import naming
from further.cases.lengths import count_words, fit_answer, measure_lengths, room_for_answer
from further.cases.schemas import QUESTIONS


def test_windows_cut_what_is_longer():
    answers = [("caption", "word " * number) for number in (10, 76, 77, 200)] + [("modality", "ct")] * 4
    questions = pa.Table.from_pylist([{"question_type": kind, "answer": answer} for kind, answer in answers], QUESTIONS)
    lines = measure_lengths(questions).to_pylist()
    cut = {
        (line["question_type"], line["window"]): (line["answers"], line["cut"], line["cut_fraction"])
        for line in lines
        if line["window"] in (76, 256)
    }
    assert cut == {
        ("all", 76): (8, 2, 0.25), ("all", 256): (8, 0, 0.0), ("caption", 76): (4, 2, 0.5),
        ("caption", 256): (4, 0, 0.0), ("modality", 76): (4, 0, 0.0), ("modality", 256): (4, 0, 0.0),
    }  # fmt: skip
    caption = next(line for line in lines if line["question_type"] == "caption")
    assert (caption["median"], caption["longest"], caption["unit"]) == (76.5, 200, "words")
    letters = measure_lengths(questions, count=len, unit="letters").to_pylist()
    # Captions of 50, 380, 385 and 1,000 letters, blanks counted, and "ct".
    assert [(line["unit"], line["cut"]) for line in letters if line["window"] == 256] == [("letters", 3)] * 2 + [
        ("letters", 0)
    ]


def test_a_window_of_256_with_256_image_tokens_leaves_nothing():
    assert room_for_answer(300, 256, 9) == 34
    with pytest.raises(ValueError, match=naming(-10, 267)):
        room_for_answer(256, 256, 9)
    assert room_for_answer(267, 256, 9) == 1


@pytest.mark.parametrize(
    ("answer", "window", "fitted"),
    [
        ("One two. Three four.", 4, ("One two. Three four.", False)),
        ("One two. Three four.", 3, ("One two.", True)),
        ("Size 3.5 cm here. More words follow.", 5, ("Size 3.5 cm here.", True)),
        ("One two three four five", 3, ("One two three", True)),
        ("One two three four. Five.", 2, ("One two", True)),
        ("(See it.) And then more.", 3, ("(See it.)", True)),
    ],
)
def test_an_answer_is_cut_after_a_sentence_or_else_after_a_word(answer, window, fitted):
    assert fit_answer(answer, window, count_words) == fitted


def test_a_window_that_holds_no_word_is_refused():
    with pytest.raises(ValueError, match=naming(2)):
        fit_answer("pneumothorax", 2, len)
