"""The tiny image–text base model of the demonstration of images."""

import pytest
import torch
from safetensors.torch import load_file

from further.demo.image_base import ImageBaseSettings, train_image_base
from further.demo.phantom_questions import QUESTIONS, answer_phantom, save_tokenizer
from further.demo.phantoms import Phantom
from further.models import Precision, load
from further.plan.shape import read_shape
from further.vision.images import need_images
from further.vision.prompts import make_prompter

SMALL = ImageBaseSettings(width=64, num_steps=2, images_per_step=4, warmup_steps=1)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    return folder, train_image_base(folder, SMALL)


def test_it_is_a_paligemma_that_reads_images_and_the_same_each_time(base, tmp_path):
    folder, metrics = base
    model = need_images(load(folder, Precision("none", "float32")))
    assert model.kind == "paligemma" and metrics["num_slices"] == 8
    assert read_shape(folder).total_parameters == metrics["num_parameters"]
    train_image_base(tmp_path, SMALL)
    one, other = (load_file(place / "model.safetensors") for place in (folder, tmp_path))
    assert all(torch.equal(values, other[name]) for name, values in one.items())


def test_each_word_of_questions_and_answers_is_one_token_and_no_other_word_is_lost(tmp_path):
    save_tokenizer(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "paligemma", "image_token_index": 3, '
                                          '"vision_config": {"patch_size": 8, "image_size": 32}}')  # fmt: skip
    prompter = make_prompter(tmp_path)
    assert prompter.count("left") == 1 and prompter.count("well defined cyst") == 3
    for text in (*QUESTIONS.values(), "Ödem, 12 mm – Pneumothorax?"):
        assert prompter.decode(prompter.answer(text)) == text


def test_a_phantom_without_a_lesion_has_none():
    answers = answer_phantom(Phantom("ct", "brain", None, None, None))
    assert (answers["abnormal"], answers["abnormality"], answers["side"]) == ("no", "none", "none")
    answers = answer_phantom(Phantom("ct", "brain", "cyst", "left", "small"))
    assert (answers["abnormal"], answers["abnormality"], answers["side"]) == ("yes", "cyst", "left")
