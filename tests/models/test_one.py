"""The small model: two layouts of one size, answers that do not leak, rows that are as they are alone."""

import pytest
import torch
from transformers import GenerationConfig

from further.models.one import ENCODER_DECODER, LAYOUTS, OneModel
from further.models.one_network import OneConfig, OneNetwork, draw_weights

IMAGE, PIECES = 3, 4
PROMPT, ANSWER = [IMAGE] * PIECES + [2, 20, 21, 5], [30, 31, 32]
ROW = PROMPT + ANSWER
SAME = 1e-4  # rounding is under 1e-5, what is seen moves logits by more


@pytest.fixture(params=LAYOUTS)
def model(request):
    about = {"token": IMAGE, "num_tokens": PIECES, "sizes": {"side": 8, "patch": 4}, "tower_layers": 0}
    config = OneConfig(layout=request.param, vocab_size=50, width=32, num_layers=4, modalities={"image": about})
    torch.manual_seed(0)
    network = OneNetwork(config)
    draw_weights(network, config.num_layers)
    return OneModel(network.eval())


def make_batch(*rows, seed=0):
    """Rows of a prompt and an answer, filled up to the longest, with an image each."""
    size = max(map(len, rows))
    prompts = [len(row) - len(row[len(PROMPT) :]) for row in rows]
    batch = {"input_ids": torch.tensor([row + [0] * (size - len(row)) for row in rows])}
    batch["blocks"] = torch.tensor([[0 if place < prompt else -1 for place in range(size)] for prompt in prompts])
    batch["groups"] = torch.tensor([[0 if place < len(row) else -1 for place in range(size)] for row in rows])
    batch["branches"] = torch.zeros_like(batch["groups"])
    batch["pixel_values"] = torch.randn(len(rows), 3, 8, 8, generator=torch.Generator().manual_seed(seed))
    return batch


@torch.no_grad()
def logits(model, batch):
    return model.head(model.encode(batch))


def test_both_layouts_have_one_size():
    sizes = []
    for layout in LAYOUTS:
        network = OneNetwork(OneConfig(layout=layout, vocab_size=50, width=96, num_layers=4))
        sizes.append(network.num_parameters())
    assert abs(sizes[0] - sizes[1]) < 0.001 * sizes[0]


def test_an_answer_is_not_seen_before_it_is_given(model):
    before, batch = logits(model, make_batch(ROW)), make_batch(ROW)
    batch["input_ids"][0, -1] = 45
    moved = (logits(model, batch) - before).abs().amax(dim=-1)[0]
    first = len(PROMPT) - 1  # predicts the answer's first word
    assert moved[first:-1].max() < SAME and moved[-1] > SAME


def test_image_and_question_are_seen(model):
    before, place = logits(model, make_batch(ROW)), len(PROMPT) - 1
    assert (logits(model, make_batch(ROW, seed=1)) - before)[0, place].abs().max() > SAME
    batch = make_batch(ROW)
    batch["input_ids"][0, PIECES + 1] = 45
    assert (logits(model, batch) - before)[0, place].abs().max() > SAME


def test_a_row_among_longer_ones_is_as_it_is_alone(model):
    short = PROMPT + ANSWER[:1]
    both = make_batch(short, ROW)
    alone = make_batch(short) | {"pixel_values": both["pixel_values"][:1]}
    learned = slice(len(PROMPT) - 1, len(short))
    torch.testing.assert_close(logits(model, both)[0, learned], logits(model, alone)[0, learned], atol=1e-5, rtol=1e-5)


def test_what_it_writes_is_what_it_finds_likeliest_word_by_word(model):
    batch = {name: values for name, values in make_batch(PROMPT).items() if name in ("input_ids", "pixel_values")}
    batch["blocks"] = torch.zeros_like(batch["input_ids"])
    config = GenerationConfig(max_new_tokens=3, eos_token_id=1, pad_token_id=0)
    written = model.generate(batch, config)[0].tolist()
    row = make_batch(PROMPT + written)
    found = logits(model, row | {"pixel_values": batch["pixel_values"]})[0].argmax(dim=-1).tolist()
    assert found[len(PROMPT) - 1 : len(PROMPT) - 1 + len(written)] == written


def test_hidden_pieces_are_not_seen_and_are_compared_with_what_is_there(model):
    batch = make_batch(ROW)
    hidden = torch.tensor([[True, True, False, False]])
    batch["hidden_pixel_values"] = hidden
    with torch.no_grad():
        predicted, there = model.predict_pieces(batch, "image")
        assert torch.equal(there[0, 1].view(3, 4, 4), batch["pixel_values"][0, :, :4, 4:])  # upper right
        batch["pixel_values"] = batch["pixel_values"].clone()
        batch["pixel_values"][0, :, :4] = 9.0  # the upper half, both of whose pieces are hidden
        again, _ = model.predict_pieces(batch, "image")
    torch.testing.assert_close(again, predicted)


def test_its_words_are_also_its_head():
    assert ENCODER_DECODER in LAYOUTS
    network = OneNetwork(OneConfig(vocab_size=7, width=16, num_heads=4))
    draw_weights(network, 4)
    model = OneModel(network)
    state = torch.randn(1, 16)
    torch.testing.assert_close(model.head(state), state @ network.words.weight.T / 4)
