"""`further plan` and `further open`: what a study's folder holds for people."""

import os
import sys
import webbrowser
from pathlib import Path

from further.cli.study_folder import PAGE, name_study, say_start, suggest_others
from further.plan.table import format_plan, read_plan

PLAN = Path("results/plan.tsv")


def show_plan(study: Path) -> list[str]:
    """The study's name, what each run takes in a line, and where the other columns are.

    Raises:
        ValueError: If there is no plan, or it is one of another version.
    """
    plan = study / PLAN
    if not plan.is_file():
        raise _absent(plan, say_start(study, plan=True), study)
    table = format_plan(read_plan(plan)).splitlines()
    return [*name_study(study), "", *table, f"All columns: {plan.resolve()}"]


def open_report(study: Path) -> list[str]:
    """Open the report where there is a screen, and say whose it is and where it lies.

    Raises:
        ValueError: If there is none.
    """
    page = (study / PAGE).resolve()
    if not page.is_file():
        raise _absent(page, say_start(study), study)
    if sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(page.as_uri())
    return [*name_study(study), str(page)]


def _absent(file: Path, maker: str, study: Path) -> ValueError:
    said = f"To make it, type: {maker}" if maker else "Is this the folder of a study?"
    return ValueError(f"There is no {file.resolve()}. {said}{suggest_others(study)}")
