"""Encoder–decoders: rows cut in two, and tiny T5Gemma 2 and Florence-2 trained, scored and resumed."""

import os
import signal

import bitsandbytes as bnb
import pytest
import torch

from facts import naming
from further.evaluation.answers.generate import answer_questions
from further.io import read_json
from further.models import Precision, load
from further.models.encoder_decoder import EncoderDecoder, cut_rows, put_images
from further.onemodel.runs import train_weights
from further.positions import find_limit
from further.settings import Run
from further.tokens.packing import IGNORED
from further.training.adapters import train_adapter
from further.training.answers import AnswerRows
from further.training.launch import start_run
from further.training.recipe import Recipe, Task
from further.vision.demands import check_contexts, count_image_tokens
from further.vision.images import Held, need_images
from further.vision.prompts import make_prompter
from further.vision.rows import ask, make_row
from models.tiny import IMAGE, IMAGE_TOKENS, SIDE, SPECIAL, TEXT, VISION, make_tokenizer

KINDS = ("t5gemma2", "florence2")
BOI, EOI = (SPECIAL.index(f"<{end}_of_image>") for end in ("start", "end"))
FLORENCE_VISION = {
    "embed_dim": [16, 16, 16, 32], "num_heads": [1, 1, 1, 2], "num_groups": [1, 1, 1, 2], "depths": [1, 1, 1, 1],
    "patch_stride": [2, 2, 2, 1], "window_size": 4, "projection_dim": 64, "drop_path_rate": 0.0,
}  # fmt: skip
BART = {
    "d_model": 64, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "vocab_size": 400, "max_position_embeddings": 128, "pad_token_id": 0,
    "bos_token_id": 2, "eos_token_id": 1, "decoder_start_token_id": 2, "dropout": 0.0, "forced_eos_token_id": None,
}  # fmt: skip
LINE = {"case": "one", "images": ["picture"], "task": "answer", "language": "en", "split": "test", "kind": "choice"}


def make_config(kind):
    from transformers import BartConfig, Florence2Config, T5Gemma2Config

    if kind == "florence2":
        return Florence2Config(vision_config=FLORENCE_VISION, text_config=BartConfig(**BART), image_token_id=IMAGE)
    layers = {"layer_types": ["sliding_attention", "full_attention"], "sliding_window": 64}
    encoder = {
        "text_config": TEXT | layers, "vision_config": VISION, "mm_tokens_per_image": IMAGE_TOKENS,
        "boi_token_index": BOI, "eoi_token_index": EOI, "image_token_index": IMAGE,
    }  # fmt: skip
    return T5Gemma2Config(
        encoder=encoder, decoder=TEXT | layers, image_token_index=IMAGE, eoi_token_index=EOI, vocab_size=400,
        bos_token_id=2, eos_token_id=1, pad_token_id=0,
    )  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def folder(request, tmp_path_factory):
    from transformers import AutoModelForImageTextToText, SiglipImageProcessorPil

    folder = tmp_path_factory.mktemp(request.param)
    torch.manual_seed(0)
    network = AutoModelForImageTextToText.from_config(make_config(request.param))
    for name, values in network.named_parameters():
        if name.endswith("mm_input_projection_weight"):  # zeros at the start: no image would matter
            torch.nn.init.normal_(values, std=0.2)
    network.save_pretrained(folder)
    make_tokenizer(folder)
    SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE}).save_pretrained(folder)
    return folder


def lines():
    asked = [("what modality is used?", "ct"), ("on which side is the abnormality?", "left"), ("is it large?", "yes")]
    return [
        LINE | {"question_id": str(number), "question_type": "side", "question": question, "answer": answer}
        for number, (question, answer) in enumerate(asked)
    ]


def make_rows(folder):
    generator = torch.Generator().manual_seed(0)
    image = torch.randn(3, SIDE, SIDE, generator=generator)
    images = Held("pixel_values", {name: image for line in lines() for name in line["images"]})
    return AnswerRows([make_row([[ask(line, make_prompter(folder), 64)]]) for line in lines()], images)


def test_a_row_is_cut_after_its_prompt():
    """Prompts of three and two tokens: 5 6 7 | 8, and 5 6 | 8 9, each predicting from its last prompt token on."""
    batch = {
        "input_ids": torch.tensor([[5, 6, 7, 8, 0], [5, 6, 8, 9, 0]]),
        "blocks": torch.tensor([[0, 0, 0, -1, -1], [0, 0, -1, -1, -1]]),
    }
    halves = cut_rows(batch)
    assert halves.source_BS.tolist() == [[5, 6, 7], [5, 6, 0]]
    assert halves.is_source_BS.tolist() == [[True, True, True], [True, True, False]]
    assert halves.target_BA[0, :2].tolist() == [7, 8] and halves.target_BA[1, :3].tolist() == [6, 8, 9]
    put = halves.put_back(torch.tensor([[[10.0], [11.0], [12.0], [13.0]], [[20.0], [21.0], [22.0], [23.0]]]))[..., 0]
    assert put[0, 2:4].tolist() == [10.0, 11.0] and put[1, 1:4].tolist() == [20.0, 21.0, 22.0]


@pytest.mark.slow
def test_the_loss_is_that_of_the_model_itself(folder):
    model, rows = load(folder, Precision("none", "float32")), make_rows(folder)
    assert isinstance(model, EncoderDecoder)
    for number in range(len(rows)):
        batch = rows.collate([rows[number]])
        prompt = int((batch["blocks"] >= 0).sum())
        labels = batch["labels"][batch["labels"] != IGNORED]
        decoder = torch.cat([torch.tensor([model.start]), labels[:-1]])[None]
        logits = model.network(
            input_ids=batch["input_ids"][:, :prompt], pixel_values=batch["pixel_values"], decoder_input_ids=decoder
        ).logits[0]
        own = torch.nn.functional.cross_entropy(logits, labels, reduction="sum")
        torch.testing.assert_close(rows.sum_loss(model, batch), own, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
@torch.no_grad()
def test_features_computed_once_are_read_as_the_pixels_are(folder):
    model, rows = need_images(load(folder, Precision("none", "float32"))), make_rows(folder)
    pixels = rows.images["picture"]
    features = Held("image_features", {"picture": model.encode_images(pixels[None])[0]})
    once = AnswerRows(rows.rows, features)
    assert features["picture"].shape[0] == count_image_tokens(folder)
    for number in range(len(rows)):
        expected = model.encode(rows.collate([rows[number]]))
        torch.testing.assert_close(model.encode(once.collate([once[number]])), expected, rtol=1e-4, atol=1e-5)
    other = torch.zeros_like(pixels)
    shown = AnswerRows(rows.rows, Held("pixel_values", {"picture": other}))
    assert not torch.equal(model.encode(shown.collate([shown[0]])), model.encode(rows.collate([rows[0]])))


def test_features_that_do_not_fill_their_places_are_refused():
    embedded, places = torch.zeros(1, 4, 2), torch.tensor([[False, True, True, False]])
    features = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
    assert put_images(embedded, places, features).tolist() == [[[0, 0], [1, 2], [3, 4], [0, 0]]]
    for num_tokens in (1, 3):
        with pytest.raises(ValueError, match=naming(1, num_tokens, 2)):
            put_images(embedded, places, torch.ones(1, num_tokens, 2))


@pytest.mark.slow
@pytest.mark.parametrize("target", ["attention", "all-linear"])
def test_adapters_sit_on_encoder_and_decoder_and_not_on_the_tower(folder, tmp_path, target):
    model = load(folder, Precision("none", "float32"))
    train_adapter(model, make_run(target_modules=target), tmp_path)
    trained = [name for name, values in model.network.named_parameters() if values.requires_grad]
    assert all(any(f".{part}." in name for name in trained) for part in ("encoder", "decoder"))
    assert not [name for name in trained if "vision_tower" in name or "projector" in name]


@pytest.mark.slow
def test_tower_and_head_are_not_quantized(folder):
    network = load(folder, Precision("nf4", "float32")).network
    quantized = [name for name, module in network.named_modules() if isinstance(module, bnb.nn.Linear4bit)]
    assert quantized and not [name for name in quantized if "vision" in name or "projector" in name or "head" in name]


@pytest.mark.slow
def test_rows_of_several_questions_are_refused_before_any_job(folder):
    check_contexts(folder, {"default": make_run()}, 1)
    with pytest.raises(ValueError, match=naming("training.packing", "default")):
        check_contexts(folder, {"default": make_run(packing=True)}, 1)
    assert find_limit(read_json(folder / "config.json")) in (None, 128)


@pytest.mark.slow
def test_rows_of_several_lengths_in_a_batch_have_the_loss_of_each_alone(folder):
    model, rows = load(folder, Precision("none", "float32")), make_rows(folder)
    alone = sum(float(rows.sum_loss(model, rows.collate([rows[number]]))) for number in range(3))
    together = rows.sum_loss(model, rows.collate([rows[number] for number in range(3)]))
    assert float(together) == pytest.approx(alone, rel=1e-4)


def test_recomputed_layers_draw_the_dropout_of_florence_again(tmp_path):
    from transformers import AutoModelForImageTextToText, BartConfig, Florence2Config

    text = BartConfig(**BART | {"dropout": 0.3})
    config = Florence2Config(vision_config=FLORENCE_VISION, text_config=text, image_token_id=IMAGE)
    torch.manual_seed(0)
    AutoModelForImageTextToText.from_config(config).save_pretrained(tmp_path)
    batch = {
        "input_ids": torch.arange(10, 22).reshape(2, 6),
        "blocks": torch.tensor([[0, 0, 0, -1, -1, -1], [0, 0, -1, -1, -1, -1]]),
        "labels": torch.tensor([[-100, -100, 13, 14, 15, 1], [-100, 18, 19, 20, 21, 1]]),
    }
    found = []
    for recomputed in (False, True):
        model = load(tmp_path, Precision("none", "float32"))
        torch.manual_seed(0)
        train_adapter(model, make_run(gradient_checkpointing=recomputed), tmp_path)
        weights = [weight for weight in model.network.train().parameters() if weight.requires_grad]
        for weight in weights:
            torch.nn.init.constant_(weight, 0.05)
        torch.manual_seed(1)
        loss = AnswerRows.sum_loss(model, batch)
        found.append(torch.cat([values.flatten() for values in torch.autograd.grad(loss, weights)]))
    torch.testing.assert_close(*found)


def make_run(**changed):
    settings = {
        "quantization": "none", "packing": False, "context": 64, "batch_tokens": 128, "gradient_accumulation_steps": 1,
        "epochs": 8, "learning_rate": 1e-3, "compute_dtype": "float32", "gradient_checkpointing": False,
        "optimizer": "adamw_torch", "rank": 2, "attention": "eager",
    }  # fmt: skip
    return Run(**settings | changed)


class StoppedRows(AnswerRows):
    """Rows whose job gets a signal when the n-th of them is read."""

    def __init__(self, rows, number):
        super().__init__(rows.rows, rows.images)
        self.left = number

    def __getitem__(self, number):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().__getitem__(number)


def train(folder, where, prepare, run, training=None):
    rows = make_rows(folder)
    task = Task("tiny", where / "trained", where / "checkpoints", 20, {"run": 1}, 1)
    return start_run(Recipe(folder, run, 2, training or rows, rows, prepare), task)


@pytest.mark.slow
@pytest.mark.parametrize("prepare", [train_weights, train_adapter])
def test_it_trains_goes_on_from_a_checkpoint_and_answers(folder, tmp_path, prepare):
    """Stopped by a signal in the middle and started again, it ends with the weights of one that was not."""
    run = make_run()
    whole = train(folder, tmp_path / "whole", prepare, run)
    assert whole.num_steps == 16 and whole.history[-1]["loss_nats"] < whole.history[0]["loss_nats"]

    with pytest.raises(SystemExit):
        train(folder, tmp_path / "cut", prepare, run, StoppedRows(make_rows(folder), 9))
    resumed = train(folder, tmp_path / "cut", prepare, run)
    assert resumed.history[-1]["loss_nats"] == whole.history[-1]["loss_nats"]
    assert resumed.timing.starts == 2

    model, rows = load(folder, Precision("none", "float32", "eager")), make_rows(folder)
    found = answer_questions(model, make_prompter(folder), lines(), rows.images, new_tokens=4, batch_size=2)
    assert [row["reference"] for row in found] == ["ct", "left", "yes"]
    expected = sum(float(rows.sum_loss(model, rows.collate([rows[number]]))) for number in range(3))
    assert sum(row["reference_nats"] for row in found) == pytest.approx(expected, rel=1e-4)
