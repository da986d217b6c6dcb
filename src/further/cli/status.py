"""`further status`: how the runs of a study stand, and how long the rest will take."""

import time
from collections.abc import Sequence
from pathlib import Path

from further.cli.check import check_study, find_files, load_study
from further.cli.study_folder import say_start, suggest_others
from further.places import STUDY_FILE
from further.watch.session import read_session
from further.watch.status import describe_session, draw_status, read_queue_of, read_status


def tell_status(study: Path, files: Sequence[Path]) -> list[str]:
    """A line per run, the ones that need a look first, and what else there is to do.

    Args:
        study: The folder where results land.
        files: Study files, for runs of a study that was never started; else the last start says which there are. Or
            the study's folder.

    Raises:
        ValueError: If nothing was started there and no file is given, or a file is wrong.
    """
    study, files = _find_study(study, files)
    title, runs = _list_runs(study, files)
    queue, silence = read_queue_of(study)
    lines = [f"{title} ({study.resolve()})", *draw_status(read_status(study, runs, queue))]
    begun = describe_session(study, time.time()) or [f"Nothing was started yet{_say_how(study)}"]
    return [*lines, *begun, *([silence] if silence else [])]


def _find_study(study: Path, files: Sequence[Path]) -> tuple[Path, Sequence[Path]]:
    """The study's folder and its files, where a folder or the file in it stands for both."""
    if len(files) == 1 and files[0].is_dir() and (read_session(files[0]) or not (files[0] / STUDY_FILE).is_file()):
        return files[0], []
    if not files and read_session(study) is None and (study / STUDY_FILE).is_file():
        return study, [study / STUDY_FILE]
    if not files or study != Path():
        return study, files
    return find_files(files)[1], files


def _list_runs(study: Path, files: Sequence[Path]) -> tuple[str, list[str]]:
    if files:
        loaded, folder = load_study(files)
        num_papers = check_study(loaded, folder).num_papers
        runs = [*loaded.for_papers(num_papers).runs, *loaded.name_folds(max(num_papers, 2))]
        return loaded.settings.study.title, runs
    session = read_session(study)
    if session is None:
        raise ValueError(f"nothing was started in {study.resolve()} yet{_say_how(study)}{suggest_others(study)}")
    return session.title, session.runs


def _say_how(study: Path) -> str:
    return f" (to start it: {start})" if (start := say_start(study)) else ""
