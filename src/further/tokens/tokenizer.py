"""A model's tokenizer, read from its folder without the model's framework."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from further.io import read_json

TOKENIZER_FILES = ("tokenizer_config.json", "special_tokens_map.json")
USUAL_EOS = ("<|endoftext|>", "</s>", "<eos>", "<|end_of_text|>")


@dataclass(frozen=True)
class SpecialTokens:
    """Ids at a document's ends; `bos` is None where the model expects none."""

    bos: int | None
    eos: int

    @property
    def begin(self) -> int:
        """What stands before a text's first token when it is scored: BOS, or else EOS."""
        return self.eos if self.bos is None else self.bos

    @property
    def begin_rule(self) -> str:
        """Which of the two that is, in words: "BOS" or "EOS"."""
        return "EOS" if self.bos is None else "BOS"


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a local Hugging Face folder, which reads documents of any length.

    A fine-tuned model's tokenizer.json often holds the truncation and padding of its own training: papers would be cut.

    Raises:
        ValueError: If the folder has no `tokenizer.json`, or it cannot be read.
    """
    file = folder / "tokenizer.json"
    if not file.is_file():
        raise ValueError(f"{folder}: no tokenizer.json; save the model with its fast tokenizer first")
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises no narrower one
        raise ValueError(f"{file} cannot be read: {error}") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def special_tokens(folder: Path) -> SpecialTokens:
    """BOS and EOS of the tokenizer of a local Hugging Face folder.

    BOS is what the tokenizer itself puts before a text: a name in a configuration alone does not say that the model was
    trained with it (GPT-2 names one and never uses it). EOS is looked for in tokenizer_config.json, in
    special_tokens_map.json, as an id in config.json, and last among the names that most families use.
    GPT-2's folder on the hub names none in the first two.

    Raises:
        ValueError: If no EOS is found.
    """
    tokenizer = load_tokenizer(folder)
    eos = next((id_ for id_ in _find_eos(folder, tokenizer) if id_ is not None), None)
    if eos is None:
        raise ValueError(
            f"{folder}: no EOS token, so documents cannot be ended; name it in tokenizer_config.json: "
            '{"eos_token": "…"}'
        )
    # The first token decides: a tokenizer may also add an EOS behind the text alone, as T5's does.
    with_marks, without = (tokenizer.encode("a", add_special_tokens=marks).ids for marks in (True, False))
    return SpecialTokens(with_marks[0] if with_marks[:1] != without[:1] else None, eos)


def _find_eos(folder: Path, tokenizer: Tokenizer) -> list[int | None]:
    """Ids that the files of a folder give, the best source first."""
    named = [_read_object(folder / file).get("eos_token") for file in TOKENIZER_FILES]
    of_model = _read_object(folder / "config.json").get("eos_token_id")
    several = of_model if isinstance(of_model, list) else [of_model]
    return [*(_id_of(token, tokenizer) for token in named), *several, *map(tokenizer.token_to_id, USUAL_EOS)]


def _read_object(file: Path) -> dict[str, Any]:
    found = read_json(file) if file.is_file() else {}
    return found if isinstance(found, dict) else {}


def _id_of(token: Any, tokenizer: Tokenizer) -> int | None:
    """Id of a token that is given as text, as an object with `content`, or not at all."""
    content = token["content"] if isinstance(token, dict) else token
    return None if content is None else tokenizer.token_to_id(content)
