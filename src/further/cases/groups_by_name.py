"""Images of one patient, case or article by their names and folders, where nothing else tells."""

import re
from collections import Counter
from collections.abc import Mapping

# A start that more than a tenth of the images share is the year or the scanner, not a patient.
LARGEST = 0.1
MIN_GROUPS = 10
_FOLDER = re.compile(r"(.*/|^)(?:patient|pat|subject|subj|sub|case)[-_ ]?\d+(?=/)", re.IGNORECASE)
_START = re.compile(r"(?:.*/)?([A-Za-z]{0,12}-?\d+)_[^/]*$")


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
    folders = {case: told[0] for case, name in names.items() if (told := _FOLDER.match(name))}
    starts = {case: told[1] for case, name in names.items() if (told := _START.match(name))}
    return _group(folders, len(names)) or _group(starts, len(names))


def _group(starts: Mapping[str, str], num_names: int) -> dict[str, str]:
    counts = Counter(starts.values())
    if len(counts) < MIN_GROUPS or max(counts.values()) > LARGEST * num_names:
        return {}
    first: dict[str, str] = {}
    return {case: first.setdefault(start, case) for case, start in starts.items() if counts[start] > 1}
