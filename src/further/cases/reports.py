"""Reports in text files beside their images, as MIMIC-CXR and many archives keep them: sections by their headings."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from further.cases.columns import PLAIN, plain_name
from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS
from further.cases.files import Folder
from further.cases.records import Row
from further.cases.synonyms import find_split
from further.cases.tables import read_text

# Not case or patient: STUDY: CT CHEST and PATIENT: are headings, too.
FIELD_OF = {name: field for field in ("caption", *CASE_FIELDS, *IMAGE_FIELDS) for name in PLAIN[field]}
# Fewer folders of reports than this may be hospitals or parts of a split, not patients.
MIN_PATIENTS = 10
# Coordinates of boxes stand in such files too: a report has at least two words of three letters.
MIN_WORDS = 2
_HEADING = re.compile(r"^[ \t]*([A-Z][A-Z /]{3,40})(?:\([^)\n]*\))?[ \t]*:", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]{3,}")


def find_reports(folder: Folder) -> dict[str, list[str]]:
    """Text files that are called like an image, or like a folder of images beside them, and those images."""
    texts = folder.tables(".txt")
    if not texts or not folder.images.files:
        return {}
    below, alone = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for image in folder.images.files:
        path = PurePosixPath(image)
        below[str(path.parent)].append(image)
        alone[str(path.with_suffix(""))].append(image)
    found: dict[str, list[str]] = {}
    for file in texts:
        place = str(PurePosixPath(file).with_suffix(""))
        same_name = [] if place in below or place in alone else [folder.images.find(PurePosixPath(file).stem)[0]]
        images = below.get(place) or alone.get(place) or [name for name in same_name if name is not None]
        found |= {file: images} if images else {}
    return found


def read_reports(folder: Folder, reports: dict[str, list[str]]) -> Iterator[tuple[str, Row]]:
    """Each report with what it tells: images, sections by their role, and the case and patient that its place tells."""
    folders = {str(PurePosixPath(file).parent) for file in reports}
    patients = {place for place in folders if find_split(PurePosixPath(place).name) is None}
    stems = Counter(PurePosixPath(file).stem for file in reports)
    for file, images in reports.items():
        text, path = read_text(folder, file), PurePosixPath(file)
        if len(_WORD.findall(text)) >= MIN_WORDS:
            parent = str(path.parent)
            told = parent if len(patients) >= MIN_PATIENTS and parent in patients else None
            case = path.stem if stems[path.stem] == 1 else str(path.with_suffix(""))
            yield file, {"image": images, "own_case": case, "own_patient": told, **read_sections(text)}


def read_sections(text: str) -> Row:
    """Sections of a report by the field that they are; the text under no heading is the findings where no section is.

    >>> read_sections("FINAL REPORT\\n INDICATION: Cough.\\n\\n FINDINGS:\\n Clear lungs.\\n")
    {'history': 'Cough.', 'findings': 'Clear lungs.'}
    """
    start, *parts = _HEADING.split(text)
    told: Row = {}
    for heading, body in zip(parts[::2], parts[1::2], strict=True):
        field, said = FIELD_OF.get(plain_name(heading)), " ".join(body.split())
        if field is not None and said:  # an addendum may have findings of its own
            told[field] = f"{told[field]} {said}" if field in told else said
    if "findings" not in told and "diagnosis" not in told:
        lines = [line.strip() for line in (start or "").splitlines()]
        last = text.rsplit("\n\n", 1)[-1] if parts and not _HEADING.search(text.rsplit("\n\n", 1)[-1]) else ""
        free = " ".join(line for line in lines if line and not line.isupper()) or " ".join(last.split())
        told |= {"findings": free} if free else {}
    return told
