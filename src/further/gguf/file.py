"""A GGUF file: its metadata, its tensors, and the families of models that can be converted."""

from pathlib import Path
from typing import Any

import gguf

FAMILIES = {"llama": gguf.MODEL_ARCH.LLAMA, "qwen2": gguf.MODEL_ARCH.QWEN2, "qwen3": gguf.MODEL_ARCH.QWEN3}
"""Decoders of Llama's shape by `general.architecture`; Mistral's, SmolLM's and TinyLlama's files say llama, too."""
MAGIC = b"GGUF"


class GgufFile:
    """An opened GGUF file. Tensors are memory-mapped and read when they are converted.

    Attributes:
        family: A key of `FAMILIES`.
        tensors: By name, as the `gguf` package gives them.
    """

    def __init__(self, path: Path) -> None:
        """Open a file.

        Raises:
            ValueError: If the file is no GGUF file, is damaged, or is of another family.
        """
        self.path = path
        self._reader = _open(path)
        self.tensors: dict[str, Any] = {tensor.name: tensor for tensor in self._reader.tensors}
        self.family = str(self.get("general.architecture"))
        if self.family not in FAMILIES:
            raise ValueError(
                f"{path}: its architecture is {self.family}, and only {', '.join(FAMILIES)} are converted: "
                "give the model as a Hugging Face folder instead (model.source: folder)"
            )

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a metadata key; `{family}` in it stands for the architecture."""
        # The family is itself read by this function.
        field = self._reader.fields.get(key.format(family=getattr(self, "family", "")))
        return default if field is None else field.contents()

    def need(self, key: str) -> Any:
        """The value of a metadata key that a model cannot do without.

        Raises:
            ValueError: If the file lacks it.
        """
        value = self.get(key)
        if value is None:
            raise ValueError(f"{self.path}: has no {key.format(family=self.family)} in its metadata")
        return value

    def count_types(self) -> dict[str, int]:
        """Number of tensors by type: F32, Q4_1, Q8_0 and so on."""
        names = [tensor.tensor_type.name for tensor in self.tensors.values()]
        return {name: names.count(name) for name in sorted(set(names))}


def _open(path: Path) -> Any:
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    if start != MAGIC:
        raise ValueError(f"{path} is no GGUF file: it begins with {start!r}, not with {MAGIC!r}")
    try:
        return gguf.GGUFReader(path)
    except (ValueError, IndexError, KeyError, OverflowError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is a damaged GGUF file: {error}") from None
