"""DICOM files and a table that calls their studies by accession number or UID, as a clinic's export has them.

The column is found by its values. The numbers themselves stay here: cases are called by digests.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from further.cases.fields import CASE_FIELDS
from further.cases.files import Folder
from further.cases.found import Found, digest_id
from further.cases.readers.base import add_question
from further.cases.readers.dicom import MAX_EARLY, Dicom, Header, find_files, read_headers
from further.cases.sheets import Sheet, find_telling, split_of, take_roles
from further.cases.text import clean_text

Told = tuple[str, str, Mapping[str, Any]]  # study, file of the table, row by role


class DicomTable(Dicom):
    """Studies of DICOM files, and a table of what is known of them."""

    name = "dicom_table"
    holds = "DICOM files, and a table with their accession numbers or UIDs and with answers, captions or findings"

    def find_tables(self, folder: Folder) -> list[str]:
        """The tables and the DICOM files; none where one of both is missing."""
        tables, files = [sheet.file for sheet in find_telling(folder)], find_files(folder)
        return [*tables, *files] if tables and files else []

    def read(self, folder: Folder) -> Found:
        """Cases named by a digest of their study; those that have no file stand there without an image."""
        headers = list(read_headers(folder, find_files(folder)))
        told = list(_join(find_telling(folder), [header for _, header in headers]))
        found = self.add_images(headers, _merge(told))
        first = {line["case"]: name for name, line in reversed(found.images.items())}
        for study, file, row in told:
            split = split_of(dict(row), file)
            if study not in found.cases:
                found.add_case(study, {}, split=split)
                found.add_image(f"{study}-without-image", study, (None, 0, "no file is of this study"), {})
            elif split is not None:
                found.add_split(study, split)
            add_question(found, study, [first.get(study, f"{study}-without-image")], row, split)
        return found

    def check_ids(self, folder: Folder) -> None:
        """As of DICOM files; and refuse tables of which no row is of a study that is here."""
        super().check_ids(folder)
        if len(files := find_files(folder)) <= MAX_EARLY:
            list(_join(find_telling(folder), [header for _, header in read_headers(folder, files)]))


def _join(sheets: Iterable[Sheet], headers: Iterable[Header]) -> Iterator[Told]:
    """The rows of tables whose studies are here, each with its study; a digest of the number where it is not here.

    Raises:
        ValueError: If no row of any table is of a study that is here.
    """
    studies = {digest: header["study"] for header in headers for digest in header["ids"]}
    files, joined = [], False
    for sheet in sheets:
        files.append(sheet.file)
        column = _find_column(sheet, studies)
        joined |= column is not None
        for row in sheet.rows:
            if column is not None and (number := str(row.get(column) or "").strip()):
                digest = digest_id(number)
                yield studies.get(digest, f"study-{digest[:12]}"), sheet.file, take_roles(sheet, row)
    if not joined:
        raise ValueError(
            f"cases.folder: no column of {', '.join(files)} holds an AccessionNumber or StudyInstanceUID of the DICOM "
            "files: add one, or a column image with their names; or set cases.layout to dicom, to read the images alone"
        )


def _find_column(sheet: Sheet, studies: Mapping[str, str]) -> str | None:
    """The column of which most values are numbers of studies."""
    columns = dict.fromkeys(name for row in sheet.rows for name in row)
    hits = {name: sum(digest_id(str(row.get(name) or "")) in studies for row in sheet.rows) for name in columns}
    best = max(hits, key=lambda name: hits[name], default=None)
    return best if best is not None and hits[best] else None


def _merge(told: Iterable[Told]) -> dict[str, dict[str, Any]]:
    """Fields by study, from all its rows.

    Raises:
        ValueError: If two rows tell otherwise.
    """
    merged: dict[str, dict[str, Any]] = {}
    for study, file, row in told:
        own = merged.setdefault(study, {})
        for name in ("topic", *CASE_FIELDS):
            value = clean_text(row.get(name))
            if value is not None and own.setdefault(name, value) != value:
                raise ValueError(f"cases.folder: two cases of one id, {study}: their {name} differs in rows of {file}")
    return merged
