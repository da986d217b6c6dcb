"""Papers and their names. Standard library only: read while Snakemake plans."""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from further.shards import hash_rank

MAX_ID_LENGTH = 80
PDF = (".pdf",)
DOCUMENTS = (".docx", ".doc", ".odt", ".rtf", ".epub", ".djvu", ".ps", ".pptx", ".tex")
MIN_PAPERS = 4  # to split: one to validate, one to test, two to train on


def paper_id(path: Path) -> str:
    """Name of a paper: its file's stem as letters, digits, dots, dashes and underscores.

    Args:
        path: The paper's file; only the name is used.

    Returns:
        A path-safe name. A stem that loses characters gets a short hash, so that two different stems differ.
    """
    stem = unicodedata.normalize("NFC", path.stem)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")[:MAX_ID_LENGTH]
    return slug if slug == stem else f"{slug or 'paper'}-{hash_rank(stem)[:6]}"


def paper_ids(files: Sequence[Path]) -> dict[Path, str]:
    """Names of several papers, different even where upper and lower case are one, as on a Mac's disk.

    Of files with one name, the second in order gets the suffix "-2", and so on, but no name that a file has itself.

    Args:
        files: The papers' files.

    Returns:
        File to name, all names different.
    """
    ordered = sorted(files, key=lambda file: (file.name, file))
    taken: set[str] = set()
    names: dict[Path, str] = {}
    for file in ordered:
        if paper_id(file).casefold() not in taken:
            names[file] = paper_id(file)
            taken.add(names[file].casefold())
    for file in ordered:
        if file not in names:
            name = paper_id(file)
            names[file] = next(new for n in count(2) if (new := f"{name}-{n}").casefold() not in taken)
            taken.add(names[file].casefold())
    return names


def list_papers(folder: Path, *, subfolders: bool = False) -> list[Path]:
    """PDF files of a folder, sorted; none of files and folders whose names begin with a dot.

    A Mac writes a file ._x.pdf beside each x.pdf on disks of other makes; it holds no paper.

    Args:
        folder: The folder of papers; "~" stands for the home.
        subfolders: Whether those in its subfolders are papers too. Links to folders are not followed.

    Returns:
        Files whose name ends in .pdf in any case.

    Raises:
        ValueError: If a folder is missing or cannot be read, or there are fewer than MIN_PAPERS PDFs; the message tells
            of those below it.
    """
    folder = folder.expanduser()
    if not folder.is_dir():
        raise ValueError(f"corpus.papers: there is no folder {folder}")
    papers = sorted(_find_files(folder, PDF, subfolders=subfolders))
    if len(papers) >= MIN_PAPERS:
        return papers
    below = 0 if subfolders else len(list_left_out(folder))
    hint = f"; its subfolders hold {below}, which corpus.subfolders: true would take" if below else ""
    if not papers:
        raise ValueError(f"corpus.papers: folder {folder} holds no PDF (no file name ends in .pdf){hint}")
    raise ValueError(
        f"corpus.papers: {len(papers)} papers in {folder}; at least {MIN_PAPERS} are needed to split them{hint}"
    )


def list_left_out(folder: Path) -> list[Path]:
    """PDFs in the subfolders of a folder, which `list_papers` leaves out if it is not asked for them."""
    folder = folder.expanduser()
    found = _find_files(folder, PDF, subfolders=True, skip_unreadable=True)
    return [paper for paper in found if paper.parent != folder]


def count_documents(folder: Path, *, subfolders: bool) -> Counter[str]:
    """Files of a folder, by suffix, that may hold papers and are not read."""
    found = _find_files(folder.expanduser(), DOCUMENTS, subfolders=subfolders, skip_unreadable=True)
    return Counter(file.suffix.lower() for file in found)


def _find_files(
    folder: Path, suffixes: tuple[str, ...], *, subfolders: bool, skip_unreadable: bool = False
) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:  # tells files from folders without a stat: every job lists the papers
            seen = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:  # as lost+found, at the root of a disk
        if skip_unreadable:
            return
        raise ValueError(f"corpus.papers: folder {folder} cannot be read: {error.strerror}") from None
    for entry in seen:
        if subfolders and entry.is_dir(follow_symlinks=False):
            yield from _find_files(folder / entry.name, suffixes, subfolders=True, skip_unreadable=skip_unreadable)
        elif entry.name.lower().endswith(suffixes) and entry.is_file():
            yield folder / entry.name


def mark_passwords(passwords: Mapping[str, str], papers: Sequence[Path]) -> dict[str, str]:
    """What may be recorded of the papers' passwords: whose they are, and a mark that changes when one is corrected.

    The mark has 8 bits, which tell next to nothing of the password, and miss one correction in 256.

    Args:
        passwords: As in a study file.
        papers: Files of all papers.

    Returns:
        Mark by paper name.

    Raises:
        ValueError: If there is no paper of a name.
    """
    names = paper_ids(papers) if passwords else {}
    unknown = sorted(set(passwords) - {name for file, paper in names.items() for name in _called(file, paper)})
    if unknown:
        names_are = "a paper's name: its file's, with or without .pdf"
        raise ValueError(f"corpus.passwords: there is no paper {', '.join(unknown)} ({names_are})")
    given = {paper: find_password(passwords, file, paper) for file, paper in names.items()}
    return {paper: hash_rank("password", paper, word)[:2] for paper, word in sorted(given.items()) if word}


def find_password(passwords: Mapping[str, str], file: Path, paper: str) -> str:
    """The password of a paper by the name of its file, or by its own; "" for none."""
    return next((passwords[name] for name in _called(file, paper) if name in passwords), "")


def _called(file: Path, paper: str) -> tuple[str, ...]:
    names = (file.name, unicodedata.normalize("NFC", file.name))  # a Mac writes å as two characters
    return paper, *names, *(name.removesuffix(file.suffix) for name in names)
