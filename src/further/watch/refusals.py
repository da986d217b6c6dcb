"""What Snakemake itself refuses, in the study's words: a file, a locked folder, an unknown target."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from further.study import read_files
from further.takeover import find_others

CONFIG_FILE = re.compile(r"\AWorkflowError:\nConfig file |\ATraceback [\s\S]*\bload_configfile\b")
LOCKED = re.compile(r"\A(?:LockException:\n)?Error: Directory cannot be locked")
TARGET = re.compile(r"\AMissingRuleException:\nNo rule to produce (.+) \(if you use input functions")


def explain(text: str, words: Sequence[str], folder: Path) -> list[str]:
    """What an error of Snakemake's means for the study.

    Args:
        words: Of the command line.
        folder: Where results land.

    Returns:
        Lines; none for an error that has nothing to add to Snakemake's own words.
    """
    if CONFIG_FILE.search(text):
        return _explain_files(list(_study_files(words)))
    if LOCKED.search(text):
        return _explain_lock(folder, is_dry="LockException" not in text)
    if target := TARGET.search(text):
        return [
            f"There is no target {target[1]}. A target is a file below results/, or plan. Without one, the whole study "
            "runs (to list all targets: snakemake --list-target-rules)"
        ]
    return []


def _study_files(words: Sequence[str]) -> Iterator[Path]:
    """The files behind --configfile, which takes every word up to the next option."""
    taking = False
    for word in words:
        if word.startswith("-"):
            option, _, value = word.partition("=")
            taking = option in ("--configfile", "--configfiles") and not value
            if option in ("--configfile", "--configfiles") and value:
                yield Path(value)
        elif taking:
            yield Path(word)


def _explain_files(files: Sequence[Path]) -> list[str]:
    try:
        read_files(files)
    except ValueError as error:
        more = len(files) > 1 and not all(file.is_file() for file in files)
        hint = "Every name after --configfile is read as a file: write targets before it, or after --"
        return ["Nothing was started.", str(error), *([hint] if more else [])]
    return []


def _explain_lock(folder: Path, is_dry: bool) -> list[str]:
    # A dry run locks nothing and only finds the lock: what it says stands beside the plan, not in its place.
    others = find_others(folder)
    if not others and is_dry and (dead := find_others(folder, dead=True)):
        return [
            f"The last start was killed ({'; '.join(dead)}). The next one ends the jobs that it left, and continues."
        ]
    if not others:
        return []
    at_work = f"Another snakemake is running in this folder: {'; '.join(others)}"
    if is_dry:
        return [f"{at_work}. What it has not made yet is also listed here."]
    return [
        "Nothing was started.",
        f"{at_work}. Wait until it ends, or stop it. If it ran on another machine and has died, type "
        "snakemake --unlock with the same --directory and --configfile",
    ]
