"""The layouts that are read. A new one is one file here and its place in the list."""

from collections.abc import Iterable
from itertools import chain
from pathlib import PurePosixPath

from further.cases.columns import check_told, plain_name
from further.cases.files import Folder
from further.cases.readers.base import ARCHIVES, UNPACK, Reader
from further.cases.readers.dicom import Dicom
from further.cases.readers.dicom_table import DicomTable
from further.cases.readers.flat import Flat
from further.cases.readers.medpix2 import MedPix2
from further.cases.readers.parquet import Parquet
from further.cases.readers.rocov2 import Rocov2
from further.cases.readers.table import Table
from further.cases.readers.vqa import Slake, VqaRad
from further.cases.records import find_columns, find_text_files
from further.cases.reports import NO_REPORT
from further.cases.sheets import explain_columns
from further.cases.tables import read_json

TABLE, DICOM_TABLE, DICOM = Table(), DicomTable(), Dicom()
READERS: tuple[Reader, ...] = (MedPix2(), Flat(), Rocov2(), VqaRad(), Slake(), Parquet())
"""Layouts that are told by their files and columns; a folder of none of them is a table, or DICOM files alone."""
LAYOUTS: dict[str, Reader] = {reader.name: reader for reader in (*READERS, TABLE, DICOM_TABLE, DICOM)}

UNREAD = {
    (".pkl", ".pickle"): "is one of pickles, which are not loaded as they can run code: take the data as Parquet",
    (".xls", ".xlsm", ".xlsb", ".ods", ".numbers"): 'is a spreadsheet: save it as CSV, in Excel as "CSV UTF-8"',
    (".arrow",): "is an Arrow file: save the data as Parquet, with datasets by to_parquet",
    (".xml",): "is XML: write a table with the columns image, findings and impression (Open-i has one as CSV)",
    (".docx", ".doc", ".odt", ".rtf", ".pdf"): "is a document: save its text as a .txt file of UTF-8",
    (
        ".nii",
        ".nii.gz",
        ".mha",
        ".mhd",
        ".nrrd",
        ".npy",
        ".npz",
        ".svs",
        ".avi",
        ".mp4",
    ): "is a volume or film: save its slices or frames as PNG, and name them in the table",
    ARCHIVES: UNPACK,
    (
        ".txt",
    ): "is called like no image or folder of images, so it is no report: call it so, or .csv or .tsv if it is a table",
}
"""What data comes in that is not read, and what to do."""


def choose_reader(folder: Folder, layout: str | None) -> Reader:
    """The reader that a setting names, or the one whose files the folder holds.

    Raises:
        ValueError: If the folder holds nothing of the named layout, of any, or of two, or a setting names a column
            that no table has.
    """
    if folder.columns:
        files = dict.fromkeys([*find_text_files(folder), *folder.tables(".parquet")])
        check_told(folder.columns, [find_columns(folder, file) for file in files])
    if layout is not None:
        if layout not in LAYOUTS:
            raise ValueError(f"cases.layout: {layout} is none of {', '.join(LAYOUTS)}")
        if not LAYOUTS[layout].find_tables(folder):
            raise ValueError(f"cases.layout: {folder.path} holds no {layout}: {LAYOUTS[layout].holds}")
        return LAYOUTS[layout]
    fitting = [reader for reader in READERS if reader.find_tables(folder)]
    if TABLE.is_plain(folder) or not fitting:
        fitting += [TABLE] if TABLE.find_tables(folder) else []
    if len(fitting) > 1:
        names = " and ".join(reader.name for reader in fitting)
        raise ValueError(f"cases.layout: {folder.path} holds {names}: set cases.layout to one of them")
    return fitting[0] if fitting else _take_dicom(folder)


def find_unread(folder: Folder, read: Iterable[str]) -> list[str]:
    """Files of which nothing is taken, though they may hold cases."""
    endings, known = tuple(chain.from_iterable(UNREAD)), set(read)
    spare = (file for file in folder.files if file.lower().endswith(endings) and file not in known)
    return [file for file in spare if plain_name(PurePosixPath(file).stem) not in NO_REPORT]


def _take_dicom(folder: Folder) -> Reader:
    """DICOM files alone: a table or reports beside them that are not read would be lost in silence."""
    if folder.only or not DICOM.find_tables(folder):
        raise ValueError(f"cases.folder: {folder.path} has no layout that is known. {_explain(folder)}")
    if DICOM_TABLE.find_tables(folder):
        return DICOM_TABLE
    if wrong := find_broken(folder) or explain_columns(folder):
        raise ValueError(f"cases.folder: {wrong}; or set cases.layout to dicom, to read the images alone")
    places = {str(PurePosixPath(file).parent) for file in DICOM.find_tables(folder)} - {"."}
    if report := next((file for file in folder.tables(".txt") if str(PurePosixPath(file).parent) in places), ""):
        raise ValueError(
            f"cases.folder: {report} lies among DICOM files, and may be a report: give those the suffix .dcm, and it "
            "is read; or set cases.layout to dicom, to read the images alone"
        )
    return DICOM


def _explain(folder: Folder) -> str:
    """What a folder lacks: sound JSON, columns of its one table, or what it holds beside what layouts hold."""
    if told := find_broken(folder) or explain_columns(folder):
        return told
    unread = find_unread(folder, ())
    for endings, advice in UNREAD.items():
        if file := next((file for file in unread if file.lower().endswith(endings)), ""):
            return f"{file} {advice}"
    known = "; ".join(f"{reader.name} ({reader.holds})" for reader in LAYOUTS.values())
    return f"It holds {folder.describe()}. Known are {known}"


def find_broken(folder: Folder) -> str:
    """What is wrong with the first file that is called JSON and is none; "" if there is none."""
    for file in (file for file in folder.tables(".json", ".jsonl") if file.count("/") <= 2):
        try:
            read_json(folder, file)
        except ValueError as error:
            return str(error).removeprefix("cases.folder: ")
    return ""
