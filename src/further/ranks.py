"""Ranks that no machine, order or Python version changes."""

import hashlib


def hash_rank(*parts: object) -> str:
    """Hexadecimal SHA-256 of the parts."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
