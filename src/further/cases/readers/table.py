"""Tables of one's own: rows that name images, and questions with answers, captions or fields of records.

Columns are known by many names (`further.cases.columns`). A row without a question adds an image or fields to its case.
Several images of one question stand between semicolons or bars. Where no column names the case, a case is an image.
"""

from collections import defaultdict
from pathlib import PurePosixPath
from posixpath import dirname

from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS
from further.cases.files import Folder
from further.cases.found import Found, find_image
from further.cases.merged_rows import MergedRows
from further.cases.readers.base import Reader, add_question, is_asked, name_of
from further.cases.records import Row
from further.cases.sheets import Sheet, names_in, read_sheets, split_of
from further.cases.tables import read_head
from further.cases.text import clean_text

COLUMNS = ("case", "image", "question", "answer")


class Table(Reader):
    """One question, one image or one case a row."""

    name = "table"
    holds = "a CSV, TSV or JSON table with a column of images, and questions with answers, captions or findings"

    def find_tables(self, folder: Folder) -> list[str]:
        """Tables that name images, and those that tell more of the same cases."""
        return [sheet.file for sheet in read_sheets(folder)]

    def is_plain(self, folder: Folder) -> bool:
        """Whether a table was written for this layout: with its four columns, or named by a setting."""
        files = folder.tables(".csv", ".tsv")
        return bool(folder.columns) or any(set(COLUMNS) <= set(read_head(folder, file)) for file in files)

    def read(self, folder: Folder) -> Found:
        """Cases in the order of their first row."""
        return _Tables(folder).read()


class _Tables:
    """The tables of a folder while they are read."""

    def __init__(self, folder: Folder) -> None:
        self.folder, self.found, self.told = folder, Found(), MergedRows()
        self.sheets = read_sheets(folder)
        self.case_of: dict[str, str] = {}  # by file, where a row names both
        self.images: dict[str, dict[str, str]] = defaultdict(dict)  # of each case: its file and the line's name
        self.captions: dict[tuple[str, str], list[str]] = defaultdict(list)

    def read(self) -> Found:
        """All cases, images and questions."""
        for sheet in (sheet for sheet in self.sheets if "case" in sheet.columns):
            for number, row in enumerate(sheet.rows, 1):
                case = name_of(row, "case", (sheet.file, number))
                self.case_of.update(dict.fromkeys(map(self._key, self._images_of(sheet, row)), case))
        rows = [(sheet, row, self._case(sheet, row)) for sheet in self.sheets for row in sheet.rows]
        for sheet, row, case in rows:
            self._gather(sheet, row, case)
        for sheet, row, case in rows:
            self._add_images(sheet, row, case)
        for sheet, row, case in rows:
            self._add_question(sheet, row, case)
        self.found.join_by_names()
        self.found.add_spare(self.folder.images.files)
        return self.found

    def _images_of(self, sheet: Sheet, row: Row) -> list[str]:
        """Images that a row names; one without a name where it should name one."""
        return (names_in(row.get("image")) or [""]) if "image" in sheet.columns else []

    def _key(self, name: str) -> str:
        """What two names of one image have in common: the file, where there is one."""
        return find_image(self.folder, name)[0] or name

    def _case(self, sheet: Sheet, row: Row) -> str:
        """The case of a row: as it says, as another table says of its image, or the image itself."""
        if "case" in sheet.columns:
            return str(row["case"]).strip()
        name = self._images_of(sheet, row)[0]
        if not name:
            return "without-image"
        place = self._key(name)
        if place not in self.case_of:
            path = place.replace("\\", "/")
            self.case_of[place] = row.get("own_case") or path.removesuffix(PurePosixPath(path).suffix)
            self.found.names[self.case_of[place]] = path
        return self.case_of[place]

    def _gather(self, sheet: Sheet, row: Row, case: str) -> None:
        """Take what a row tells of its case and images."""
        names, is_image = self._images_of(sheet, row), "case" not in sheet.columns
        if case != "without-image":
            self.told.add((case,), ("patient",), row)
            self.told.add((case,), ("topic", *CASE_FIELDS), row, is_image=is_image)
        for name in map(self._key, names):
            self.told.add((case, name), IMAGE_FIELDS, row, is_image=is_image)
            caption = clean_text(row.get("caption"))
            if caption is not None and caption not in self.captions[case, name]:
                self.captions[case, name].append(caption)

    def _add_images(self, sheet: Sheet, row: Row, case: str) -> None:
        fields = self.told.fields[case,]
        first = self.found.first_of(fields.get("patient") or row.get("own_patient"), case)
        self.found.add_case(case, fields, topic=fields.get("topic"), patient=first, split=split_of(row, sheet.file))
        for name in self._images_of(sheet, row):
            key = self._key(name)
            if key not in self.images[case]:
                self._add_image(name or f"{case}-without-image", case, key)

    def _add_image(self, name: str, case: str, key: str) -> None:
        """An image; a second caption of it stands in the ledger, as in MedPix."""
        # Where a column tells the case, its folder may still tell the patient; its own name does not.
        self.found.names.setdefault(case, f"{dirname(key)}/")
        captions: list[str | None] = [*self.captions[case, key]] or [None]
        about = self.told.fields[case, key]
        lines = [
            self.found.add_image(name, case, find_image(self.folder, key), about | {"caption": caption})
            for caption in captions
        ]
        self.images[case][key] = lines[0]

    def _add_question(self, sheet: Sheet, row: Row, case: str) -> None:
        """A question about the images of its row; about the first of its case where the table names none."""
        if not is_asked(row):
            return
        own = self.images[case]
        names = list(map(self._key, self._images_of(sheet, row))) or sorted(own, key=lambda name: own[name])[:1]
        add_question(self.found, case, [own[name] for name in names], row, split_of(row, sheet.file))
