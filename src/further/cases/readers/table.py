"""A plain CSV file: one question a row, with columns case, image, question and answer.

Further columns are used where they are there: split, topic, question_type, caption, and fields of cases and images.
A row without a question adds an image or fields to its case. Several images of one question stand between semicolons
or bars.
"""

import re

from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS
from further.cases.files import Folder, read_head, read_rows
from further.cases.found import Found, find_image
from further.cases.readers.base import Reader, is_closed
from further.cases.terms import name_split
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
        found, fields = Found(), dict[str, dict[str, object]]()
        rows = [(file, row) for file in self.find_tables(folder) for row in read_rows(folder, file)]
        for file, row in rows:
            case = row.get("case", "").strip()
            if not case:
                raise ValueError(f"cases.folder: a row of {file} has no case: {str(dict(row))[:80]}")
            own = fields.setdefault(case, {"topic": None})
            for name in ("topic", *CASE_FIELDS):  # a field may stand in the first row of its case alone
                value = clean_text(row.get(name))
                if value is not None and own.setdefault(name, value) not in (None, value):
                    raise ValueError(
                        f"cases.folder: two cases of one id, {case}: their {name} is {own[name]!r} and {value!r}"
                    )
                own[name] = own.get(name) or value
        seen: dict[tuple[str, str], str] = {}
        for _, row in rows:
            _add_row(found, folder, row, fields[row["case"].strip()], seen)
        found.add_spare(folder.images.files)
        return found


def _add_row(
    found: Found, folder: Folder, row: dict[str, str], fields: dict[str, object], seen: dict[tuple[str, str], str]
) -> None:
    case, split = row["case"].strip(), name_split(row.get("split"))
    found.add_case(case, fields, topic=fields["topic"], split=split)
    names = [part.strip() for part in re.split(r"[;|]", row.get("image", ""))]
    for name in names:
        if (case, name) not in seen:
            about = {key: row.get(key) for key in (*IMAGE_FIELDS, "caption")}
            seen[case, name] = found.add_image(name or f"{case}-without-image", case, find_image(folder, name), about)
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
