"""Folders of small models: untrained ones with the base model's tokenizer, and trained ones with a modality added."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import SiglipImageProcessorPil

from further.io import read_json
from further.models.modalities import make_embedding
from further.models.one_network import OneConfig, OneNetwork, draw_weights
from further.settings.onemodel import OneModelSettings

COPIED = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
RESERVED = 8  # ids behind the tokenizer's: marks of spans and of objectives (`further.onemodel.objectives`)


def make_model(folder: Path, base: Path, layout: str, settings: OneModelSettings, context: int, seed: int) -> None:
    """Write an untrained small model that reads words and images.

    Args:
        base: Folder of the model whose tokenizer it shares.
        layout: Of `further.models.one.LAYOUTS`.
        context: Longest row of questions.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)
    side = settings.image_side
    SiglipImageProcessorPil(size={"height": side, "width": side}).save_pretrained(folder)
    vocab_size = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab_size()
    named = read_json(base / "config.json")
    token = named.get("image_token_index", named.get("image_token_id"))  # the second: Florence-2
    config = OneConfig(
        layout=layout,
        vocab_size=vocab_size + RESERVED,
        width=settings.width,
        num_layers=settings.layers,
        num_heads=settings.heads,
        max_position_embeddings=context + 2 * RESERVED,  # marks lengthen a row of pre-training
        image_token_index=token,
        modalities={"image": describe("image", token, {"side": side, "patch": settings.patch})},
    )
    network = OneNetwork(config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        draw_weights(network, config.num_layers)
    network.save_pretrained(folder)


def describe(name: str, token: int, sizes: Mapping[str, int], tower_layers: int = 0) -> dict[str, Any]:
    """A modality as config.json holds it."""
    num_tokens = make_embedding(name, 8, sizes).num_tokens  # of any width
    return {"token": token, "num_tokens": num_tokens, "sizes": dict(sizes), "tower_layers": tower_layers}


def add_modality(
    folder: Path, trained: Path, name: str, sizes: Mapping[str, int], words: Sequence[str], tower_layers: int, seed: int
) -> None:
    """Write a trained small model with one more modality, and with words that its tokenizer had to spell.

    Args:
        tower_layers: Blocks of its own before the stack.
        seed: Of the new weights; those that were there stay.
    """
    shutil.copytree(trained, folder, dirs_exist_ok=True)
    before = OneNetwork.from_pretrained(trained, local_files_only=True)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    first = before.config.vocab_size
    added = add_words(tokenizer, words, first - tokenizer.get_vocab_size())
    tokenizer.save(str(folder / "tokenizer.json"))
    config = OneConfig(**before.config.to_dict())
    # Behind all known ids, in an embedding of its own: the trained one stays as it is.
    config.added_words = added + 1  # its own token is the last
    config.modalities = {**(config.modalities or {}), name: describe(name, first + added, sizes, tower_layers)}
    after = OneNetwork(config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        draw_weights(after, config.num_layers)
    after.load_state_dict(before.state_dict(), strict=False)  # the new parts are drawn, the rest is as trained
    after.save_pretrained(folder)


def add_words(tokenizer: Tokenizer, words: Sequence[str], reserved: int) -> int:
    """Give a tokenizer words of its own, behind the reserved ids; returns how many."""
    tokenizer.add_tokens([f"<reserved {number}>" for number in range(reserved)])
    return int(tokenizer.add_tokens(sorted(set(words))))
