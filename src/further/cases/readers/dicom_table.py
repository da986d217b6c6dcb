"""DICOM files and a table that calls their studies by accession number or UID, as a clinic's export has them.

The column is found by its values. The numbers themselves stay here: cases are called by digests.
"""

from collections.abc import Iterable, Iterator, Mapping

from further.cases.fields import CASE_FIELDS
from further.cases.files import Folder
from further.cases.found import Found, digest_id
from further.cases.merged_rows import MergedRows
from further.cases.readers.base import add_question, is_asked
from further.cases.readers.dicom import MAX_EARLY, Dicom, Header, find_files, read_headers
from further.cases.records import Row
from further.cases.sheets import Sheet, find_telling, split_of, take_roles

JoinedRow = tuple[str, str, Row]  # study, file of the table, row by role


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
        rows = list(_join(find_telling(folder), [header for _, header in headers]))
        told = MergedRows()
        for study, _, row in rows:
            told.add((study,), ("patient", "topic", *CASE_FIELDS), row)
        found = self.add_images(headers, {study: fields for (study,), fields in told.fields.items()})
        first = {line["case"]: name for name, line in reversed(found.images.items())}
        for study, file, row in rows:
            split = split_of(row, file)
            if study not in found.cases:
                found.add_case(study, {}, split=split)
                found.add_image(f"{study}-without-image", study, (None, 0, "no file is of the row's study"), {})
            elif split is not None:
                found.add_split(study, split)
            if is_asked(row):
                add_question(found, study, [first.get(study, f"{study}-without-image")], row, split)
        return found

    def check_ids(self, folder: Folder) -> None:
        """As of DICOM files; and refuse tables of which no row is of a study that is here."""
        super().check_ids(folder)
        if len(files := find_files(folder)) <= MAX_EARLY:
            list(_join(find_telling(folder), [header for _, header in read_headers(folder, files)]))


def _join(sheets: Iterable[Sheet], headers: Iterable[Header]) -> Iterator[JoinedRow]:
    """The rows of tables whose studies are here, each with its study; a digest of the number where it is not here.

    Raises:
        ValueError: If no row of any table is of a study that is here.
    """
    studies = {digest: header["study"] for header in headers for digest in header["ids"]}
    files, joined = [], False
    for number, sheet in enumerate(sheets, 1):
        files.append(sheet.file)
        column = _find_column(sheet, studies)
        if column is None:
            continue
        joined = True
        for place, row in enumerate(sheet.rows, 1):
            digest = digest_id(called) if (called := str(row.get(column) or "").strip()) else ""
            unknown = f"study-{digest[:12]}" if digest else f"row-{place}-of-table-{number}"
            yield studies.get(digest, unknown), sheet.file, take_roles(row, sheet.columns)
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
