"""What every reader of a layout offers."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from further.cases.files import Folder, peek_record
from further.cases.found import Found
from further.cases.text import words


class Reader(ABC):
    """One layout of image data. A new layout is one subclass in one file, and its place in `readers.READERS`.

    Attributes:
        name: As `cases.layout` names it.
        holds: What a folder of this layout holds, for messages.
        light: Whether `read` takes a second at most, so that it may be done before any job.
    """

    name: ClassVar[str]
    holds: ClassVar[str]
    light: ClassVar[bool] = True

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
        found = self.read(folder)
        check_images(found)
        named = [line for line in found.images.values() if line["case"] is not None and line["file"] is not None]
        return {line["file"]: line["case"] for line in reversed(named)}


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
    return told == "CLOSED" if told in ("CLOSED", "OPEN") else words(str(answer or "")) in (["yes"], ["no"])


def check_images(found: Found) -> None:
    """Refuse a layout without cases, or one whose images are all missing.

    Raises:
        ValueError: With the number, and one of the missing.
    """
    if not found.cases:
        raise ValueError("cases.folder: the records hold no case")
    named = [line for line in found.images.values() if line["case"] is not None]
    missing = [line for line in named if line["file"] is None]
    if not named:
        raise ValueError(f"cases.folder: {len(found.cases):,} cases, and not one names an image")
    if len(missing) == len(named):
        raise ValueError(
            f"cases.folder: all {len(named):,} images that the records name are missing, {missing[0]['image']!r} for "
            f"instance: {missing[0]['detail']}"
        )


def check_unique(names: list[str], file: str) -> None:
    """Refuse two records of one name.

    Raises:
        ValueError: Naming the file and the names that are there twice.
    """
    twice = sorted(name for name, number in Counter(names).items() if number > 1)
    if twice:
        more = f" and {len(twice) - 3} more" if len(twice) > 3 else ""
        raise ValueError(f"cases.folder: two cases of one id in {file}: {', '.join(twice[:3])}{more}")
