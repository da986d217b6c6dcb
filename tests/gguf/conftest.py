"""GGUF files made in the test from tiny real models, with llama.cpp's own package."""

import numpy as np
import pytest

FAMILIES = ("llama", "qwen2", "qwen3")
TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def make_model(family, seed=0, **changes):
    """A tiny model of a family: two layers, four heads on two key heads, width 256 for blocks of K-quants."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    sizes = {
        "vocab_size": 300,
        "hidden_size": 256,
        "intermediate_size": 512,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 64,
        "head_dim": 64,
        "tie_word_embeddings": False,
        "use_sliding_window": False,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0},
    }
    config = AutoConfig.for_model(family, **(sizes | changes))
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return model


def rotate(weight, heads):
    """Order the rows of queries and keys as llama.cpp's converter does (`LlamaModel.permute`)."""
    return weight.reshape(heads, 2, len(weight) // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def save_gguf(path, model, family, tensor_type=None, metadata=None, drop=(), extra=None):
    """Write a model as a GGUF file.

    Args:
        path: The file.
        model: The model.
        family: Its architecture.
        tensor_type: Of the matrices; None: F32.
        metadata: Keys to set, or to leave out where the value is None.
        drop: Tensors to leave out.
        extra: Tensors to add, by name.
    """
    import gguf

    config, writer = model.config, gguf.GGUFWriter(path, family)
    names = gguf.get_tensor_name_map(
        {"llama": gguf.MODEL_ARCH.LLAMA, "qwen2": gguf.MODEL_ARCH.QWEN2, "qwen3": gguf.MODEL_ARCH.QWEN3}[family], 2
    )
    keys = {
        f"{family}.embedding_length": config.hidden_size,
        f"{family}.block_count": config.num_hidden_layers,
        f"{family}.feed_forward_length": config.intermediate_size,
        f"{family}.attention.head_count": config.num_attention_heads,
        f"{family}.attention.head_count_kv": config.num_key_value_heads,
        f"{family}.attention.layer_norm_rms_epsilon": config.rms_norm_eps,
        f"{family}.context_length": config.max_position_embeddings,
        f"{family}.rope.freq_base": config.rope_parameters["rope_theta"],
        "general.name": "A tiny model",
        "general.license": "apache-2.0",
    } | tokenizer_keys()
    for key, value in (keys | (metadata or {})).items():
        add = {bool: writer.add_bool, int: writer.add_uint32, float: writer.add_float32, str: writer.add_string}
        if value is not None:
            add.get(type(value), writer.add_array)(key, value)
    tensors = {}
    for name, weight in model.state_dict().items():
        place = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        values = weight.numpy()
        if family == "llama" and ("q_proj" in name or "k_proj" in name):
            values = rotate(values, config.num_attention_heads if "q_proj" in name else config.num_key_value_heads)
        tensors[place] = np.ascontiguousarray(values)
    for place, values in (tensors | (extra or {})).items():
        if place in drop:
            continue
        if tensor_type is None or values.ndim == 1:
            writer.add_tensor(place, values)
        else:
            kind = gguf.GGMLQuantizationType[tensor_type]
            writer.add_tensor(place, gguf.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tokenizer_keys():
    """A byte-level BPE of 300 tokens, trained here, with the marks of a chat model."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=TOKENS, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())
    )
    texts = ["the heart of the donor beats 2024 times", "in 2024 the heart of 2024 donors"] * 5
    tokenizer.train_from_iterator(texts, trainer)
    import json

    vocabulary = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(vocabulary["vocab"], key=vocabulary["vocab"].get)
    tokens += [f"[PAD{number}]" for number in range(len(tokens), 300)]
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [3 if token in TOKENS else 5 if token[:4] == "[PAD" else 1 for token in tokens],
        "tokenizer.ggml.merges": [" ".join(merge) for merge in vocabulary["merges"]],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": "{% for m in messages %}<|im_start|>{{ m['content'] }}<|im_end|>{% endfor %}",
    }


@pytest.fixture(scope="session")
def make():
    return make_model


@pytest.fixture(scope="session")
def save():
    return save_gguf


@pytest.fixture
def tiny(tmp_path):
    """A tiny Llama's file."""
    return save_gguf(tmp_path / "tiny.gguf", make_model("llama"), "llama")
