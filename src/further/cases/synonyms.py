"""The field's terms: one word for a modality or a plane, whatever a record calls it."""

import re

# The first that matches holds. Two capitals are DICOM's codes (PS3.3, C.7.3.1.1.1).
MODALITIES = (
    ("ct", r"\b(ct|cta|tac|hrct|cect|computed tomography|computerized tomography|cat scan)\b"),
    ("mri", r"\b(mr|mri|mra|mrcp|fmri|rm|irm|magnetic resonance)\b"),
    ("mammography", r"\b(mg|mammogra\w+)\b"),
    ("angiography", r"\b(xa|angiogra\w+|dsa)\b"),
    ("fluoroscopy", r"\b(rf|fluoroscop\w+|barium|enterogra\w+)\b"),
    ("x-ray", r"\b(x ray|xray|xr|cr|dx|cxr|radiograph\w*|plain film|px|io)\b"),
    ("ultrasound", r"\b(us|ultraso\w+|sonogra\w+|doppler|ivus|echocardiogra\w+)\b"),
    ("pet", r"\b(pt|pet)\b"),
    ("nuclear medicine", r"\b(nm|nuclear medicine|scintigra\w+|spect|bone scan)\b"),
    ("endoscopy", r"\b(es|endoscop\w+)\b"),
    ("microscopy", r"\b(sm|gm|histolog\w+|patholog\w+|microscop\w+)\b"),
)

PLANES = (
    ("axial", r"\b(axial|transverse|transaxial|transversal|tra|ax)\b"),
    ("coronal", r"\b(coronal|frontal plane|cor)\b"),
    ("sagittal", r"\b(sagittal|sagital|sag)\b"),
    ("oblique", r"\boblique\b"),
    ("lateral", r"\b(lateral|lat|ll|rl)\b"),
    ("pa", r"\b(pa|posteroanterior|postero anterior)\b"),
    ("ap", r"\b(ap|anteroposterior|antero posterior)\b"),
    ("frontal", r"\bfrontal\b"),  # pa or ap: Open-i does not tell which
)
"""Plane or projection and what it is called."""

_SPLITS = {
    "train": r"train(?:ing)?(?:[_ -]?val)?",  # trainval: both, trained on
    "validation": r"dev(?:el(?:opment)?)?|val(?:id(?:ation|ate)?)?",
    "test": r"test(?:ing|s)?",
}
_SPLIT = re.compile(
    rf"(?<![a-z])(?:{'|'.join(f'(?P<{name}>{called})' for name, called in _SPLITS.items())})(?:set|data)?(?![a-z])"
)

NOT_A_SCAN = re.compile(
    r"\b(drawings?|diagrams?|illustrations?|sketch(es)?|cartoons?|charts?|schematics?|graphics?|tables?|clip ?art)\b"
)
"""A modality that is none."""


def name_modality(text: str | None) -> str | None:
    """The modality that a text names, the text itself in lower case if it names none that is known.

    >>> name_modality("MR - T2 weighted"), name_modality("CT w/contrast (IV)"), name_modality("TAC")
    ('mri', 'ct', 'ct')
    """
    return None if text is None else _first(MODALITIES, text) or text.lower()


def name_plane(text: str | None) -> str | None:
    """The plane or projection that a text names; None if it names none: "Other View (see caption)" is no plane."""
    return None if text is None else _first(PLANES, text)


def is_scan(modality: str | None) -> bool:
    """Whether a modality, in the record's words, is a picture of a patient: drawings and charts are not."""
    return modality is None or NOT_A_SCAN.search(modality.lower()) is None


def find_split(path: str) -> str | None:
    """The split that a file's name or one of its folders is called by, the nearest first; None if there is none.

    >>> [find_split(path) for path in ("captions_val2017.json", "data/test/captions.txt", "trainset", "train_val")]
    ['validation', 'test', 'train', 'train']
    >>> find_split("valves/devices.csv") is None and find_split("train_or_test.csv") is None
    True
    """
    for part in reversed(path.lower().split("/")):
        named = {found.lastgroup for found in _SPLIT.finditer(part)}
        if len(named) == 1:
            return named.pop()
    return None


def name_yes_no(text: str | None) -> str | None:
    """yes or no, as a record or a spreadsheet writes them; the text itself if it is neither.

    >>> name_yes_no("TRUE"), name_yes_no("0"), name_yes_no("equivocal")
    ('yes', 'no', 'equivocal')
    """
    told = (text or "").strip().lower()
    known = {"yes": ("yes", "y", "true", "1", "1.0"), "no": ("no", "n", "false", "0", "0.0")}
    return next((name for name, written in known.items() if told in written), text)


def _first(names: tuple[tuple[str, str], ...], text: str) -> str | None:
    plain = re.sub(r"[^a-z0-9]+", " ", text.lower())
    return next((name for name, pattern in names if re.search(pattern, plain)), None)
