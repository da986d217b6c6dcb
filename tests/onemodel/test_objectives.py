"""What pre-training shows and asks for: nothing is lost, and as much is hidden as its paper says."""

import numpy as np
import pytest
import torch

from further.models import Precision, load
from further.models.one import ENCODER_DECODER
from further.onemodel.objectives import corrupt, mixture, spans
from further.training.examples import IGNORED, count_labels, mean_loss
from onemodel.made import make_study

MARKS = list(range(900, 908))


def put_back(shown, written, marks):
    """The text again: each mark replaced by what stands behind it in what is written."""
    parts = {}
    for token in written:
        if token in marks:
            parts[token] = current = []
        else:
            current.append(token)
    return [token for one in shown for token in parts.get(one, [one])]


@pytest.mark.parametrize("length", [2, 3, 7, 12, 40])
@pytest.mark.parametrize(("density", "mean_span"), [(0.15, 3), (0.5, 3), (0.5, 1)])
def test_spans_and_what_is_left_are_the_text(length, density, mean_span):
    tokens = list(range(100, 100 + length))
    for seed in range(50):
        shown, written = corrupt(tokens, density, mean_span, MARKS[:5], np.random.default_rng(seed))
        assert put_back(shown, written, MARKS) == tokens
        gone = sum(token not in MARKS for token in written)
        assert gone == min(max(1, round(density * length)), length - 1)


def test_t5_hides_fifteen_percent_in_spans_of_three():
    shown, written = spans(list(range(100, 140)), MARKS, np.random.default_rng(0))  # 6 of 40, in two spans
    assert [token for token in written if token in MARKS] == MARKS[:2]
    assert len(written) == 8 and len(shown) == 36


def test_every_token_is_hidden_at_some_time():
    hidden = set()
    for seed in range(300):
        hidden |= set(spans(list(range(100, 112)), MARKS, np.random.default_rng(seed))[1])
    assert set(range(100, 112)) <= hidden


def test_the_mixture_names_its_three_denoisers_about_as_often():
    kinds = [mixture(list(range(100, 112)), MARKS, np.random.default_rng(seed))[0][0] for seed in range(300)]
    counts = [kinds.count(mark) for mark in MARKS[5:]]
    assert sum(counts) == 300 and min(counts) > 70
    for seed in range(300):
        shown, written = mixture(list(range(100, 112)), MARKS, np.random.default_rng(seed))
        if shown[0] == MARKS[7]:  # S: the caption is ended
            assert shown[1:] + written == list(range(100, 112)) and len(shown) > 1
        else:
            assert put_back(shown[1:], written, MARKS) == list(range(100, 112))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return make_study(tmp_path_factory.mktemp("objectives"))


@pytest.mark.parametrize("objective", ["captions", "spans", "mixture", "patches", "patches_captions"])
def test_examples_are_the_same_again_and_others_in_another_place(study, objective):
    model = study.untrained(ENCODER_DECODER, 0)
    one, same = (study.pretraining(model, objective, 2, 0).training for _ in range(2))
    assert len(one) == 2 * study.batch and one.digest() == same.digest()
    for number in (0, 1, len(one) - 1):
        assert all(torch.equal(one[number][key], same[number][key]) for key in one[number])
    assert one.digest() != study.pretraining(model, objective, 2, 1).training.digest()
    assert np.isfinite(mean_loss(load(model, Precision("none", "float32")), one, 8))


def test_half_of_the_pieces_are_hidden_and_their_error_is_the_loss(study):
    folder = study.untrained(ENCODER_DECODER, 0)
    model, examples = load(folder, Precision("none", "float32")), study.pretraining(folder, "patches", 1, 0).training
    batch = examples.collate([examples[number] for number in range(5)])
    assert count_labels(batch) == 5 * 8
    with torch.no_grad():
        predicted, there = model.predict_pieces(batch, "image")
        expected = sum(
            float(((predicted[row, piece] - there[row, piece]) ** 2).mean())
            for row in range(5)
            for piece in range(16)
            if batch["hidden_pixel_values"][row, piece]
        )
        assert float(examples.sum_loss(model, batch)) == pytest.approx(expected, rel=1e-5)


def test_images_and_captions_take_turns(study):
    examples = study.pretraining(study.untrained(ENCODER_DECODER, 0), "patches_captions", 2, 0).training
    for number in range(4):
        assert ("hidden_pixel_values" in examples[number]) == (number % 2 == 0)
    batch = examples.collate([examples[number] for number in range(2)])
    assert batch["hidden_pixel_values"].sum(dim=1).tolist() == [8, 0]
    words = study.asked("train", "caption")[0]["answer"].rstrip(".").split()
    assert int((batch["labels"][1] != IGNORED).sum()) >= len(words)
