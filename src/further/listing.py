"""Lists within messages."""

from collections.abc import Sequence


def name_some(names: Sequence[str], most: int) -> str:
    """The first of some names, and how many more there are.

    >>> name_some(["a", "b", "c"], 2), name_some(["a", "b"], 2)
    ('a, b and 1 more', 'a, b')
    """
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest:,} more" if rest > 0 else "")
