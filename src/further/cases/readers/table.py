"""A plain CSV file: one question a row, with columns case, image, question and answer.

Further columns are used where they are there: split, topic, question_type, caption, and fields of cases and images.
A row without a question adds an image or fields to its case. Several images of one question stand between semicolons
or bars.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS
from further.cases.files import Folder, read_head, read_rows
from further.cases.found import Found, find_image, short
from further.cases.readers.base import Reader, is_closed
from further.cases.synonyms import name_split
from further.cases.text import clean_text

COLUMNS = ("case", "image", "question", "answer")


class Table(Reader):
    """One question a row."""

    name = "table"
    holds = f"a CSV file with the columns {', '.join(COLUMNS)}"

    def find_tables(self, folder: Folder) -> list[str]:
        """CSV files with the columns; all there are if the folder holds nothing but CSV files and images."""
        files = [file for file in folder.tables(".csv", ".tsv") if file.count("/") <= 1]
        return [file for file in files if set(COLUMNS) <= set(read_head(folder, file))]

    def read(self, folder: Folder) -> Found:
        """Cases in the order of their first row."""
        found, told = Found(), _Told()
        rows = [(file, row) for file in self.find_tables(folder) for row in read_rows(folder, file)]
        for file, row in rows:
            case = row.get("case", "").strip()
            if not case:
                raise ValueError(f"cases.folder: a row of {file} has no case: {str(dict(row))[:80]}")
            told.add((case,), ("topic", *CASE_FIELDS), row)
            for name in _images_of(row):
                told.add((case, name), (*IMAGE_FIELDS, "caption"), row)
        seen: dict[tuple[str, str], str] = {}
        for _, row in rows:
            _add_row(found, folder, row, told, seen)
        found.add_spare(folder.images.files)
        return found


class _Told:
    """Fields of a case, or of one of its images, gathered from all its rows: one row may hold what others leave out."""

    def __init__(self) -> None:
        self.fields: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)

    def add(self, whose: tuple[str, ...], names: Iterable[str], row: dict[str, str]) -> None:
        """Take what a row tells.

        Args:
            whose: The case, or case and image.

        Raises:
            ValueError: If another row tells otherwise.
        """
        own = self.fields[whose]
        for name in names:
            value = clean_text(row.get(name))
            if value is not None and own.setdefault(name, value) != value:
                of_image = f" of {whose[1]}" if len(whose) > 1 else ""
                raise ValueError(
                    f"cases.folder: two cases of one id, {whose[0]}: their {name}{of_image} is {short(own[name])} "
                    f"and {short(value)}"
                )


def _images_of(row: dict[str, str]) -> list[str]:
    return [part.strip() for part in re.split(r"[;|]", row.get("image", ""))]


def _add_row(found: Found, folder: Folder, row: dict[str, str], told: _Told, seen: dict[tuple[str, str], str]) -> None:
    case, split, names = row["case"].strip(), name_split(row.get("split")), _images_of(row)
    found.add_case(case, told.fields[case,], topic=told.fields[case,].get("topic"), split=split)
    for name in names:
        if (case, name) not in seen:
            place, about = find_image(folder, name), told.fields[case, name]
            seen[case, name] = found.add_image(name or f"{case}-without-image", case, place, about)
    if clean_text(row.get("question")) is not None:
        found.add_question(
            case,
            [seen[case, name] for name in names],
            (row.get("question"), row.get("answer")),
            question_type=(row.get("question_type") or "other").strip().lower(),
            closed=is_closed(row.get("answer_type"), row.get("answer")),
            split=split,
            language=(row.get("language") or "").strip().lower() or None,
        )
