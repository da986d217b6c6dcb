"""Shapes from config.json against the models that transformers makes of it."""

import json

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from facts import naming
from further.plan.shape import read_shape, shape_of
from plan.shapes import LLAMA_8B, LLAMA_70B

SMALL = {
    "vocab_size": 500, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4,
    "num_key_value_heads": 2,
}  # fmt: skip
HEADS = SMALL | {"head_dim": 32}
MODELS = {
    "llama": SMALL | {"tie_word_embeddings": True},
    "llama with biases": SMALL | {"model_type": "llama", "attention_bias": True, "mlp_bias": True},
    "mistral": SMALL,
    "qwen2": SMALL,
    "qwen3": HEADS,
    "gemma": HEADS,
    "gemma2": HEADS,
    "gemma3_text": HEADS,
    "gpt2": {"vocab_size": 500, "n_embd": 64, "n_layer": 3, "n_head": 4, "n_positions": 80},
}


@pytest.mark.parametrize("name", MODELS)
def test_parameters_and_names_are_those_of_the_model(tmp_path, name):
    settings = {"model_type": name} | MODELS[name]
    config = AutoConfig.for_model(**settings)
    config.save_pretrained(tmp_path)
    shape = read_shape(tmp_path)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    assert shape.total_parameters == model.num_parameters()
    modules = dict(model.named_modules())
    for linear in shape.linears:
        assert sum(parameter.numel() for parameter in modules[linear.name].parameters()) == linear.parameters


def test_known_figures():
    """Llama-3.1-8B: 8.03B parameters, of which 7.50B multiply every token; 70B: 70.6B."""
    shape = shape_of(LLAMA_8B)
    assert shape.total_parameters == 8_030_261_248
    assert shape.block_weights + shape.head_weights == pytest.approx(7.50e9, rel=1e-3)
    assert 2 * shape.unquantized_parameters / 2**30 == pytest.approx(1.96, abs=0.005)  # embeddings and head in bf16
    assert shape_of(LLAMA_70B).total_parameters == 70_553_706_496


def test_an_unknown_architecture_is_named_with_those_that_are_known(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "mamba"}))
    with pytest.raises(ValueError, match=naming("'mamba'", "gemma", "llama")):
        read_shape(tmp_path)


def test_a_missing_file_or_size_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"no config\.json"):
        read_shape(tmp_path)
    with pytest.raises(ValueError, match=naming("llama", "'hidden_size'")):
        shape_of({"model_type": "llama"})
