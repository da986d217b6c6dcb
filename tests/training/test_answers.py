"""Questions about images in whole runs: token-exact steps, the tower frozen or trained, the same bits after a stop."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from facts import naming, tells
from further.models import Precision, load
from further.training.answers import AnswerRows
from further.training.examples import IGNORED, mean_loss
from further.training.recipe import Recipe, Task
from further.training.run import train_run
from further.vision.choice import choose_questions, lay_out_questions
from further.vision.images import Features, Pixels, write_features
from further.vision.prompts import make_prompter
from models.tiny import IMAGE_TOKENS, KINDS, save_model
from training.settings import RUN

SETTINGS = RUN | {"context": 64, "epochs": 2, "packing": False, "learning_rate": 5e-3}
REPORT = "A large cyst on the left. Nothing else is seen."


def lines_of(number):
    """Two questions a case, one of one word and one of a sentence or two."""
    lines = []
    for place in range(number):
        about = {"case": f"case{place}", "images": [f"image{place}"], "language": "en"}
        lines.append(
            about | {"task": "answer", "question": "What modality is used?", "answer": ["ct", "mri"][place % 2]}
        )
        lines.append(about | {"task": "caption", "question": "", "answer": REPORT})
    return lines


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """By family: folder, prompter, and features of eight images."""
    kept = {}

    def get(kind):
        if kind not in kept:
            folder = save_model(tmp_path_factory.mktemp(kind), kind)
            generator = torch.Generator().manual_seed(0)
            names = [f"image{place}" for place in range(8)]
            write_features(
                folder.parent / f"{kind}.safetensors",
                [(name, torch.randn(IMAGE_TOKENS, 64, generator=generator)) for name in names],
            )
            features = Features({"s": folder.parent / f"{kind}.safetensors"}, {name: ("s", name) for name in names})
            kept[kind] = folder, make_prompter(folder), features
        return kept[kind]

    return get


def train(study, family, place, micro_batch=4, images=None, minutes=60.0, rows=AnswerRows, **settings):
    run = SETTINGS | settings
    folder, prompter, features = study(family)
    sides = [
        made(lay_out_questions(lines, prompter, run, []).rows, images or features)
        for made, lines in ((rows, lines_of(8)), (AnswerRows, lines_of(2)))
    ]
    task = Task("run", place / "adapter", place / "checkpoints", minutes, {}, threads=1)
    outcome = train_run(Recipe(folder, run, micro_batch, *sides), task)
    return load_file(place / "adapter" / "adapter_model.safetensors"), outcome


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_a_run_learns_answers(study, tmp_path, kind, quantization):
    weights, outcome = train(study, kind, tmp_path, quantization=quantization, epochs=6)
    assert outcome.history[-1]["loss_nats"] < outcome.history[0]["loss_nats"] - 0.5
    assert all(".language_model." in name for name in weights)
    prompter = study(kind)[1]
    answers = [prompter.count(line["answer"]) + 1 for line in lines_of(8)]
    assert outcome.num_trained_tokens == 6 * sum(answers)  # the answers alone, each with its end


@pytest.mark.parametrize("kind", ["paligemma", "gemma3"])
def test_accumulation_at_equal_batch_gives_the_same_losses_and_weights(study, tmp_path, kind):
    """A mean of means is off by 6.7 % of the gradient where words and captions are mixed, as they are here."""
    whole, one = train(study, kind, tmp_path / "one", micro_batch=8, gradient_accumulation_steps=1)
    parts, other = train(study, kind, tmp_path / "other", micro_batch=2, gradient_accumulation_steps=4)
    assert [row["loss_nats"] for row in one.history] == pytest.approx(
        [row["loss_nats"] for row in other.history], rel=1e-4
    )
    for name, values in whole.items():
        torch.testing.assert_close(parts[name], values, rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_packed_rows_have_the_loss_of_single_ones(study, kind):
    folder, prompter, features = study(kind)
    model = load(folder, Precision("none", "float32"))
    losses, sizes = [], []
    for packing in (False, True):
        questions = lay_out_questions(lines_of(8), prompter, SETTINGS | {"packing": packing}, [])
        rows = AnswerRows(questions.rows, features)
        losses.append(mean_loss(model, rows, 3))
        sizes.append(len(rows))
    assert losses[1] == pytest.approx(losses[0], abs=2e-5)
    assert sizes[0] == 16 and sizes[1] < 16


class Interrupted(AnswerRows):
    """Rows that end the process in their fourth step, as a signal nobody listens to would."""

    calls = 0

    def sum_loss(self, model, batch):
        self.calls += 1
        if self.calls == 4:
            raise KeyboardInterrupt
        return AnswerRows.sum_loss(model, batch)


@pytest.mark.parametrize("kind", KINDS)
def test_an_interrupted_run_ends_with_the_same_bits(study, tmp_path, kind):
    whole, outcome = train(study, kind, tmp_path / "whole", dropout=0.1, minutes=0.0)
    with pytest.raises(KeyboardInterrupt):
        train(study, kind, tmp_path / "parts", dropout=0.1, minutes=0.0, rows=Interrupted)
    assert len(list((tmp_path / "parts" / "checkpoints").rglob("checkpoint-*.safetensors"))) > 0
    parts, resumed = train(study, kind, tmp_path / "parts", dropout=0.1, minutes=0.0)
    assert resumed.timing.starts == 2 and resumed.history == outcome.history
    assert all(torch.equal(parts[name], whole[name]) for name in whole)


def png(seed):
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (16, 16), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_the_vision_tower_is_trained_on_pixels_where_it_is_named(study, tmp_path):
    folder, _, _ = study("paligemma")
    images = Pixels(folder, {f"image{place}": png(place) for place in range(8)})
    target = r".*(vision_tower|language_model).*\.[qv]_proj"
    weights, outcome = train(study, "paligemma", tmp_path, images=images, target_modules=target, epochs=3)
    moved = {name for name, values in weights.items() if "lora_B" in name and values.abs().max() > 0}
    assert any("vision_tower" in name for name in moved) and any("language_model" in name for name in moved)
    assert outcome.history[-1]["loss_nats"] < outcome.history[0]["loss_nats"]


def test_growing_fractions_take_whole_cases_and_keep_what_they_had(study):
    _, prompter, _ = study("paligemma")
    few, many = (choose_questions(lines_of(8), prompter, SETTINGS | {"fraction": part}) for part in (0.25, 0.5))
    assert len(few.cases) == 2 and many.cases[:2] == few.cases and many.num_questions == 8
    other = choose_questions(lines_of(8), prompter, SETTINGS | {"fraction": 0.25, "seed": 1})
    assert other.cases != few.cases


def test_what_is_cut_left_open_twice_or_too_long_is_counted(study):
    _, prompter, _ = study("paligemma")
    lines = [*lines_of(2), lines_of(1)[0], lines_of(1)[1] | {"answer": "Unspeakable" * 9}]
    ended = lay_out_questions(lines, prompter, SETTINGS | {"answer_tokens": 8}, [])
    assert (ended.num_questions, ended.num_cut, ended.num_open, ended.num_twice) == (4, 2, 0, 1)
    [(case, why)] = ended.too_long
    assert case == "case0" and tells(why, 8)
    bare = lay_out_questions(lines, prompter, SETTINGS | {"answer_tokens": 8, "cut_answers": "bare"}, [])
    assert (bare.num_questions, bare.num_cut, bare.num_open) == (5, 3, 3) and not bare.too_long
    with pytest.raises(ValueError, match=naming("training.context", 8, 5, 8)):
        lay_out_questions(lines[:4] + lines[5:], prompter, SETTINGS | {"context": 8}, [])


def test_every_label_is_an_answers_and_no_image_or_prompt_has_one(study):
    _, prompter, features = study("gemma3")
    questions = lay_out_questions(lines_of(4), prompter, SETTINGS | {"packing": True}, [])
    rows = AnswerRows(questions.rows, features)
    labels = np.concatenate([row.columns["labels"] for row in rows.rows])
    labels = labels[labels != IGNORED]
    answers = [token for line in lines_of(4) for token in [*prompter.answer(line["answer"]), prompter.end]]
    assert sorted(labels.tolist()) == sorted(answers) and questions.num_labels == len(answers)
    assert rows.efficiency == pytest.approx(len(answers) / sum(len(row) for row in rows.rows))
    assert set(rows.name(range(len(rows)))) == {f"case{place}" for place in range(4)}
