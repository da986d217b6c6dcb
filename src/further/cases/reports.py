"""Reports in text files beside their images, as MIMIC-CXR and many archives keep them: sections by their headings."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, split, splitext

from further.cases.columns import CALLED, PLAIN, plain_name
from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS, SPLITS
from further.cases.files import Folder
from further.cases.groups_by_name import are_patients
from further.cases.records import Row, find_text_files
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
    tables = set(find_text_files(folder))
    texts = [file for file in folder.tables(".txt") if file not in tables]
    if not texts or not folder.images.files:
        return {}
    inside, texts_in, alone = _find_below(folder.images.files), _find_below(texts), defaultdict[str, list[str]](list)
    for image in folder.images.files:
        alone[splitext(image)[0]].append(image)
    found: Reports = {}
    lone: Reports = {}
    for file in texts:
        place, (parent, name) = splitext(file)[0], split(splitext(file)[0])
        images = inside.get(place) or alone.get(place) or [image for image in [folder.images.find(name)[0]] if image]
        if images:
            found[file] = place, images
        elif parent in inside and texts_in[parent] == [file] and plain_name(name) not in NO_REPORT:
            lone[file] = parent, inside[parent]
    return found | lone if len(lone) >= len(SPLITS) else found  # fewer cases could not be split


def _find_below(files: Iterable[str]) -> dict[str, list[str]]:
    """Files that lie in each folder or below it; those of the whole folder are left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in files:
        above = dirname(file)
        while above:
            found[above].append(file)
            above = dirname(above)
    return found


def read_reports(folder: Folder, reports: Reports) -> Iterator[tuple[str, Row]]:
    """Each report with what it tells: images, sections by their role, and the case and patient that its place tells."""
    parents = {place: dirname(place) for place, _ in reports.values()}
    told = [parent for parent in parents.values() if find_split(basename(parent)) is None]
    patients = set(told) if len(set(told)) >= MIN_PATIENTS or are_patients(told, len(reports)) else set()
    names = Counter(map(basename, parents))
    for file, (place, images) in reports.items():
        text, name = read_text(folder, file), basename(place)
        if len(_WORD.findall(text)) >= MIN_WORDS:
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
