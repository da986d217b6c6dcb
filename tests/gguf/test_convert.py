"""The folder beside the weights: configuration, tokenizer, marks, origin; and what is refused."""

import json

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from facts import naming
from further.gguf.configuration import LLAMA3, ROPE_FACTORS, llama3_factors
from further.gguf.convert import convert_gguf
from further.models import Precision, load
from further.tokens.tokenizer import special_tokens


def convert(path, folder):
    convert_gguf(path, folder, "float32")
    return folder


def test_documents_end_and_begin_with_the_mark_of_pretraining_not_with_those_of_a_chat(tiny, tmp_path):
    folder = convert(tiny, tmp_path / "folder")
    special = special_tokens(folder)
    assert (special.bos, special.begin, special.eos) == (None, 0, 0)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id) == (0, 0, 0)
    assert tokenizer("the heart")["input_ids"] == tokenizer("the heart", add_special_tokens=False)["input_ids"]
    config, generation = (json.loads((folder / f"{name}.json").read_text()) for name in ("config", "generation_config"))
    assert (config["bos_token_id"], config["eos_token_id"]) == (0, 0)
    assert generation["eos_token_id"] == [0, 2]  # a reply of the chat may end with <|im_end|>
    assert "<|im_start|>hi<|im_end|>" in tokenizer.apply_chat_template([{"content": "hi"}], tokenize=False)


def test_numbers_are_split_into_digits_first(tiny, tmp_path):
    """GPT-2's split, which transformers' converter leaves it at, lets merges reach across digits."""
    tokenizer = Tokenizer.from_file(str(convert(tiny, tmp_path / "folder") / "tokenizer.json"))
    assert tokenizer.encode("in 2024").tokens == ["in", "Ġ", "2", "0", "2", "4"]
    assert tokenizer.encode("<|im_end|>").ids == [2]


def test_another_split_keeps_whole_numbers(make, save, tmp_path):
    save(tmp_path / "model.gguf", make("llama"), "llama", metadata={"tokenizer.ggml.pre": "gpt-2"})
    tokenizer = Tokenizer.from_file(str(convert(tmp_path / "model.gguf", tmp_path / "folder") / "tokenizer.json"))
    assert len(tokenizer.encode("in 2024").tokens) < 6


def test_a_tokenizer_that_puts_bos_keeps_its_own(make, save, tmp_path):
    metadata = {"tokenizer.ggml.add_bos_token": True, "tokenizer.ggml.eos_token_id": 0}
    save(tmp_path / "model.gguf", make("llama"), "llama", metadata=metadata)
    folder = convert(tmp_path / "model.gguf", tmp_path / "folder")
    assert (special_tokens(folder).bos, special_tokens(folder).eos) == (1, 0)
    assert json.loads((folder / "generation_config.json").read_text())["eos_token_id"] == 0


def test_the_origin_names_file_hash_types_and_license(make, save, tmp_path):
    import hashlib

    path = save(tmp_path / "model.gguf", make("llama"), "llama", "Q8_0")
    origin = json.loads((convert(path, tmp_path / "folder") / "origin.json").read_text())
    assert origin == {
        "file": "model.gguf",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "name": "A tiny model",
        "license": "apache-2.0",
        "architecture": "llama",
        "tensors": {"F32": 5, "Q8_0": 16},
        "chat": True,
    }


def test_the_folder_trains_and_scores_as_any_other(tiny, tmp_path):
    model = load(convert(tiny, tmp_path / "folder"), Precision("none", "float32"))
    model.check_packing()


def test_llama_3s_scaling_of_positions_is_recovered_from_its_factors(make, save, tmp_path):
    scaling = LLAMA3 | {"factor": 8.0}
    rope = {"rope_type": "llama3", "rope_theta": 500_000.0} | scaling
    model = make("llama", rope_parameters=rope, max_position_embeddings=16_384)
    factors = llama3_factors(500_000.0, 64, scaling).astype(np.float32)
    plain = 1 / 500_000.0 ** (torch.arange(0, 64, 2) / 64)
    theirs, _ = ROPE_INIT_FUNCTIONS["llama3"](LlamaConfig(head_dim=64, rope_parameters=rope), "cpu")
    torch.testing.assert_close(plain / torch.from_numpy(factors), theirs, rtol=1e-5, atol=0)
    save(tmp_path / "model.gguf", model, "llama", extra={ROPE_FACTORS: factors})
    converted = AutoModelForCausalLM.from_pretrained(convert(tmp_path / "model.gguf", tmp_path / "folder"))
    assert converted.config.rope_parameters == rope
    ids = torch.arange(300).repeat(2)[None, :500]
    with torch.no_grad():
        torch.testing.assert_close(converted(ids).logits, model(ids).logits, rtol=0, atol=1e-4)


def test_linear_scaling_is_kept(make, save, tmp_path):
    metadata = {"llama.rope.scaling.type": "linear", "llama.rope.scaling.factor": 4.0}
    save(tmp_path / "model.gguf", make("llama"), "llama", metadata=metadata)
    config = json.loads((convert(tmp_path / "model.gguf", tmp_path / "folder") / "config.json").read_text())
    assert config["rope_parameters"] == {"rope_type": "linear", "rope_theta": 10_000.0, "factor": 4.0}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metadata": {"llama.rope.scaling.type": "yarn"}}, naming("model.gguf", "yarn", "linear")),
        ({"metadata": {"llama.embedding_length": None}}, naming("model.gguf", "llama.embedding_length")),
        ({"metadata": {"llama.attention.head_count_kv": [2, 1]}}, naming("model.gguf", "num_key_value_heads")),
        ({"metadata": {"llama.embedding_length": 512}}, naming("model.gguf", "(300, 256)", "(300, 512)")),
        ({"metadata": {"tokenizer.ggml.pre": "deepseek-llm"}}, naming("model.gguf", "tokenizer", "(deepseek-llm)")),
        ({"metadata": {"tokenizer.ggml.pre": None}}, naming("model.gguf", "tokenizer", "(not named)")),
        ({"metadata": {"tokenizer.ggml.model": "rwkv"}}, naming("model.gguf", "rwkv", "gpt2 and llama")),
        ({"drop": ("blk.1.ffn_up.weight",)}, naming("model.gguf", "model.layers.1.mlp.up_proj.weight")),
        ({"extra": {"blk.0.ssm_a": np.zeros(4, np.float32)}}, naming("model.gguf", "blk.0.ssm_a", "llama")),
        ({"extra": {ROPE_FACTORS: np.array([1, 2] * 16, np.float32)}}, naming("model.gguf", "factors")),
    ],
)
def test_what_cannot_be_converted_is_refused_in_one_sentence(changes, message, make, save, tmp_path):
    save(tmp_path / "model.gguf", make("llama"), "llama", **changes)
    with pytest.raises(ValueError, match=message) as caught:
        convert(tmp_path / "model.gguf", tmp_path / "folder")
    assert str(caught.value).startswith(str(tmp_path / "model.gguf")) and "\n" not in str(caught.value)


def test_other_families_and_files_that_are_no_gguf_are_refused(make, save, tiny, tmp_path):
    damaged, other = tmp_path / "damaged.gguf", tmp_path / "other.gguf"
    damaged.write_bytes(tiny.read_bytes()[:3000])
    other.write_bytes(b"PK\x03\x04")
    foreign = tmp_path / "foreign.gguf"
    foreign.write_bytes(tiny.read_bytes().replace(b"llama", b"mamba", 1))
    for file, message in (
        (damaged, "is a damaged GGUF file"),
        (other, "is no GGUF file"),
        (tmp_path / "absent.gguf", "No such file"),
        (foreign, "its architecture is mamba"),
    ):
        with pytest.raises(ValueError, match=message):
            convert(file, tmp_path / "folder")
