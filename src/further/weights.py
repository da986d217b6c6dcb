"""The header of a safetensors file, read without a weight: 8 bytes for its length, then JSON."""

import json
from pathlib import Path
from typing import Any


def read_header(file: Path) -> tuple[dict[str, Any], int]:
    """Type, shape and place of each tensor by its name, and where in the file the tensors begin.

    Raises:
        ValueError: If it is no safetensors file, as what git leaves of large files.
    """
    size = file.stat().st_size
    with file.open("rb") as stream:
        begin = 8 + int.from_bytes(stream.read(8), "little")
        try:
            # The length of a file that is none may be any number, and memory for it is taken before it is read.
            header = json.loads(stream.read(begin - 8)) if begin <= size else None
        except ValueError:
            header = None
    if not isinstance(header, dict):
        raise ValueError(f"{file} is no safetensors file ({size:,} bytes; where git left a pointer, run git lfs pull)")
    header.pop("__metadata__", None)
    return header, begin
