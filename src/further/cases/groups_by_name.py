"""Images whose names begin with one number: of one patient, case or article, where nothing else tells."""

import re
from collections import Counter
from collections.abc import Mapping

LARGEST = 0.1
"""Fraction of the images that begin alike, above which the beginning is no case: a year, or the scanner."""
MIN_GROUPS = 10
_START = re.compile(r"([A-Za-z]{0,12}-?\d+)_")


def find_groups(names: Mapping[str, str]) -> dict[str, str]:
    """Cases whose image names begin with one number, with letters before it: `MPX1009_synpic46`, `PMC106_F1`.

    Args:
        names: Name of its image by case.

    Returns:
        The first such case by case; those whose names tell nothing are left out.

    >>> find_groups({name: name for name in [f"p{place // 2}_{place}" for place in range(40)]})["p3_7"]
    'p3_6'
    """
    starts = {case: told[1] for case, name in names.items() if (told := _START.match(name.rsplit("/", 1)[-1]))}
    counts = Counter(starts.values())
    if len(counts) < MIN_GROUPS or max(counts.values()) > LARGEST * len(names):
        return {}
    first: dict[str, str] = {}
    return {case: first.setdefault(start, case) for case, start in starts.items() if counts[start] > 1}
