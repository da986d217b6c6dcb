"""A folder of cases as it lies on disk: its files, and which of them a record means. Standard library only."""

import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from pathlib import Path, PurePosixPath
from posixpath import splitext
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".jp2", ".dcm", ".dicom")
NO_COLUMNS: Mapping[str, str] = MappingProxyType({})
T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True)
class Folder:
    """A folder, or one file of it that the study is to be read from.

    Attributes:
        only: Name of the one table to read, "" for whatever the folder holds.
        columns: What a setting says of a table's columns: how each is called, by what it holds.
    """

    path: Path
    only: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, columns: Mapping[str, str] = NO_COLUMNS) -> "Folder":
        """The folder at a path, or that of a file there.

        Raises:
            ValueError: If there is neither.
        """
        if path.is_dir():
            return cls(path, columns=columns)
        if path.is_file():
            return cls(path.parent, path.name, columns)
        raise ValueError(f"cases.folder: there is no folder {path}")

    @cached_property
    def files(self) -> tuple[str, ...]:
        """All files, relative to the folder, sorted; hidden ones and folders of programs' own are left out.

        Raises:
            ValueError: If a name is not UTF-8, as in archives that old Windows programs packed.
        """
        files = tuple(sorted(_walk(self.path, "")))
        wrong = next((file for file in files if not file.isascii() and re.search("[\ud800-\udfff]", file)), None)
        if wrong is not None:
            raise ValueError(f"cases.folder: the name of {wrong!a} is not UTF-8: rename it, as convmv does")
        return files

    @cached_property
    def _by_kind(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for file in self.files:
            found[kind_of(file)].append(file)
        return found

    @cached_property
    def memory(self) -> dict[Any, Any]:
        """What `remembered` functions found."""
        return {}

    @cached_property
    def images(self) -> "ImageFiles":
        """Those of the files that are named like images."""
        return ImageFiles([file for file in self.files if file.lower().endswith(IMAGE_SUFFIXES)])

    @cached_property
    def others(self) -> dict[str, str]:
        """Files that are called like no picture, by their name without folders, in lower case."""
        files = (file for file in self.files if not file.lower().endswith(IMAGE_SUFFIXES))
        return {compose(file).rsplit("/", 1)[-1].lower(): file for file in files}

    def find_other(self, name: str) -> str:
        """The file that a record means, where it is called like no picture that is read; "" if there is none."""
        return self.others.get(compose(name).replace("\\", "/").rsplit("/", 1)[-1].lower(), "")

    def tables(self, *suffixes: str) -> list[str]:
        """Files of text with one of the suffixes: the one that was named, or all."""
        if self.only:
            return [self.only] if kind_of(self.only) in suffixes else []
        return sorted(file for suffix in suffixes for file in self._by_kind[suffix])

    def describe(self) -> str:
        """What lies there, by suffix, for a message: `12 .png, 2 .json`."""
        counts = Counter(PurePosixPath(file).suffix.lower() or "without suffix" for file in self.files)
        most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
        return ", ".join(f"{number:,} {suffix}" for suffix, number in most) or "no file"


def remembered(read: Callable[Concatenate[Folder, P], T]) -> Callable[Concatenate[Folder, P], T]:
    """A function of a folder, and of further arguments in their order, that reads it once."""

    @wraps(read)
    def ask(folder: Folder, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if (read, args) not in folder.memory:
            folder.memory[read, args] = read(folder, *args, **kwargs)
        return cast(T, folder.memory[read, args])

    return ask


def _walk(folder: Path, below: str, above: tuple[Path, ...] = ()) -> Iterator[str]:
    """Files in and below a folder; links to folders are followed, unless that leads back to where it came from.

    Args:
        below: What stands before the files' names.
        above: Folders of the links that were followed to come here.
    """
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith((".", "__MACOSX")):
                continue
            if entry.is_dir():
                there = Path(entry.path)
                came = (*above, folder.resolve()) if entry.is_symlink() else above
                if not entry.is_symlink() or not any(one.is_relative_to(there.resolve()) for one in came):
                    yield from _walk(there, f"{below}{entry.name}/", came)
            elif entry.is_file():
                yield f"{below}{entry.name}"


class ImageFiles:
    """Image files of a folder, found by what records call them: a path, a name, or a name without suffix."""

    def __init__(self, files: Iterable[str]) -> None:
        """Remember the files, relative to the folder."""
        self.files = list(files)
        self.by_name: dict[str, list[str]] = defaultdict(list)
        for file in self.files:
            for name in _names(file):
                self.by_name[name].append(file)

    def find(self, name: str, hint: str = "") -> tuple[str | None, str]:
        """The one file that a record means.

        Only files of the folder are found, so a name cannot lead out of it.

        Args:
            hint: A part of the path that decides between several files: `train`.

        Returns:
            The file and ""; or None and what is wrong: that there is none, or that there are several.
        """
        parts = [part for part in compose(name).replace("\\", "/").strip().split("/") if part not in ("", ".")]
        for start in range(len(parts)):
            found = self.by_name.get("/".join(parts[start:]).lower(), [])
            if len(found) > 1 and hint:
                found = [file for file in found if hint in file] or found
            if len(found) == 1:
                return found[0], ""
            if found:
                exact = [file for file in found if compose(file) == "/".join(parts)]
                return (exact[0], "") if exact else (None, f"{len(found)} files are called so: {', '.join(found[:3])}")
        return None, "there is no such file"


def _names(file: str) -> set[str]:
    """All that a file may be called, in lower case: its path, every end of it, each without suffix too."""
    parts = compose(file).lower().split("/")
    suffix = PurePosixPath(parts[-1]).suffix
    ends = ["/".join(parts[start:]) for start in range(len(parts))]
    return {name for end in ends for name in (end, end.removesuffix(suffix))}


def compose(name: str) -> str:
    """A name with each letter as one character: macOS writes the ä of a file's name as two."""
    return unicodedata.normalize("NFC", name)


def kind_of(file: str) -> str:
    """A file's suffix in lower case, that of what is packed in it for .gz."""
    return splitext(file.lower().removesuffix(".gz"))[1]
