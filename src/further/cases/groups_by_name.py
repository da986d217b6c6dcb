"""Images of one patient, case or article by their names and folders, where nothing else tells."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

# What more than a tenth of the images share, and more than a patient has, is the year, the scanner or a class.
LARGEST, MOST = 0.1, 30
MIN_GROUPS = 5  # fewer are classes, folds or splits
_FOLDER = re.compile(r"(.*/|^)(?:patient|pat|subject|subj|sub|case)[-_ ]?\d+(?=/)", re.IGNORECASE)
_START = re.compile(r"(?:.*/)?([A-Za-z]{0,12}-?\d+)[-_ ][^/]*$")


def find_groups(names: Mapping[str, str]) -> dict[str, str]:
    """Cases whose images lie in a folder that is called like a patient's, or whose names begin with one number.

    Folders as in CheXpert, `patient00001/study1/view1_frontal.jpg`, or BIDS, `sub-01`. Names with letters before the
    number, as `MPX1009_synpic46` and `PMC106_F1`.

    Args:
        names: Path of its image by case.

    Returns:
        The first such case by case; those whose names tell nothing are left out.

    >>> find_groups({name: name for name in [f"p{place // 2}_{place}" for place in range(40)]})["p3_7"]
    'p3_6'
    >>> find_groups({name: name for name in [f"sub-{place // 2}/{place}.png" for place in range(40)]})["sub-3/7.png"]
    'sub-3/6.png'
    """
    told = {case: found[0] for case, name in names.items() if (found := _FOLDER.match(name))}
    if len(set(told.values())) < 2:
        told = {case: found[1] for case, name in names.items() if (found := _START.match(name))}
        told = told if are_patients(told.values(), len(names)) else {}
    counts, first = Counter(told.values()), dict[str, str]()
    return {case: first.setdefault(start, case) for case, start in told.items() if counts[start] > 1}


def are_patients(starts: Iterable[str], num_names: int) -> bool:
    """Whether groups of images or reports are small and many enough to be patients."""
    counts = Counter(starts)
    return len(counts) >= MIN_GROUPS and max(counts.values()) <= max(LARGEST * num_names, MOST)
