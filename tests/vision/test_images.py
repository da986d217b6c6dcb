"""Features computed once are those that the model computes of the same picture, and are found by image."""

import io
import pickle

import numpy as np
import pytest
import torch
from PIL import Image

from facts import naming
from further.models import Precision, load
from further.vision.images import (
    Features,
    ImageProcessor,
    Pixels,
    compute_features,
    need_images,
    write_features,
)
from models.tiny import IMAGE_TOKENS, KINDS, SIDE, save_model


def png(seed, mode="L"):
    shape = (20, 24) if mode == "L" else (20, 24, 3)
    values = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(values).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = save_model(tmp_path_factory.mktemp("model"), "paligemma")
    return folder, load(folder, Precision("none", "float32"))


def test_pixels_are_resized_scaled_and_gray_in_three_channels(made):
    pixels = ImageProcessor(made[0])(png(0))
    assert pixels.shape == (3, SIDE, SIDE) and pixels.min() >= -1 and pixels.max() <= 1
    assert torch.equal(pixels[0], pixels[1]) and torch.equal(pixels[0], pixels[2])
    assert ImageProcessor(made[0])(png(0, "RGB")).shape == (3, SIDE, SIDE)
    assert float(ImageProcessor(made[0]).black().max()) == -1


def test_features_on_disk_are_the_models_own(made, tmp_path):
    folder, model = made
    pictures = [(f"images/{number}.png#0", png(number)) for number in range(20)]  # more than one pass
    file = tmp_path / "00.safetensors"
    assert write_features(file, compute_features(model, ImageProcessor(folder), pictures)) == 20
    features = Features({"00": file}, {"b": ("00", "images/7.png#0")})
    with torch.no_grad():
        own = model.encode_images(ImageProcessor(folder)(png(7))[None])[0]
    assert features["b"].shape == (IMAGE_TOKENS, 64)
    torch.testing.assert_close(features["b"], own, atol=1e-5, rtol=1e-5)
    again = pickle.loads(pickle.dumps(features))  # to the processes of several GPUs
    assert torch.equal(again["b"], features["b"]) and again.digest() == features.digest()


def test_the_digest_changes_with_an_image(made, tmp_path):
    one, other = tmp_path / "one.safetensors", tmp_path / "other.safetensors"
    for file, value in ((one, 0.0), (other, 1.0)):
        write_features(file, [("a", torch.full((2, 3), value))])
    digests = {Features({"00": file}, {"a": ("00", "a")}).digest() for file in (one, other, one)}
    assert len(digests) == 2
    assert Pixels(made[0], {"a": png(0)}).digest() != Pixels(made[0], {"a": png(1)}).digest()


@pytest.mark.parametrize("kind", KINDS)
def test_pixels_in_a_row_give_what_features_give(kind, tmp_path):
    from further.vision.batches import collate, to_tensors
    from further.vision.prompts import make_prompter
    from further.vision.rows import ask, lay_out

    folder = save_model(tmp_path / "model", kind)
    model, pictures = load(folder, Precision("none", "float32")), {"a": png(0), "b": png(1)}
    write_features(tmp_path / "f.safetensors", compute_features(model, ImageProcessor(folder), pictures.items()))
    sources = (
        Features({"f": tmp_path / "f.safetensors"}, {name: ("f", name) for name in pictures}),
        Pixels(folder, pictures),
    )
    about = {"task": "answer", "language": "en", "question": "left?", "answer": "yes"}
    prompter = make_prompter(folder)
    asked = [ask(about | {"case": name, "images": [name]}, prompter, 60) for name in pictures]
    rows = lay_out(asked, 60, True, lambda group: 0)
    hidden = []
    for images in sources:
        with torch.no_grad():
            hidden.append(model.encode(collate([to_tensors(row, images) for row in rows])))
    torch.testing.assert_close(hidden[0], hidden[1], atol=1e-5, rtol=1e-4)


def test_a_model_of_text_alone_is_refused(model_folder):
    with pytest.raises(ValueError, match=naming("llama", "paligemma, gemma3")):
        need_images(load(model_folder, Precision("none", "float32")))
