"""The bundled questions: each with its sentence, 40 on papers of the training and 20 on held-out ones alone."""

import csv
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from further.corpus.schemas import ROWS
from further.corpus.select.split import split_papers
from further.evaluation.questions.read import read_questions

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "resources" / "demo" / "questions.csv"
ARTICLES = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "resources/demo/articles").glob("*.md")}


@pytest.fixture(scope="module")
def lines():
    with FILE.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def splits():
    """The split of the demonstration, which depends on the papers' names alone."""
    corpus = yaml.safe_load((ROOT / "config/config.yaml").read_text())["corpus"]
    rows = pa.Table.from_pylist([{"paper": name, "text": "one word"} for name in ARTICLES], schema=ROWS)
    table = split_papers(
        rows,
        test_fraction=corpus["test_fraction"],
        validation_fraction=corpus["validation_fraction"],
        seed=corpus["split_seed"],
    )
    return dict(zip(table["paper"].to_pylist(), table["split"].to_pylist(), strict=True))


def test_forty_are_answered_in_training_papers_and_twenty_only_in_held_out_ones(splits):
    questions = read_questions(FILE)
    assert Counter(splits[question.paper] for question in questions) == {"train": 40, "test": 20}
    assert len({question.text for question in questions}) == 60
    assert {question.topic for question in questions} == {
        *("donation", "rejection", "immunosuppression", "support", "complications", "recipient")
    }


def test_the_sentence_of_each_stands_in_its_article_and_in_no_other(lines):
    for line in lines:
        assert [name for name, text in ARTICLES.items() if line["sentence"] in text] == [line["paper"]], line[
            "question"
        ]


def test_neither_place_nor_length_gives_the_answer_away():
    questions = read_questions(FILE)
    assert Counter(question.correct for question in questions) == {0: 15, 1: 15, 2: 15, 3: 15}
    longest = [max(map(len, question.choices)) == len(question.choices[question.correct]) for question in questions]
    assert sum(longest) <= 20
