"""What every reader of a layout offers."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from further.cases.files import Folder
from further.cases.found import Found, clean_answer, short
from further.cases.tables import peek_record
from further.cases.text import words

ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".7z", ".rar")
UNPACK = "is an archive: unpack it there"


class Reader(ABC):
    """One layout of image data. A new layout is one subclass in one file, and its place in `readers.READERS`.

    Attributes:
        name: As `cases.layout` names it.
        holds: What a folder of this layout holds, for messages.
    """

    name: ClassVar[str]
    holds: ClassVar[str]

    @abstractmethod
    def find_tables(self, folder: Folder) -> list[str]:
        """Files that the texts are read from, relative to the folder; none: the folder is of another layout."""

    @abstractmethod
    def read(self, folder: Folder) -> Found:
        """Cases, images and questions of a folder in which `find_tables` found some.

        Raises:
            ValueError: If the layout is broken: no JSON, a column that is missing, two cases of one id.
        """

    def find_units(self, folder: Folder) -> Mapping[str, str]:
        """Files with pictures, relative to the folder, and what each is put in a shard with: its case.

        Raises:
            ValueError: As `read`, and if a record names images of which not one is there.
        """
        found = self.read(folder)  # two cases of one id are refused here
        check_images(found, folder)
        named = [line for line in found.images.values() if line["case"] is not None and line["file"] is not None]
        return {line["file"]: line["case"] for line in reversed(named)}

    def check_ids(self, folder: Folder) -> None:
        """Refuse two cases of one id before any job, where `find_units` does not read the records.

        Raises:
            ValueError: In one line.
        """
        return None  # ruff takes a body of the docstring alone for a forgotten abstractmethod (B027)


class KeyedReader(Reader):
    """A layout of JSON files that is told by the keys of their first record.

    Attributes:
        keys: That a record has, at least.
        depth: Folders that such a file may lie deep.
    """

    keys: ClassVar[frozenset[str]]
    depth: ClassVar[int] = 1

    def find_tables(self, folder: Folder) -> list[str]:
        """Files whose first record has the layout's keys."""
        tables = [file for file in folder.tables(".json", ".jsonl") if file.count("/") <= self.depth]
        return [file for file in tables if set(peek_record(folder, file)) >= self.keys]


def is_closed(answer_type: object, answer: object) -> bool:
    """Whether a question has a closed answer: as the layout says, or yes or no where it says nothing."""
    told = str(answer_type or "").strip().upper()
    if told.startswith(("CLOSE", "OPEN")):  # "Closed-ended" as well
        return told.startswith("CLOSE")
    return words(clean_answer(answer) or "") in (["yes"], ["no"])


def is_asked(row: Mapping[str, Any]) -> bool:
    """Whether a row by role has a question, or an answer, which is counted without a question, too."""
    return any(clean_answer(row.get(role)) is not None for role in ("question", "answer"))


def name_type(told: object) -> str:
    """A question's type; several have one order: "PRES, ABN" and "ABN,PRES" are one type.

    >>> name_type("PRES, ABN"), name_type("ABN,PRES "), name_type(None)
    ('abn, pres', 'abn, pres', 'other')
    """
    parts = sorted({part.strip().lower() for part in str(told or "").split(",")} - {""})
    return ", ".join(parts) or "other"


def add_question(found: Found, case: str, images: list[str], row: Mapping[str, Any], split: str | None) -> None:
    """The question of a row by role."""
    found.add_question(
        case,
        images,
        (row.get("question"), row.get("answer")),
        question_type=name_type(row.get("question_type")),
        closed=is_closed(row.get("answer_type"), row.get("answer")),
        split=split,
        language=str(row.get("language") or "").strip().lower() or None,
    )


def check_images(found: Found, folder: Folder) -> None:
    """Refuse a layout without cases, or one whose images are all missing.

    Raises:
        ValueError: With the number, one of the missing, and the archive that they may be in.
    """
    if not found.cases:
        raise ValueError("cases.folder: the records hold no case")
    named = [line for line in found.images.values() if line["case"] is not None]
    missing = [line for line in named if line["file"] is None]
    if not named:
        raise ValueError(f"cases.folder: {len(found.cases):,} cases, and not one names an image")
    if len(missing) == len(named):
        packed = next((f"; {file} {UNPACK}" for file in folder.files if file.lower().endswith(ARCHIVES)), "")
        raise ValueError(
            f"cases.folder: all {len(named):,} images that the records name are missing, {short(missing[0]['image'])} "
            f"for instance: {missing[0]['detail']}{packed}"
        )


def name_of(record: Mapping[str, Any], key: str, place: tuple[str, int]) -> str:
    """A record's name, which it must have.

    Args:
        key: That holds it.
        place: File and number of the record, for messages.

    Raises:
        ValueError: If it is missing or empty.
    """
    value = record.get(key)
    name = "" if isinstance(value, dict | list) or value is None else str(value).strip()
    if not name:
        raise ValueError(f"cases.folder: record {place[1]} of {place[0]} has no {key}")
    return name


def is_repeated(known: dict[str, tuple[str, object]], case: str, record: object, file: str) -> bool:
    """Whether a record of the same id and the same content was seen; it is remembered.

    Args:
        known: File and record by id, filled here.

    Raises:
        ValueError: If the id was seen with other content.
    """
    first_file, first = known.setdefault(case, (file, record))
    if first != record:
        place = file if first_file == file else f"{first_file} and {file}"
        raise ValueError(f"cases.folder: two cases of one id, {case}, in {place}: {_tell_apart(first, record)}")
    return first is not record


def _tell_apart(first: object, second: object, name: str = "their records") -> str:
    """The first field in which two records differ."""
    if isinstance(first, dict) and isinstance(second, dict):
        key = next(key for key in {**first, **second} if first.get(key) != second.get(key))
        return _tell_apart(first.get(key), second.get(key), f"their {key}")
    return f"{name} {'is' if name != 'their records' else 'are'} {short(first)} and {short(second)}"
