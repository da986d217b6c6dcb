"""A modality is one embedding, registered in one place: the drawn signal, and another that this test adds."""

import inspect

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from further.evaluation.answers.generate import answer_questions
from further.models import Precision, load
from further.models.modalities import MODALITIES, Embedding, Signal
from further.models.one import ENCODER_DECODER
from further.onemodel import signals
from further.onemodel.folders import add_modality
from further.onemodel.runs import Part, make_rows, train_part, train_weights
from further.onemodel.train import train_seed
from further.vision.images import Held
from further.vision.prompts import make_prompter
from onemodel.made import make_study

MOST_LINES = 60


class Table(Embedding):
    """Laboratory values: each one is a piece."""

    key = "table_values"

    def __init__(self, width, columns):
        super().__init__(width, columns, 1)

    def cut(self, values):
        return values[..., None]


def read_tables(number):
    """Drawn values of three columns, and which of them is the highest."""
    values = torch.from_numpy(np.random.default_rng(0).normal(size=(number, 3))).float()
    tables = {f"table{place}": row for place, row in enumerate(values)}
    lines = [
        {"question_id": name, "case": name, "split": "test" if place % 4 == 0 else "train", "images": [name],
         "modality": "table", "question_type": "highest", "kind": "choice", "task": "answer", "language": "en",
         "question": "which value is highest?", "answer": ("first", "second", "third")[int(row.argmax())]}
        for place, (name, row) in enumerate(tables.items())
    ]  # fmt: skip
    return lines, tables


@pytest.fixture
def registered():
    MODALITIES["table"] = Table
    yield
    del MODALITIES["table"]


def count_lines(*parts):
    return sum(bool(line.strip()) for part in parts for line in inspect.getsource(part).splitlines())


def test_a_modality_is_added_trained_and_asked_in_under_sixty_lines(registered, tmp_path):
    assert count_lines(Table, read_tables) < MOST_LINES
    study = make_study(tmp_path, number=8)
    lines, tables = read_tables(400)
    start, folder, values = study.untrained(ENCODER_DECODER, 0), tmp_path / "added", Held("table_values", tables)
    words = ["which", "value", "is", "highest", "first", "second", "third"]
    add_modality(folder, start, "table", {"columns": 3}, words, tower_layers=0, seed=0)
    rows = make_rows([line for line in lines if line["split"] == "train"], folder, values, 64)
    part = Part("table", folder, study.run_of("", 0), study.drawn([rows], 400), rows, train_weights)
    trained = train_part(part, tmp_path / "trained", study.task, study.batch)
    asked = [line for line in lines if line["split"] == "test"]
    found = answer_questions(trained.model, make_prompter(folder), asked, values, new_tokens=3, batch_size=50)
    right = [row["answer"] == row["reference"] for row in found]
    assert sum(right) > 0.6 * len(right)  # a third by chance


def test_the_drawn_signal_too_is_a_reader_and_an_embedding_of_under_sixty_lines():
    assert count_lines(Signal, signals.read_signals, signals._draw_curve, signals.list_words) < MOST_LINES


def test_a_model_with_one_more_modality_says_the_same_about_images(tmp_path):
    study = make_study(tmp_path, number=8)
    start, folder = study.untrained(ENCODER_DECODER, 0), tmp_path / "added"
    add_modality(folder, start, signals.NAME, signals.SIZES, signals.list_words(), tower_layers=1, seed=0)
    before, after = (load(one, Precision("none", "float32")) for one in (start, folder))
    rows = make_rows(study.asked("test"), start, study.images, 64)
    batch = rows.collate([rows[number] for number in range(4)])
    with torch.no_grad():
        torch.testing.assert_close(after.encode(batch), before.encode(batch))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert len(tokenizer.encode("inverted", add_special_tokens=False).ids) == 1


@pytest.mark.parametrize(("way", "share"), [("embedding", (0.0, 0.2)), ("tower", (0.1, 0.5)), ("lora", (0.1, 0.5))])
def test_frozen_ways_train_their_own_part(tmp_path, way, share):
    study = make_study(tmp_path, number=12)
    start = study.untrained(ENCODER_DECODER, 0)
    done = train_seed(study, f"addition-{way}", 0, start)
    numbers = done.numbers
    assert share[0] < numbers.num_trained_parameters / numbers.num_parameters < share[1]
    assert set(done.answers) == {"new"}  # left off for images, which it cannot change
    assert numbers.stored_bytes == pytest.approx(4 * numbers.num_trained_parameters, rel=0.3)


def test_replay_shows_images_in_half_of_the_rows(tmp_path):
    study = make_study(tmp_path, number=12)
    done = train_seed(study, "addition-all_replay", 0, study.untrained(ENCODER_DECODER, 0))
    assert set(done.answers) == {"new", "old"}
    lines, curves = signals.read_signals(8, seed=0)
    assert {line["answer"] for line in lines if line["question_type"] == "rhythm"} <= {"yes", "no"}
    assert sum(line["split"] == "test" for line in lines) == 6  # of the last two, three questions each
    assert all(len(curve) == 128 for curve in curves.values())
