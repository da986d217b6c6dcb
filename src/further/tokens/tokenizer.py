"""A model's tokenizer, read from its folder without the model's framework."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from further.io import read_json


@dataclass(frozen=True)
class SpecialTokens:
    """Ids that mark a document's borders; `bos` is None where the model expects no begin mark."""

    bos: int | None
    eos: int

    @property
    def begin(self) -> int:
        """What stands before a text's first token when it is scored: the begin mark, or else the end mark."""
        return self.eos if self.bos is None else self.bos

    @property
    def begin_rule(self) -> str:
        """Which of the two that is, in words: "begin mark" or "end mark"."""
        return "end mark" if self.bos is None else "begin mark"


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a local Hugging Face folder.

    Raises:
        ValueError: If the folder has no `tokenizer.json`.
    """
    file = folder / "tokenizer.json"
    if not file.is_file():
        raise ValueError(f"{folder}: no tokenizer.json; save the model with its fast tokenizer first")
    return Tokenizer.from_file(str(file))


def special_tokens(folder: Path) -> SpecialTokens:
    """Begin and end marks of the tokenizer of a local Hugging Face folder.

    The begin mark is what the tokenizer itself puts before a text: a name in the configuration alone does not say
    that the model was trained with it (GPT-2 names one and never uses it).

    Raises:
        ValueError: If no end mark is named.
    """
    tokenizer, settings = load_tokenizer(folder), read_json(folder / "tokenizer_config.json")
    eos = _id_of(settings.get("eos_token"), tokenizer)
    if eos is None:
        raise ValueError(f"{folder}: tokenizer_config.json names no eos_token, so documents cannot be ended")
    bos = _id_of(settings.get("bos_token"), tokenizer)
    first = tokenizer.encode("a", add_special_tokens=True).ids[0]
    return SpecialTokens(bos if first == bos else None, eos)


def _id_of(token: Any, tokenizer: Tokenizer) -> int | None:
    """Id of a token that is given as text, as an object with `content`, or not at all."""
    content = token["content"] if isinstance(token, dict) else token
    return None if content is None else tokenizer.token_to_id(content)
