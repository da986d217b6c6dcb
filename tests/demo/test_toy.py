import hashlib
import json
import logging
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from further.demo import steps
from further.demo.toy import ToySettings, train_tokenizer, train_toy

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [f"The reader opens file number {i} and counts every line that it holds. Naïve café." for i in range(60)]
TINY = ToySettings(
    vocab_size=300,
    hidden_size=64,
    num_layers=2,
    num_heads=2,
    intermediate_size=64,
    max_positions=64,
    context=32,
    batch_size=2,
    num_steps=20,
)


def digest(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base") / "tiny"
    return folder, train_toy(TEXTS, folder, TINY)


def test_the_folder_is_an_ordinary_hugging_face_model(trained):
    folder, numbers = trained
    expected = {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert {path.name for path in folder.iterdir()} == expected
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    assert model.config.model_type == "llama"
    assert model.config.tie_word_embeddings
    assert (model.config.bos_token_id, model.config.eos_token_id) == (tokenizer.bos_token_id, tokenizer.eos_token_id)
    assert json.loads((folder / "generation_config.json").read_text())["eos_token_id"] == tokenizer.eos_token_id
    # Embeddings once (tied), then per layer 4 attention matrices, 3 of the feed-forward layer and 2 norms, and a norm.
    assert numbers["num_parameters"] == 300 * 64 + 2 * (4 * 64 * 64 + 3 * 64 * 64 + 2 * 64) + 64
    assert model(**tokenizer("The reader", return_tensors="pt")).logits.shape[-1] == 300


def test_the_tokenizer_adds_one_bos_and_no_eos_and_loses_no_character(trained):
    tokenizer = AutoTokenizer.from_pretrained(trained[0])
    ids = tokenizer("The reader counts.")["input_ids"]
    assert ids.count(tokenizer.bos_token_id) == 1
    assert ids[0] == tokenizer.bos_token_id
    assert tokenizer.eos_token_id not in ids
    assert tokenizer("The reader counts.", add_special_tokens=False)["input_ids"] == ids[1:]
    text = "ﬁbrosis ≥ 5 µg — naïve 心\n\ttab  two spaces , and ."
    assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True) == text
    assert len({tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id}) == 3


def test_numbers_count_what_was_trained(trained):
    folder, numbers = trained
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert numbers["num_steps"] == 20
    assert numbers["num_trained_tokens"] == 20 * 2 * 32
    assert numbers["num_unique_tokens"] == sum(len(ids) + 1 for ids in tokenizer(TEXTS)["input_ids"])
    assert 0 < numbers["final_train_loss_nats"] < math.log(300)  # better than a uniform guess


def test_two_runs_give_the_same_files_whatever_the_hash_seed(trained, tmp_path):
    code = (
        "import sys, pathlib; sys.path[:0] = sys.argv[2:]; from demo.test_toy import TEXTS, TINY, train_toy;"
        "import torch; torch.set_num_threads(int(sys.argv.pop())); train_toy(TEXTS, pathlib.Path(sys.argv[1]), TINY)"
    )
    arguments = [tmp_path / "again", ROOT / "src", ROOT / "tests", str(torch.get_num_threads())]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, *arguments], env=environment, check=True)
    assert digest(tmp_path / "again") == digest(trained[0])


def test_another_seed_gives_other_weights_and_the_same_tokenizer(trained, tmp_path):
    train_toy(TEXTS, tmp_path / "other", replace(TINY, seed=1))
    other, first = digest(tmp_path / "other"), digest(trained[0])
    assert other["model.safetensors"] != first["model.safetensors"]
    assert other["tokenizer.json"] == first["tokenizer.json"]


def test_training_leaves_the_callers_random_numbers_alone(tmp_path):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    train_toy(TEXTS, tmp_path, replace(TINY, num_steps=3))
    torch.testing.assert_close(torch.rand(2), expected)


def test_progress_is_logged_with_step_loss_speed_and_time_left(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(steps, "LINE_S", 0.0)
    with caplog.at_level(logging.INFO, logger="further.progress"):
        train_toy(TEXTS, tmp_path, replace(TINY, num_steps=4))
    lines = [record.getMessage() for record in caplog.records if "step" in record.getMessage()]
    assert len(lines) == 4
    assert lines[-1].startswith("toy: step 4 of 4, loss ")
    assert lines[-1].endswith("tokens/s, 0 s left")


def test_the_tokenizer_has_the_size_asked_for_and_the_special_tokens_first():
    tokenizer = train_tokenizer(TEXTS, 280)
    assert len(tokenizer) == 280
    assert tokenizer.convert_ids_to_tokens([0, 1, 2]) == ["<|begin_of_text|>", "<|end_of_text|>", "<|pad|>"]


def test_too_little_text_is_an_error_with_both_numbers(tmp_path):
    with pytest.raises(ValueError, match=r"\b\d+ tokens\b.*\b33\b"):
        train_toy(["short"], tmp_path, TINY)
