"""A GGUF file to an ordinary Hugging Face folder: safetensors, configuration, tokenizer, and where they come from."""

import hashlib
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig

from further.gguf.configuration import read_config
from further.gguf.file import GgufFile
from further.gguf.tokenizer import Marks, find_marks, write_tokenizer
from further.gguf.weights import write_weights
from further.io import write_json

ORIGIN = "origin.json"


def convert_gguf(path: Path, folder: Path, dtype: str) -> None:
    """Convert a file. The dequantized weights are written: quantized training quantizes them anew.

    Args:
        path: A GGUF file of one of `further.gguf.file.FAMILIES`.
        folder: Where `config.json`, weights, tokenizer and `origin.json` go; made if absent.
        dtype: Of the written weights: float32 keeps every bit, bfloat16 takes half the space.

    Raises:
        ValueError: In one sentence, why the file cannot be converted.
    """
    file = GgufFile(path)
    config, marks = read_config(file), find_marks(file)
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(file, marks, folder)
    tokens = file.need("tokenizer.ggml.tokens")
    config.bos_token_id, config.eos_token_id = tokens.index(marks.bos), tokens.index(marks.eos)
    # Few files name a token to fill up with, and what is filled up is masked: any will do.
    config.pad_token_id, config.dtype = config.eos_token_id, getattr(torch, dtype)
    write_weights(file, config, folder, config.dtype)
    config.architectures = [f"{type(config).__name__.removesuffix('Config')}ForCausalLM"]
    config.save_pretrained(folder)
    _write_generation(folder, config, marks, tokens)
    write_json(folder / ORIGIN, describe_origin(file))


def _write_generation(folder: Path, config: Any, marks: Marks, tokens: list[str]) -> None:
    # What ends a text, and a chat's turn where that is another token.
    ends = [config.eos_token_id, *([tokens.index(marks.turn_end)] if marks.turn_end else [])]
    GenerationConfig(
        bos_token_id=config.bos_token_id,
        eos_token_id=ends if len(ends) > 1 else ends[0],
        pad_token_id=config.pad_token_id,
    ).save_pretrained(folder)


def describe_origin(file: GgufFile) -> dict[str, Any]:
    """Where a converted model comes from: the file's name and hash, and what its metadata say."""
    with file.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "file": file.path.name,
        "sha256": digest,
        "name": file.get("general.name"),
        "license": file.get("general.license"),
        "architecture": file.family,
        "tensors": file.count_types(),
        "chat": file.get("tokenizer.chat_template") is not None,
    }
