"""What a checkpoint depends on: settings and code, which the caller names, and the data and base model found here."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from further.training.trainer import Rows  # which imports the checkpoints, which import this module

SAMPLE, TENSOR_SAMPLE = 2**20, 2**12  # bytes


def describe_inputs(model_folder: Path, training: "Rows", validation: "Rows") -> dict[str, Any]:
    """Digests of what a run reads.

    Args:
        model_folder: The base model.
        training: Packed rows of the training papers.
        validation: Packed rows of the validation papers.

    Returns:
        16 hexadecimal digits each for the rows and for every file of the model that shapes its weights.
    """
    files = [model_folder / "config.json", *model_folder.glob("*.safetensors")]
    return {
        "training_rows": digest_rows(training),
        "validation_rows": digest_rows(validation),
        "base_model": {file.name: digest_sampled(file) for file in sorted(files) if file.is_file()},
    }


def digest_rows(rows: "Rows") -> str:
    """Digest of packed rows: every input, label and position, and their shape."""
    digest = hashlib.sha256()
    for values in (rows.inputs_RT, rows.labels_RT, rows.positions_RT):
        digest.update(f"{values.shape} {values.dtype}".encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:16]


def digest_sampled(file: Path) -> str:
    """Digest of a file's size and of samples of it.

    Of a safetensors file its header and the start, middle and end of every tensor, as one tensor of many may be what
    was trained; of another one the first, middle and last MiB. Reading the 16 GB of an 8B model whole would take
    minutes on a busy file system.

    Raises:
        ValueError: If a safetensors file is none, as what git leaves of large files.
    """
    size = file.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with file.open("rb") as stream:
        for start, end in _of_tensors(stream, size) if file.suffix == ".safetensors" else _samples(0, size, SAMPLE):
            stream.seek(start)
            digest.update(stream.read(end - start))
    return digest.hexdigest()[:16]


def _of_tensors(stream: BinaryIO, size: int) -> list[tuple[int, int]]:
    """Stretches to read of a safetensors file: 8 bytes for the length of its header, this header, samples of tensors.

    The header is JSON and names each tensor with its type, shape and place behind the header.
    """
    end = 8 + int.from_bytes(stream.read(8), "little")
    if end > size:
        raise ValueError(f"{stream.name} is no safetensors file: {size:,} bytes, of which its header would be {end:,}")
    tensors = [about for name, about in json.loads(stream.read(end - 8)).items() if name != "__metadata__"]
    places = sorted(tuple(tensor["data_offsets"]) for tensor in tensors)
    return [(0, end)] + [part for first, last in places for part in _samples(end + first, end + last, TENSOR_SAMPLE)]


def _samples(start: int, end: int, size: int) -> list[tuple[int, int]]:
    """Up to three stretches of so many bytes: at the start, in the middle, at the end."""
    firsts = sorted({start, max(start, (start + end - size) // 2), max(start, end - size)})
    return [(first, min(first + size, end)) for first in firsts]


def find_differences(found: Any, wanted: Any, key: str = "") -> list[str]:
    """What differs between two identities, one `key old → new` each, nested keys with dots."""
    if not (isinstance(found, dict) and isinstance(wanted, dict)):
        return [] if found == wanted else [f"{key} {_show(found)} → {_show(wanted)}"]
    keys = sorted(found.keys() | wanted.keys())
    prefix = f"{key}." if key else ""
    return [line for name in keys for line in find_differences(found.get(name), wanted.get(name), f"{prefix}{name}")]


def _show(value: Any) -> str:
    return "nothing" if value is None else str(value)
