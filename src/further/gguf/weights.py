"""The weights of a GGUF file, dequantized and written as safetensors, one shard in memory at a time."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from huggingface_hub import split_state_dict_into_shards_factory
from numpy.typing import NDArray
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, PretrainedConfig

import gguf
from further.gguf.configuration import ROPE_FACTORS
from further.gguf.file import FAMILIES, GgufFile
from further.io import write_json
from further.listing import name_some

SHARD_BYTES = 10**9
MOST_NAMED = 3  # tensors in a message
ROTATED = ("attn_q", "attn_k")  # matrices whose rows llama.cpp keeps in another order


def write_weights(
    file: GgufFile, config: PretrainedConfig, folder: Path, dtype: torch.dtype, shard_bytes: int = SHARD_BYTES
) -> None:
    """Write `model.safetensors`, or shards with their index.

    Args:
        shard_bytes: Of a file, at most, if no tensor alone is larger.

    Raises:
        ValueError: If a tensor is missing, has another shape, or has no place in the model.
    """
    shapes = find_shapes(config)
    places = match_names(file, shapes, config.num_hidden_layers)
    split = split_state_dict_into_shards_factory(
        dict(shapes),
        get_storage_size=lambda shape: shape.numel() * dtype.itemsize,
        filename_pattern="model{suffix}.safetensors",
        max_shard_size=shard_bytes,
    )
    for name, parameters in split.filename_to_tensors.items():
        tensors = {parameter: read_weight(file, places[parameter], config).to(dtype) for parameter in parameters}
        save_file(tensors, folder / name, metadata={"format": "pt"})
    if split.is_sharded:
        index = {"metadata": split.metadata, "weight_map": split.tensor_to_filename}
        write_json(folder / "model.safetensors.index.json", index)


def find_shapes(config: PretrainedConfig) -> dict[str, torch.Size]:
    """Shapes of a model's parameters by name, without its weights; a tied head is not among them."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
    return {name: weight.shape for name, weight in model.state_dict().items() if name not in tied}


def match_names(file: GgufFile, shapes: Mapping[str, torch.Size], num_layers: int) -> dict[str, str]:
    """Which tensor of the file each parameter of the model is.

    Raises:
        ValueError: If the two do not cover each other, shape by shape.
    """
    known = gguf.get_tensor_name_map(FAMILIES[file.family], num_layers)
    places = {name: str(known.get_name(name, try_suffixes=(".weight", ".bias"))) for name in shapes}
    if missing := sorted(name for name, place in places.items() if place not in file.tensors):
        raise ValueError(f"{file.path}: has no tensor for {name_some(missing, MOST_NAMED)}")
    if unused := sorted(set(file.tensors) - set(places.values()) - {ROPE_FACTORS}):
        raise ValueError(
            f"{file.path}: {name_some(unused, MOST_NAMED)} has no place in a {file.family} model of transformers"
        )
    for name, place in places.items():
        # GGUF counts dimensions from the one that is contiguous in memory.
        shape = torch.Size(map(int, reversed(file.tensors[place].shape)))
        if shape != shapes[name]:
            raise ValueError(f"{file.path}: {place} is {tuple(shape)} where its metadata ask for {tuple(shapes[name])}")
    return places


def read_weight(file: GgufFile, place: str, config: PretrainedConfig) -> torch.Tensor:
    """One tensor, dequantized to float32 and with its rows in the order that transformers expects."""
    tensor = file.tensors[place]
    values = gguf.dequantize(tensor.data, tensor.tensor_type).reshape(tuple(map(int, reversed(tensor.shape))))
    if file.family == "llama" and place.split(".")[-2] in ROTATED:
        heads = config.num_attention_heads if ".attn_q." in place else config.num_key_value_heads
        values = restore_rows(values, heads)
    # Tensors of fp32 are the mapped file itself, which cannot be written to; torch warns of such memory.
    return torch.from_numpy(np.require(values, np.float32, ["C", "W"]))


def restore_rows(values: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Undo llama.cpp's order of the rows of Llama's queries and keys.

    A head's rows are rotated in pairs. transformers pairs the first half with the second, llama.cpp neighbors:

        file           a0 b0 a1 b1 a2 b2
        transformers   a0 a1 a2 b0 b1 b2
    """
    pairs = values.reshape(heads, len(values) // heads // 2, 2, *values.shape[1:])
    return pairs.swapaxes(1, 2).reshape(values.shape)
