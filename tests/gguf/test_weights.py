"""Converted weights against the model they came from, against transformers' own reader, and in shards."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

import gguf
from further.gguf.configuration import read_config
from further.gguf.convert import convert_gguf
from further.gguf.file import GgufFile
from further.gguf.weights import restore_rows, write_weights

IDS = torch.tensor([[5, 17, 3, 99, 250, 7, 8, 9]])
FAMILIES = {
    "llama": {},
    "llama with a tied head": {"tie_word_embeddings": True},
    "llama with one key head a head": {"num_key_value_heads": 4},
    "qwen2": {},
    "qwen3": {"head_dim": 32},
}


def logits(model):
    with torch.no_grad():
        return model(IDS).logits


@pytest.mark.parametrize("name", FAMILIES)
def test_a_converted_model_computes_what_the_model_in_the_file_did(name, make, save, tmp_path):
    family = name.split()[0]
    model = make(family, **FAMILIES[name])
    metadata = {f"{family}.attention.key_length": FAMILIES[name]["head_dim"]} if "head_dim" in FAMILIES[name] else {}
    save(tmp_path / "model.gguf", model, family, metadata=metadata)
    convert_gguf(tmp_path / "model.gguf", tmp_path / "folder", "float32")
    converted = AutoModelForCausalLM.from_pretrained(tmp_path / "folder", dtype=torch.float32)
    assert converted.config.model_type == family
    torch.testing.assert_close(logits(converted), logits(model), rtol=0, atol=1e-5)


@pytest.mark.parametrize("tensor_type", ["Q4_0", "Q4_1", "Q5_0", "Q8_0", "F16", "BF16"])
def test_weights_equal_those_of_transformers_own_reader_bit_for_bit(tensor_type, make, save, tmp_path):
    save(tmp_path / "model.gguf", make("llama"), "llama", tensor_type)
    convert_gguf(tmp_path / "model.gguf", tmp_path / "folder", "float32")
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file="model.gguf", dtype=torch.float32).state_dict()
    ours = load_file(tmp_path / "folder" / "model.safetensors")
    assert set(ours) == set(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize("tensor_type", ["Q4_K", "Q5_K", "Q6_K"])
def test_k_quants_equal_the_second_implementation_in_transformers(tensor_type):
    """Random blocks, as no Python package writes such files: scales are kept finite."""
    from transformers.integrations.gguf.dequant import GGML_BLOCK, dequantize

    kind = gguf.GGMLQuantizationType[tensor_type]
    elements, size = GGML_BLOCK[kind.value]
    blocks = np.random.default_rng(0).integers(0, 256, (6, size), dtype=np.uint8)
    scales = np.frombuffer(np.linspace(0.01, 0.3, 12, dtype=np.float16).tobytes(), np.uint8).reshape(6, 4)
    blocks[:, :4] = scales
    blocks[:, -2:] = scales[:, :2]  # Q6_K keeps its scale at the end
    ours = gguf.dequantize(blocks, kind).ravel()
    theirs = dequantize(torch.from_numpy(blocks.ravel()), kind.value).numpy()
    assert len(ours) == 6 * elements
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_rows_of_queries_stand_in_halves_where_llama_cpp_has_pairs():
    rows = np.array(["a0", "b0", "a1", "b1", "c0", "d0", "c1", "d1"])
    assert restore_rows(rows, heads=2).tolist() == ["a0", "a1", "b0", "b1", "c0", "c1", "d0", "d1"]


def test_shards_hold_the_same_weights_as_one_file(tiny, tmp_path):
    file = GgufFile(tiny)
    config = read_config(file)
    for name, most in (("one", 10**9), ("many", 400_000)):
        (tmp_path / name).mkdir()
        write_weights(file, config, tmp_path / name, torch.float32, most)
        config.save_pretrained(tmp_path / name)
    assert len(list((tmp_path / "many").glob("model-*-of-*.safetensors"))) > 3
    one, many = (AutoModelForCausalLM.from_pretrained(tmp_path / name) for name in ("one", "many"))
    assert all(torch.equal(*pair) for pair in zip(one.state_dict().values(), many.state_dict().values(), strict=True))


def test_bfloat16_is_the_rounded_float32(tiny, tmp_path):
    for dtype in ("float32", "bfloat16"):
        convert_gguf(tiny, tmp_path / dtype, dtype)
    whole, rounded = (load_file(tmp_path / dtype / "model.safetensors") for dtype in ("float32", "bfloat16"))
    assert all(torch.equal(whole[name].bfloat16(), rounded[name]) for name in whole)
