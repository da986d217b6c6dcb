"""Which study a command speaks of: its title and folder, what to type for it, and the others that lie beside it."""

import html
import re
import shlex
from pathlib import Path

import further
from further.places import STUDY_FILE

ROOT = Path(further.__file__).resolve().parents[2]
"""The project's folder, with the demonstration's study file and its articles."""

PAGE = Path("results/report/index.html")


def name_study(study: Path) -> list[str]:
    """A line that names the study that was taken, and one with the others here, if there are any."""
    others = _other_studies(study)
    return [_title(study), *([f"Other studies here: {others}"] if others else [])]


def say_start(study: Path, plan: bool = False) -> str:
    """What to type so that a study makes its results, or only its plan; "" for a folder without a study file."""
    if (study / STUDY_FILE).is_file():
        return say_command(
            f"snakemake --cores 1 plan {locate(study)}" if plan else f"make study STUDY={quote_folder(study)}"
        )
    # Without a study file of its own, the project's folder is the demonstration's.
    return ("snakemake --cores 1 plan" if plan else "make demo") if study.resolve() == ROOT else ""


def say_command(command: str) -> str:
    """A command that works in the project's folder alone; typed elsewhere, it goes there first."""
    return command if Path.cwd() == ROOT else f"cd {shlex.quote(str(ROOT))} && {command}"


def quote_folder(study: Path) -> str:
    """A study's folder in a command: as it was named in the project's folder, in full elsewhere."""
    return shlex.quote(str(study if Path.cwd() == ROOT else study.resolve()))


def locate(study: Path) -> str:
    """The options by which snakemake finds a study."""
    return f"--directory {quote_folder(study)} --configfile {quote_folder(study / STUDY_FILE)}"


def refuse_one_model(study: Path) -> None:
    """Refuse a study of one small model, which has arms and no adapters that a command loads.

    Raises:
        ValueError: With where to look instead.
    """
    if (study / "results" / "onemodel").is_dir():
        open_it = f"further open --study {shlex.quote(str(study))}"
        raise ValueError(f"{study} is a study of one small model: it has no adapter. To see its results: {open_it}")


def refuse_images(study: Path) -> None:
    """Refuse a study of images, for a command that continues text.

    Raises:
        ValueError: With what to type instead.
    """
    if (study / "results" / "cases").is_dir():
        ask = f'further answer IMAGE "question" --study {shlex.quote(str(study))}'
        raise ValueError(f"{study} is a study of images: its models do not continue text. To ask a question: {ask}")


def suggest_others(study: Path) -> str:
    """The end of an error about this study's files: which others may have been meant; "" where there are none."""
    others = _other_studies(study)
    return f"; or did you mean another study here? {others}" if others else ""


def _other_studies(study: Path) -> str:
    """The studies that `make study` left below this folder, as they are asked for."""
    folders = sorted(results.parent for results in (study / "studies").glob("*/results"))
    return ", ".join(f"--study {shlex.quote(str(folder))}" for folder in folders)


def _title(study: Path) -> str:
    """The study's title, as its report has it, and its folder; a study without a report is known by its folder."""
    folder, page = study.resolve(), study / PAGE
    if page.is_file() and (found := re.search("<title>(.*?)</title>", page.read_text(encoding="utf-8"), re.S)):
        return f"{html.unescape(found[1])} ({folder})"
    return f"The study in {folder}"
