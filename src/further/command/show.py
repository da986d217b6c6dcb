"""`further plan` and `further open`: what a study's folder holds for people."""

import csv
import os
import sys
import webbrowser
from pathlib import Path

PLAN = Path("results/plan.tsv")
REPORT = Path("results/report/index.html")


def show_plan(study: Path) -> list[str]:
    """The plan's table with its columns lined up.

    Raises:
        ValueError: If there is none.
    """
    plan = study / PLAN
    if not plan.is_file():
        raise ValueError(f"There is no {plan}. This makes it: snakemake --cores 1 plan")
    with plan.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    widths = [max(len(row[column]) for row in rows if column < len(row)) for column in range(max(map(len, rows)))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]


def open_report(study: Path) -> list[str]:
    """Open the report where there is a screen, and say where it lies.

    Raises:
        ValueError: If there is none.
    """
    page = (study / REPORT).resolve()
    if not page.is_file():
        raise ValueError(f"There is no {page}. This makes it: make demo, make study or snakemake --cores 2")
    if sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(page.as_uri())
    return [str(page)]
