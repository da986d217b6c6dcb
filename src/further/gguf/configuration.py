"""The configuration of a model from a GGUF file's metadata."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transformers import AutoConfig, PretrainedConfig

from further.gguf.file import GgufFile
from gguf import dequantize

KEYS = {
    "hidden_size": "{family}.embedding_length",
    "num_hidden_layers": "{family}.block_count",
    "intermediate_size": "{family}.feed_forward_length",
    "num_attention_heads": "{family}.attention.head_count",
    "rms_norm_eps": "{family}.attention.layer_norm_rms_epsilon",
    "max_position_embeddings": "{family}.context_length",
}
ROPE_FACTORS = "rope_freqs.weight"  # by how much Llama 3.1 and later slow each frequency down
# Of Llama 3.1 to 3.3; a file holds the factors that follow from these, not the numbers.
LLAMA3 = {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}


def read_config(file: GgufFile) -> PretrainedConfig:
    """The configuration of a file's model, special tokens left out.

    Raises:
        ValueError: If a key is missing, layers differ in size, or positions are scaled in a way not known here.
    """
    values = {name: file.need(key) for name, key in KEYS.items()}
    values["num_key_value_heads"] = file.get("{family}.attention.head_count_kv", values["num_attention_heads"])
    if listed := [name for name, value in values.items() if isinstance(value, list)]:
        raise ValueError(f"{file.path}: {', '.join(listed)}: one number for each layer; not converted")
    heads = int(values["num_attention_heads"])
    return AutoConfig.for_model(
        file.family,
        **values,
        head_dim=_head_dim(file, values["hidden_size"] // heads),
        rope_parameters=read_rope(file, _head_dim(file, values["hidden_size"] // heads)),
        tie_word_embeddings="output.weight" not in file.tensors,
        attention_bias="blk.0.attn_q.bias" in file.tensors,
        vocab_size=int(file.tensors["token_embd.weight"].shape[1]) if "token_embd.weight" in file.tensors else 0,
        bos_token_id=None,  # the tokenizer says them (`further.gguf.tokenizer.find_marks`)
        eos_token_id=None,
    )


def _head_dim(file: GgufFile, usual: int) -> int:
    """Width of an attention head; a file without either key has hidden size over heads."""
    return int(file.get("{family}.attention.key_length", file.get("{family}.rope.dimension_count", usual)))


def read_rope(file: GgufFile, head_dim: int) -> dict[str, Any]:
    """Rotary positions: their base and how they are scaled.

    Raises:
        ValueError: If the scaling is none of no scaling, linear and Llama 3's.
    """
    theta = float(file.get("{family}.rope.freq_base", 10_000.0))
    rope = {"rope_theta": theta, "rope_type": "default"}
    kind = file.get("{family}.rope.scaling.type", "none")
    if kind == "linear":
        return rope | {"rope_type": "linear", "factor": float(file.need("{family}.rope.scaling.factor"))}
    if kind != "none":
        raise ValueError(f"{file.path}: scales its positions by {kind}; only none, linear and Llama 3's are converted")
    if ROPE_FACTORS not in file.tensors:
        return rope
    # llama.cpp writes Llama 3's scaling as one factor per frequency, and no key that names it.
    tensor = file.tensors[ROPE_FACTORS]
    factors = dequantize(tensor.data, tensor.tensor_type).astype(np.float64).ravel()
    scaling = LLAMA3 | {"factor": float(factors.max())}
    if not np.allclose(factors, llama3_factors(theta, head_dim, scaling), rtol=1e-4):
        raise ValueError(f"{file.path}: scales its positions by factors that are not Llama 3's; not converted")
    return rope | scaling | {"rope_type": "llama3"}


def llama3_factors(theta: float, head_dim: int, scaling: dict[str, float]) -> NDArray[np.float64]:
    """By how much each frequency is divided: 1 for short waves, `factor` for long ones, smoothly in between.

    Source:
        Llama 3.1's reference code, `apply_scaling`.
    """
    waves = 2 * math.pi * theta ** (np.arange(0, head_dim, 2) / head_dim)
    low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
    smooth = np.clip((scaling["original_max_position_embeddings"] / waves - low) / (high - low), 0, 1)
    return np.asarray(1 / ((1 - smooth) / scaling["factor"] + smooth))
