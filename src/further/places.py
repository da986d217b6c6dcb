"""Where the study of a folder of papers, or of cases, lies: `make study` and `make radiology` ask.

python -m further.places            prints the study's folder; FURTHER_PAPERS and FURTHER_STUDY name both
python -m further.places --images   the same of FURTHER_CASES; writes the file that names them into it
"""

import json
import os
import re
import shlex
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path

from further.corpus.folder import list_papers
from further.io import write_text
from further.settings import Settings
from further.strict_yaml import read_mapping

STUDY_FILE = "study.yaml"  # what `further init` writes into a folder
CASES_FILE = "cases.yaml"  # laid over the demonstration of images: whose cases it takes
MAX_NAME = 80
CLOCK_SKEW_S = 60.0  # by which the clocks of two machines may differ


def check_path(folder: Path, what: str) -> None:
    """Refuse a folder in whose path Snakemake cannot run scripts.

    Raises:
        ValueError: With the folder and the reason.
    """
    if any(char.isspace() for char in str(folder)):
        raise ValueError(
            f"The {what} lies in {str(folder)!r}, and Snakemake cannot run scripts below a path with a space "
            "(snakemake#2645): move it to a folder whose path has none."
        )


def name_study(papers: Path) -> str:
    """A folder's name as that of its study: letters, digits, dots, dashes and underscores."""
    plain = unicodedata.normalize("NFKD", papers.resolve().name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")[:MAX_NAME] or "papers"


def find_study(papers: Path, studies: Path) -> Path:
    """The study of a folder of papers: the one that was made for it, or a free name.

    Two folders of one name have two studies: "papers" and "papers-2".

    Raises:
        ValueError: If there is no such folder, or a study file is no YAML.
    """
    papers = papers.expanduser()
    if papers.is_file():
        raise ValueError(f"PAPERS: {papers} is a file: name the folder that it lies in, {papers.parent}")
    if not papers.is_dir():
        raise ValueError(f"PAPERS: there is no folder {papers}")
    name = name_study(papers)
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(studies / one for one in names if papers_of_study(studies / one) in (None, papers.resolve()))


def papers_of_study(study: Path) -> Path | None:
    """The folder of papers that a study file names; None if there is no file, or it names none."""
    return _named_folder(study / STUDY_FILE, "corpus", "papers")


def _named_folder(file: Path, section: str, key: str) -> Path | None:
    """The folder that a file names; None where it names none, or something that its check will refuse."""
    below = read_mapping(file).get(section) if file.is_file() else None
    named = below.get(key) if isinstance(below, dict) else None
    return (file.parent / Path(named).expanduser()).resolve() if isinstance(named, str) else None


def place_images(cases: str, study: str) -> Path:
    """The folder of a study of images, made where it is not there; with the file that names its cases, if any.

    Args:
        cases: Folder of the cases, or the one table in it; "": phantoms are drawn, or the study's own file names them.
        study: Its folder; "": studies/radiology, or a folder called as the cases.

    Raises:
        ValueError: If there are no such cases, or the study is one of others.
    """
    meant = Path(cases).expanduser().resolve() if cases else None
    if meant is not None and not meant.exists():
        raise ValueError(f"CASES: there is no folder {cases}")
    own = "radiology" if meant is None else name_study(meant.parent if meant.is_file() else meant)
    place = Path(study).expanduser() if study else Path("studies") / own
    check_path(place.resolve(), "study")
    file = place / CASES_FILE
    if meant is not None:
        if not file.exists():  # never over one that its user may have edited
            own_title = {"study": {"title": f"Cases of {meant.stem if meant.is_file() else meant.name}"}}
            write_text(file, json.dumps(own_title | {"cases": {"folder": str(meant), "questions": None}}) + "\n")
        elif (there := _named_folder(file, "cases", "folder")) != meant:
            named = there or "drawn phantoms"
            raise ValueError(f"{place} is a study of {named}, not of {meant}: name another folder for it (STUDY=…)")
    place.mkdir(parents=True, exist_ok=True)
    return place


def list_study_papers(folder: Path, subfolders: bool) -> list[Path]:
    """The papers of a folder, as `list_papers` does, with more to tell of a folder without any.

    Raises:
        ValueError: If there are too few; with where the folder was looked for, and what it holds instead.
    """
    try:
        return list_papers(folder, subfolders=subfolders)
    except ValueError as error:
        folder = folder.expanduser()
        if folder.is_file():
            raise ValueError(
                f"corpus.papers: {folder} is a file: name the folder that it lies in, {folder.parent}"
            ) from None
        seen_from = f" (looked for in {Path.cwd()})" if not folder.is_dir() and not folder.is_absolute() else ""
        raise ValueError(f"{error}{seen_from}{_count_others(folder)}") from None


def check_dates(files: Sequence[Path]) -> None:
    """Refuse files of the user's own with a date in the future, as an archive from another time zone leaves them.

    Snakemake takes what a job makes of one for older than it, and fails the job once it has ended.

    Raises:
        ValueError: How many, with one of them, its date, and what to type.
    """
    dates = {file: file.stat().st_mtime for file in files}
    late = [file for file, date in dates.items() if date > time.time() + CLOCK_SKEW_S]
    if late:
        date = datetime.fromtimestamp(dates[late[0]]).isoformat(" ", "minutes")
        now = datetime.now().isoformat(" ", "minutes")
        raise ValueError(
            f"{len(late)} of {len(files)} files have a date in the future: {late[0]} is of {date}, and it is {now}. "
            f"Give them today's: find {shlex.quote(str(late[0].parent.resolve()))} -type f -exec touch {{}} +"
        )


def _count_others(folder: Path) -> str:
    """What a folder holds instead of papers, by the endings of its files' names."""
    files = [file for file in folder.iterdir() if file.is_file()] if folder.is_dir() else []
    endings = Counter(file.suffix.lower() or "without an ending" for file in files)
    found = ", ".join(f"{number} {ending}" for ending, number in endings.most_common(3) if ending != ".pdf")
    return f"; it holds {found}" if found else ""


def _check_new(place: Path, papers: str) -> None:
    """Refuse to begin a study of no papers; one that was begun is looked at by `further check`.

    Raises:
        ValueError: If there are no papers, or too few.
    """
    if (place / STUDY_FILE).is_file() or (place / "results").is_dir():
        return
    if not papers and not (place / "papers").is_dir():
        raise ValueError(
            f"STUDY: {place} holds no {STUDY_FILE}. To begin it: make study STUDY={place} PAPERS=/path/to/pdfs"
        )
    list_study_papers(Path(papers) if papers else place / "papers", Settings().corpus.subfolders)


def main() -> int:
    """Print the folder of a study; returns 0, or 2 with the reason on stderr."""
    papers, study = os.environ["FURTHER_PAPERS"], os.environ["FURTHER_STUDY"]
    try:
        if sys.argv[1:] == ["--images"]:
            place = place_images(os.environ["FURTHER_CASES"], study)  # which checks its path
        elif not papers and not study:
            raise ValueError("Say which folder: make study PAPERS=/path/to/pdfs")
        else:
            place = Path(study).expanduser() if study else find_study(Path(papers), Path("studies"))
            check_path(place.resolve(), "study")
            _check_new(place, papers)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{place}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
