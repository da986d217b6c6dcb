"""What a base model's folder must hold before anything is queued for it: whole weights of a family that trains here."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from further.io import read_json
from further.tokens.tokenizer import load_tokenizer, special_tokens
from further.weights import read_header

INDEX = "model.safetensors.index.json"
ENCODER_DECODERS = ("t5gemma2", "florence2")
IMAGE_FAMILIES = ("paligemma", "gemma3", *ENCODER_DECODERS)  # a test holds them to those of `further.models`
PROCESSOR_FILES = ("preprocessor_config.json", "processor_config.json")


def check_model(folder: Path, kind: str = "text") -> None:
    """Refuse a folder that no job of a kind of study could load.

    Raises:
        ValueError: With every fault, one line each.
    """
    if faults := list(find_faults(folder, kind)):
        raise ValueError("\n".join(f"model.path: {fault}" for fault in faults))


def find_faults(folder: Path, kind: str = "text") -> Iterator[str]:
    """What is wrong with a model's folder, one line a fault; no weight is read."""
    if not folder.is_dir():
        yield f"there is no folder {folder}"
        return
    config = folder / "config.json"
    if not config.is_file():
        yield f"{folder} has no config.json, so it is no model's folder"
        return
    settings: dict[str, Any] = {}
    try:
        settings = read_json(config)
        yield from (_find_family_faults if kind == "text" else _find_image_faults)(settings, folder)
    except ValueError as error:
        yield f"{config} cannot be read: {error}"
    yield from _find_weight_faults(folder)
    try:
        special_tokens(folder)
        yield from _find_token_faults(settings, folder)
    except ValueError as error:
        yield str(error)


def _find_family_faults(config: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Families whose text is not predicted token after token from what stands before."""
    kind = config.get("model_type", "unknown")
    if config.get("is_encoder_decoder"):
        yield f"{folder} is an encoder–decoder model ({kind}); further pre-training needs a causal language model"
    elif "vision_config" in config:
        yield f"{folder} is an image–text model ({kind}); a study of papers needs a causal language model"
    elif not any("CausalLM" in name or "LMHead" in name for name in config.get("architectures") or ["CausalLM"]):
        architectures = ", ".join(config["architectures"])
        yield f"{folder} is a {architectures}, which has no language-modeling head: give the causal language model"
    yield from _find_quantized(config, folder)


def _find_image_faults(config: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Families that answer questions about images here, and what prepares their images."""
    kind = config.get("model_type", "unknown")
    if kind not in IMAGE_FAMILIES:
        known = ", ".join(IMAGE_FAMILIES)
        yield f"{folder} is a model of the family {kind}; a study of images needs one of {known}"
    if not any((folder / name).is_file() for name in PROCESSOR_FILES):
        yield f"{folder} has no {' or '.join(PROCESSOR_FILES)}, which says how images are prepared"
    yield from _find_quantized(config, folder)


def _find_quantized(config: Mapping[str, Any], folder: Path) -> Iterator[str]:
    if config.get("quantization_config"):
        yield f"{folder} holds quantized weights; give the unquantized model, which training.quantization quantizes"


def _find_token_faults(config: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Tokens that a text may turn into and that have no embedding, as those added without resizing the model."""
    size, tokenizer = (config.get("text_config") or config).get("vocab_size"), load_tokenizer(folder)
    # Gemma 3 (1B) has a special token beyond its embeddings. Papers are encoded without special tokens.
    added = {id_: token.content for id_, token in tokenizer.get_added_tokens_decoder().items() if not token.special}
    tokens = {id_: token for token, id_ in tokenizer.get_vocab(with_added_tokens=False).items()} | added
    if size is not None and tokens and max(tokens) >= size:
        yield (
            f"{folder}: the tokenizer has tokens up to {max(tokens)} ({tokens[max(tokens)]!r}), and the model has "
            f"{size} embeddings (vocab_size in config.json): save it after resize_token_embeddings({max(tokens) + 1})"
        )


def _find_weight_faults(folder: Path) -> Iterator[str]:
    if (folder / INDEX).is_file():
        shards = sorted(set(read_json(folder / INDEX)["weight_map"].values()))
    else:
        shards = sorted(file.name for file in folder.glob("*.safetensors"))
    if not shards:
        others = sorted(file.name for file in [*folder.glob("*.bin"), *folder.glob("*.pt")])
        only = f", only {', '.join(others)}: save it with save_pretrained(…, safe_serialization=True)" if others else ""
        yield f"{folder} has no weights in safetensors{only}"
    for shard in shards:
        yield from _find_shard_faults(folder / shard)


def _find_shard_faults(shard: Path) -> Iterator[str]:
    """A file that is absent, or shorter than its own header says; a download may have been cut off."""
    if not shard.is_file():
        yield f"{shard} is missing, though {INDEX} names it"
        return
    try:
        tensors, begin = read_header(shard)
    except ValueError as error:
        yield str(error)
        return
    size, end = shard.stat().st_size, begin + max((each["data_offsets"][1] for each in tensors.values()), default=0)
    if end > size:
        yield f"{shard} is cut off: {size:,} of {end:,} bytes"
