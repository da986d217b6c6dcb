"""Reports in text files beside their images, as MIMIC-CXR and many archives keep them: sections by their headings."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from further.cases.columns import CALLED, PLAIN, plain_name
from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS, SPLITS
from further.cases.files import Folder
from further.cases.groups_by_name import are_patients
from further.cases.records import Row
from further.cases.synonyms import find_split
from further.cases.tables import read_text

# Not case or patient: STUDY: CT CHEST and PATIENT: are headings, too.
FIELD_OF = {name: field for field in ("caption", *CASE_FIELDS, *IMAGE_FIELDS) for name in PLAIN[field]}
FIELD_OF["addendum"] = "findings"
# Fewer folders of many reports than this may be hospitals, not patients.
MIN_PATIENTS = 10
# Coordinates of boxes stand in such files too: a report has at least two words of three letters.
MIN_WORDS = 2
NO_REPORT = ("readme", "license", "licence")
# Headings in capitals of any language, and the usual ones however they are written.
_SECTIONS = "|".join(name for field in ("findings", "diagnosis", "history", "exam") for name in (field, *CALLED[field]))
_HEADING = re.compile(
    rf"^[ \t]*([A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ /]{{3,40}}|(?i:{_SECTIONS}))(?:\([^)\n]*\))?[ \t]*:", re.MULTILINE
)
_WORD = re.compile(r"[^\W\d_]{3,}")

Reports = dict[str, tuple[str, list[str]]]
"""Images by report, and the place that they share: their folder, or the report's name without its suffix."""


def find_reports(folder: Folder) -> Reports:
    """Text files that are called like an image or a folder of images, or that are the one text in a folder of them."""
    texts = folder.tables(".txt")
    if not texts or not folder.images.files:
        return {}
    inside, alone = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for image in folder.images.files:
        shown = PurePosixPath(image)
        for above in shown.parents:
            inside[str(above)].append(image)
        alone[str(shown.with_suffix(""))].append(image)
    num_texts = Counter(str(above) for file in texts for above in PurePosixPath(file).parents)
    found: Reports = {}
    lone: Reports = {}
    for file in texts:
        path = PurePosixPath(file)
        place, parent = str(path.with_suffix("")), str(path.parent)
        images = inside.get(place) or alone.get(place) or [name for name in [folder.images.find(path.stem)[0]] if name]
        if images:
            found[file] = place, images
        elif num_texts[parent] == 1 and parent in inside and plain_name(path.stem) not in NO_REPORT:
            lone[file] = parent, inside[parent]
    return found | lone if len(lone) >= len(SPLITS) else found  # fewer cases could not be split


def read_reports(folder: Folder, reports: Reports) -> Iterator[tuple[str, Row]]:
    """Each report with what it tells: images, sections by their role, and the case and patient that its place tells."""
    parents = {place: str(PurePosixPath(place).parent) for place, _ in reports.values()}
    told = [parent for parent in parents.values() if find_split(PurePosixPath(parent).name) is None]
    patients = set(told) if len(set(told)) >= MIN_PATIENTS or are_patients(told, len(reports)) else set()
    names = Counter(PurePosixPath(place).name for place in parents)
    for file, (place, images) in reports.items():
        text = read_text(folder, file)
        if len(_WORD.findall(text)) >= MIN_WORDS:
            name = PurePosixPath(place).name
            patient = parents[place] if parents[place] in patients else None
            case = name if names[name] == 1 else place
            yield file, {"image": images, "own_case": case, "own_patient": patient, **read_sections(text)}


def read_sections(text: str) -> Row:
    """Sections of a report by the field that they are; the text under no heading is the findings where no section is.

    A text whose headings are not known is the findings as a whole.

    >>> read_sections("FINAL REPORT\\n INDICATION: Cough.\\n\\n FINDINGS:\\n Clear lungs.\\n")
    {'history': 'Cough.', 'findings': 'Clear lungs.'}
    >>> read_sections("BEFUND: Herd links.")
    {'findings': 'BEFUND: Herd links.'}
    """
    start, *parts = _HEADING.split(text)
    told: Row = {}
    headings = [(FIELD_OF.get(plain_name(name)), body) for name, body in zip(parts[::2], parts[1::2], strict=True)]
    for field, body in headings:
        said = " ".join(body.split())
        if field is not None and said:  # an addendum may have findings of its own
            told[field] = f"{told[field]} {said}" if field in told else said
    if "findings" not in told and "diagnosis" not in told:
        lines = [line.strip() for line in (start or "").splitlines()]
        last = text.rsplit("\n\n", 1)[-1]
        last = " ".join(last.split()) if parts and not _HEADING.search(last) else ""
        unknown = any(field is None and body.strip() for field, body in headings)
        free = " ".join(line for line in lines if line and not line.isupper()) or last
        told |= {"findings": " ".join(text.split()) if unknown and not last else free} if free or unknown else {}
    return told
