"""The layouts that are read. A new one is one file here and its place in the list."""

from further.cases.files import Folder, read_head, read_records
from further.cases.readers.base import Reader
from further.cases.readers.dicom import Dicom
from further.cases.readers.flat import Flat
from further.cases.readers.medpix2 import MedPix2
from further.cases.readers.parquet import Parquet
from further.cases.readers.rocov2 import Rocov2
from further.cases.readers.slake import Slake
from further.cases.readers.table import COLUMNS, Table
from further.cases.readers.vqa_rad import VqaRad

READERS: tuple[Reader, ...] = (MedPix2(), Flat(), Rocov2(), VqaRad(), Slake(), Parquet(), Table())
"""Layouts with a table; a folder is of one of them, or else of DICOM files alone."""
LAYOUTS = {reader.name: reader for reader in (*READERS, Dicom())}


def choose_reader(folder: Folder, layout: str | None) -> Reader:
    """The reader that a setting names, or the one whose files the folder holds.

    Raises:
        ValueError: If the folder holds nothing of the named layout, of any, or of two.
    """
    if layout is not None:
        if layout not in LAYOUTS:
            raise ValueError(f"cases.layout: {layout} is none of {', '.join(LAYOUTS)}")
        if not LAYOUTS[layout].find_tables(folder):
            raise ValueError(f"cases.layout: {folder.path} holds no {layout}: {LAYOUTS[layout].holds}")
        return LAYOUTS[layout]
    fitting = [reader for reader in READERS if reader.find_tables(folder)]
    if len(fitting) > 1:
        names = " and ".join(reader.name for reader in fitting)
        raise ValueError(f"cases.layout: {folder.path} holds {names}: set cases.layout to one of them")
    if fitting or LAYOUTS["dicom"].find_tables(folder):
        return fitting[0] if fitting else LAYOUTS["dicom"]
    raise ValueError(f"cases.folder: {folder.path} has no layout that is known. {_explain(folder)}")


def _explain(folder: Folder) -> str:
    """What a folder lacks: sound JSON, columns of its one CSV file, or what it holds beside what layouts hold."""
    if broken := _find_broken(folder):
        return broken
    tables = [file for file in folder.tables(".csv", ".tsv") if file.count("/") <= 1]
    if len(tables) == 1:
        head = read_head(folder, tables[0])
        missing = [name for name in COLUMNS if name not in head]
        return f"{tables[0]} lacks the columns {', '.join(missing)}; it has {', '.join(head) or 'none'}"
    if any(file.endswith((".pkl", ".pickle")) for file in folder.files):
        return "It holds pickles, which are not loaded as they can run code: take the data as Parquet"
    known = "; ".join(f"{reader.name} ({reader.holds})" for reader in LAYOUTS.values())
    return f"It holds {folder.describe()}. Known are {known}"


def _find_broken(folder: Folder) -> str:
    """The first file that is called JSON and is none, with the line; "" if there is none."""
    for file in (file for file in folder.tables(".json", ".jsonl") if file.count("/") <= 2):
        try:
            read_records(folder, file)
        except ValueError as error:
            if "is not valid JSON" in str(error):
                return str(error).removeprefix("cases.folder: ")
    return ""
