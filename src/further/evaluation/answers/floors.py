"""What can be answered without looking closely: the floors that a model's answers are read against."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image
from sklearn.linear_model import LogisticRegression

from further.evaluation.answers.match import comparable
from further.evaluation.answers.schemas import ANSWERS, FLOOR_SCORES
from further.evaluation.answers.score import score_answers

SIDE = 24  # pixels
REGULARIZATION = 0.3  # scikit-learn's C
MAX_ANSWERS = 50
"""Different answers of a type above which it is no classification: captions and findings."""
MAX_ITERATIONS = 2_000  # scikit-learn's own are 100: the side of 1,000 phantoms' lesions takes 122, the kind 179


def unify_spelling(answers: "pd.Series[str]") -> "pd.Series[str]":
    """Answers that say the same in their most frequent spelling: "Yes", "yes" and "yes." are one answer."""
    told = pd.Series([comparable(answer, answer) for answer in answers], answers.index)
    return told.map(_most_frequent(pd.DataFrame({"told": told, "answer": answers}), ["told"]))


def answer_by_majority(train: pd.DataFrame, test: pd.DataFrame) -> "pd.Series[str]":
    """The most frequent training answer of each question's type; the first by the alphabet where several are.

    Args:
        train: Lines with question_type and answer.
        test: Lines with question_type.

    Returns:
        Answers with the index of `test`; "" for a type that the training does not have.
    """
    most = _most_frequent(train, ["question_type"])
    return test["question_type"].map(lambda kind: most.get(kind, "")).astype(str)


def answer_by_question(train: pd.DataFrame, test: pd.DataFrame) -> "pd.Series[str]":
    """The most frequent training answer to the question's own words, else of its type.

    Args:
        train: Lines with question_type, question and answer.
        test: Lines with question_type and question.

    Returns:
        Answers with the index of `test`.
    """
    most, fallback = _most_frequent(train, ["question_type", "question"]), answer_by_majority(train, test)
    pairs = zip(test["question_type"], test["question"], fallback, strict=True)
    return pd.Series([most.get((kind, asked), other) for kind, asked, other in pairs], test.index, dtype=str)


def _most_frequent(train: pd.DataFrame, by: list[str]) -> dict[Any, str]:
    """By key, a tuple where it has several columns; of answers that are as frequent the first by the alphabet."""
    most: dict[Any, str] = train.groupby(by)["answer"].agg(lambda own: own.mode().iloc[0]).to_dict()
    return most


def count_different(answers: pd.DataFrame, column: str) -> "pd.Series[int]":
    """Different answers, in a column, of each question type; spellings of one are not counted apart."""
    told = answers[column].map(lambda text: comparable(text, text))
    return told.groupby(answers["question_type"]).nunique()


def shrink(image: Image.Image) -> NDArray[np.float64]:
    """An image as 24 × 24 gray values from 0 to 1, in one row."""
    small = image.convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(small, dtype=np.float64).ravel() / 255


def answer_by_pixels(
    train: pd.DataFrame, test: pd.DataFrame, pixels: Mapping[str, NDArray[np.float64]]
) -> "pd.Series[str]":
    """What logistic regression on 24 × 24 pixels of the first image answers, one regression for each question type.

    Args:
        train: Lines with question_type, images and answer.
        test: Lines with question_type and images.
        pixels: Of every image, as `shrink` gives them.

    Returns:
        Answers with their index in `test`, of the types with 2 to 50 different training answers.
    """
    answers: list[pd.Series[str]] = []
    for kind, asked in test.groupby("question_type"):
        known = train[train["question_type"] == kind]
        if 2 <= known["answer"].nunique() <= MAX_ANSWERS:
            model = LogisticRegression(C=REGULARIZATION, max_iter=MAX_ITERATIONS)
            model.fit(_stack(known["images"], pixels), known["answer"].to_numpy(dtype=object))
            answers.append(pd.Series(model.predict(_stack(asked["images"], pixels)), asked.index, dtype=str))
    return pd.concat(answers) if answers else pd.Series([], dtype=str)


def _stack(images: Sequence[Any], pixels: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.stack([pixels[names[0]] for names in images])


def make_answers(questions: pd.DataFrame, answers: "pd.Series[str]") -> pd.DataFrame:
    """A floor's answers, by index of the questions, as ANSWERS; questions without an answer are left out."""
    asked = questions.loc[answers.index]
    columns = ["question_id", "case", "question_type", "kind"]
    return asked[columns].assign(reference=asked["answer"], answer=answers, ended=None)


def answer_floors(questions: pd.DataFrame, pictures: Iterable[tuple[str, bytes]]) -> pa.Table:
    """All floors' answers to the test's questions, scored.

    Args:
        pictures: Name and file of the images, one after the other.

    Returns:
        FLOOR_SCORES.
    """
    train, test = (questions[questions["split"] == side] for side in ("train", "test"))
    train = train.assign(answer=unify_spelling(train["answer"]))
    # Only what the regression looks at is opened: the first image of each question.
    seen = {names[0] for part in (train, test) for names in part["images"]}
    pixels = {name: shrink(Image.open(io.BytesIO(file))) for name, file in pictures if name in seen}
    floors = {
        "majority": answer_by_majority(train, test),
        "question only": answer_by_question(train, test),
        "pixels": answer_by_pixels(train, test, pixels),
    }
    tables = [
        score_answers(pa.Table.from_pandas(make_answers(test, answers), ANSWERS, preserve_index=False))
        .add_column(0, FLOOR_SCORES.field("floor"), pa.array([name] * len(answers), pa.string()))
        .cast(FLOOR_SCORES)
        for name, answers in floors.items()
    ]
    return pa.concat_tables(tables)
