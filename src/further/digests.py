"""Digests of files: of small ones whole, of large ones from samples of them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from further.weights import read_header

SAMPLE, TENSOR_SAMPLE = 2**20, 2**12  # bytes


def digest_files(files: Iterable[Path]) -> str:
    """Digest of files' names and contents, wherever they lie: 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        digest.update(f"{file.name} {file.stat().st_size}\n".encode() + file.read_bytes())
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
        for start, end in _of_tensors(file) if file.suffix == ".safetensors" else _samples(0, size, SAMPLE):
            stream.seek(start)
            digest.update(stream.read(end - start))
    return digest.hexdigest()[:16]


def _of_tensors(file: Path) -> list[tuple[int, int]]:
    """Stretches to read of a safetensors file: its header, and samples of each tensor."""
    tensors, begin = read_header(file)
    places = sorted(tuple(tensor["data_offsets"]) for tensor in tensors.values())
    samples = [part for start, end in places for part in _samples(begin + start, begin + end, TENSOR_SAMPLE)]
    return [(0, begin), *samples]


def _samples(start: int, end: int, size: int) -> list[tuple[int, int]]:
    """Up to three stretches of so many bytes: at the start, in the middle, at the end."""
    firsts = sorted({start, max(start, (start + end - size) // 2), max(start, end - size)})
    return [(first, min(first + size, end)) for first in firsts]
