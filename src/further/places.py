"""Where a study of a folder of papers lies: `make study` asks, and tells Snakemake of the folder in a file.

python -m further.places            prints the study's folder; FURTHER_PAPERS and FURTHER_STUDY name both
"""

import os
import re
import sys
import unicodedata
from itertools import count
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
SETTINGS = "papers.yaml"
"""File in a study's folder that says of which papers it is; Snakemake reads it as a configuration."""
MAX_NAME = 80


def check_path(folder: Path, what: str) -> None:
    """Refuse a folder in whose path Snakemake cannot run scripts.

    Args:
        folder: The project's or a study's folder.
        what: What lies there, for the message.

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

    Args:
        papers: The folder of papers.
        studies: The folder of studies.
    """
    name = name_study(papers)
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(studies / one for one in names if read_papers(studies / one) in (None, papers.resolve()))


def read_papers(study: Path) -> Path | None:
    """The folder of papers that a study was made for; None for a study that does not say, or is not there."""
    file = study / SETTINGS
    if not file.is_file():
        return None
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Path(found["corpus"]["papers"])


def place_study(papers: str, study: str, studies: Path) -> Path:
    """Make a study's folder, and write into it which papers it is of.

    Args:
        papers: The folder of papers as it was typed; "~" stands for the home.
        study: The study's folder, "" to find one.
        studies: The folder of studies.

    Raises:
        ValueError: If there is no folder of papers, or the study's is that of other papers or has a space in its path.
    """
    if study and not papers and read_papers(Path(study)):
        return Path(study).resolve()
    if not papers:
        raise ValueError("Say which folder: make study PAPERS=/path/to/pdfs")
    folder = Path(papers).expanduser()
    if not folder.is_dir():
        raise ValueError(f"PAPERS: there is no folder {folder}")
    folder = folder.resolve()
    place = Path(study).expanduser() if study else find_study(folder, studies)
    other = read_papers(place)
    if other is not None and other != folder:
        raise ValueError(f"STUDY: {place} is the study of {other}, not of {folder}; name another folder")
    check_path(place.resolve(), "study")
    place.mkdir(parents=True, exist_ok=True)
    if other is None:
        text = yaml.safe_dump({"corpus": {"papers": str(folder)}}, allow_unicode=True)
        (place / SETTINGS).write_text(f"# Of which papers this study is, written by make study.\n{text}", "utf-8")
    return place.resolve()


def main() -> int:
    """Print where the study lies; returns 0, or 2 with the reason on stderr."""
    try:
        check_path(ROOT, "project")
        sys.stdout.write(f"{place_study(os.environ['FURTHER_PAPERS'], os.environ['FURTHER_STUDY'], Path('studies'))}\n")
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
