"""Which study a command speaks of: its title and folder, and the others that lie beside it."""

import html
import re
from pathlib import Path

PAGE = Path("results/report/index.html")


def name_study(study: Path) -> list[str]:
    """A line that names the study that was taken, and one with the others here, if there are any."""
    others = _other_studies(study)
    return [_title(study), *([f"Other studies here: {others}"] if others else [])]


def suggest_others(study: Path) -> str:
    """The end of an error about this study's files: which others may have been meant; "" where there are none."""
    others = _other_studies(study)
    return f"; or did you mean another study here? {others}" if others else ""


def _other_studies(study: Path) -> str:
    """The studies that `make study` left below this folder, as they are asked for."""
    folders = sorted(results.parent for results in (study / "studies").glob("*/results"))
    return ", ".join(f"--study {folder}" for folder in folders)


def _title(study: Path) -> str:
    """The study's title, as its report has it, and its folder; a study without a report is known by its folder."""
    folder, page = study.resolve(), study / PAGE
    if page.is_file() and (found := re.search("<title>(.*?)</title>", page.read_text(encoding="utf-8"), re.S)):
        return f"{html.unescape(found[1])} ({folder})"
    return f"The study in {folder}"
