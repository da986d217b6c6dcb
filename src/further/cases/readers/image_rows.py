"""Rows that ask about one image each, where each image is a case."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS
from further.cases.found import Found
from further.cases.merged_rows import MergedRows
from further.cases.readers.base import add_question

FIELDS = ("case", "patient", "topic", "caption", *CASE_FIELDS, *IMAGE_FIELDS)


class ImageRow(NamedTuple):
    """One row.

    Attributes:
        case: The image's name, which is its case's.
        place: As `Found.add_image` takes it.
        row: What the row holds, by role; `case` is what the images of one patient share.
    """

    case: str
    place: tuple[str | None, int, str]
    split: str | None
    row: Mapping[str, Any]


def gather_rows(rows: Sequence[ImageRow]) -> Found:
    """Cases, images and questions; a field that two rows tell differently of an image is not known."""
    found, told = Found(), MergedRows()
    for case, _, _, row in rows:
        told.add((case,), FIELDS, row, is_image=True)
    for case, place, split, row in rows:
        about = told.fields[case,]
        patient = found.first_of(about.get("patient") or about.get("case"), case)
        found.add_case(case, about, topic=about.get("topic"), patient=patient, split=split)
        if case not in found.images:
            found.add_image(case, case, place, about)
            found.names[case] = str(row.get("image") or "")
        if "question" in row or "answer" in row:
            add_question(found, case, [case], row, split)
    found.join_by_names()
    return found
