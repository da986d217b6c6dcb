"""Ranks and shards by hash: the same on every machine, whatever else there is. Standard library only."""

import hashlib


def hash_rank(*parts: object) -> str:
    """Hexadecimal SHA-256 of the parts: a rank that no machine, order or Python version changes."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


def shard_of(name: str, num_shards: int) -> str:
    """Shard that a thing belongs to, whatever other things there are.

    Returns:
        Its number as digits of one width: "03" of 16.

    Raises:
        ValueError: If `num_shards` is below 1.
    """
    if num_shards < 1:
        raise ValueError(f"{num_shards} shards: at least 1 is needed")
    width = max(2, len(str(num_shards - 1)))
    return f"{int(hash_rank('shard', name)[:12], 16) % num_shards:0{width}d}"
