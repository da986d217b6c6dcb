"""The tokenizer of a GGUF file, and the tokens that mark the borders of a document."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, pre_tokenizers, processors
from transformers.integrations.gguf import convert_gguf_tokenizer, get_gguf_tokenizer
from transformers.integrations.gguf.gguf_tokenizer_mapping import GGUF_PRE_TOKENIZER_SPLITS

from further.gguf.file import GgufFile
from further.io import write_json

CONTROL = 3  # the type of a token that stands for no text
END_OF_TEXT = ("<|endoftext|>", "<|end_of_text|>", "<|end▁of▁sentence|>", "</s>", "<eos>")
"""What ends a document in the pretraining of known families, whatever ends a turn of a chat."""
DIGITS = ("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b")
"""Pre-tokenizers that split numbers into digits before all else, which transformers' converter leaves out."""
GPT2 = ("gpt-2", "phi-2", "olmo", "mpt", "gigachat", "exaone4", "trillion", "mellum")
"""Pre-tokenizers that split as GPT-2's."""
WHOLE_WORDS = ("llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "tekken")
"""Pre-tokenizers of vocabularies that take a whole word before any merge, and that begin a text with BOS."""


@dataclass(frozen=True)
class Marks:
    """Tokens at the borders of a document.

    Attributes:
        bos: Before a text; where the tokenizer puts none, the same as `eos`, which then stands before a scored text.
        turn_end: What ends a turn of a chat, where that is another token than `eos`.
        adds_bos: Whether the tokenizer puts `bos` before a text.
    """

    bos: str
    eos: str
    turn_end: str | None
    adds_bos: bool


def find_marks(file: GgufFile) -> Marks:
    """The marks of a document, which a chat model's file does not name: its BOS and EOS are marks of a chat.

    With SmolLM2's `<|im_start|>` before a document, its first 19 tokens cost up to 2 nats more each than with the
    `<|endoftext|>` that it was pretrained with.

    Raises:
        ValueError: If the file names no end of a text.
    """
    tokens = file.need("tokenizer.ggml.tokens")
    kinds = file.get("tokenizer.ggml.token_type", [CONTROL] * len(tokens))
    control = {token for token, kind in zip(tokens, kinds, strict=True) if kind == CONTROL}
    named = tokens[int(file.need("tokenizer.ggml.eos_token_id"))]
    eos = next((token for token in END_OF_TEXT if token in control), named)
    adds_bos = bool(file.get("tokenizer.ggml.add_bos_token", _usually_adds_bos(file)))
    bos = file.get("tokenizer.ggml.bos_token_id")
    if adds_bos and bos is None:
        raise ValueError(f"{file.path}: its tokenizer begins a text with BOS, and names none")
    return Marks(tokens[int(bos)] if adds_bos else eos, eos, named if named != eos else None, adds_bos)


def _usually_adds_bos(file: GgufFile) -> bool:
    """What llama.cpp does with files that do not say."""
    return file.get("tokenizer.ggml.model") == "llama" or file.get("tokenizer.ggml.pre") in WHOLE_WORDS


def build_tokenizer(file: GgufFile, marks: Marks) -> Tokenizer:
    """The tokenizer that a file describes.

    Raises:
        ValueError: If the kind of tokenizer, or how it splits a text before its merges, is not known.
    """
    _check_kind(file)
    architecture, parts, _ = get_gguf_tokenizer(str(file.path))
    tokenizer: Tokenizer = convert_gguf_tokenizer(architecture, parts)[0]
    split = file.get("tokenizer.ggml.pre")
    if split in DIGITS:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
    if split in WHOLE_WORDS:
        tokenizer.model.ignore_merges = True
    tokenizer.post_processor = _begin_texts(tokenizer, marks)
    return tokenizer


def _check_kind(file: GgufFile) -> None:
    kind, split = file.need("tokenizer.ggml.model"), file.get("tokenizer.ggml.pre")
    if kind not in ("gpt2", "llama"):
        raise ValueError(f"{file.path}: its tokenizer is of the kind {kind}; only gpt2 and llama are converted")
    known = {*DIGITS, *GPT2, *WHOLE_WORDS, *GGUF_PRE_TOKENIZER_SPLITS}
    if kind == "gpt2" and split not in known:
        raise ValueError(
            f"{file.path}: how its tokenizer splits a text is not known here ({split or 'not named'}): give the model "
            "as a Hugging Face folder instead (model.source: folder)"
        )


def _begin_texts(tokenizer: Tokenizer, marks: Marks) -> Any:
    """What the tokenizer itself puts around a text: BOS or nothing."""
    begin = f"{marks.bos} " if marks.adds_bos else ""
    special = [(marks.bos, tokenizer.token_to_id(marks.bos))] if marks.adds_bos else []
    return processors.TemplateProcessing(single=f"{begin}$A", pair=f"{begin}$A $B:1", special_tokens=special)


def write_tokenizer(file: GgufFile, marks: Marks, folder: Path) -> None:
    """Write `tokenizer.json` and `tokenizer_config.json`.

    Raises:
        ValueError: As `build_tokenizer`.
    """
    build_tokenizer(file, marks).save(str(folder / "tokenizer.json"))
    template = file.get("tokenizer.chat_template")
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": marks.bos,
        "eos_token": marks.eos,
        "pad_token": marks.eos,
        "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
        "model_max_length": int(file.need("{family}.context_length")),
    } | ({"chat_template": template} if template else {})
    write_json(folder / "tokenizer_config.json", settings)
