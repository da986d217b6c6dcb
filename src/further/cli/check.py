"""`further check`: what would stop a study, what is worth knowing before it is paid for, and what was not checked."""

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

from further.cases.plan import check_ids, describe_plan, plan_cases
from further.cases.shifted import plan_shifted
from further.cli.check_machine import check_machine
from further.cli.check_model import check_model_of
from further.cli.findings import Findings
from further.cli.study_folder import ROOT
from further.corpus.folder import count_documents, mark_passwords
from further.evaluation.questions.read import check_questions
from further.fault_messages import add_lines
from further.general import find_texts
from further.guard.files import find_file
from further.onemodel.arms import count_runs
from further.places import STUDY_FILE, check_dates, list_study_papers
from further.report.wording import count_noun
from further.settings import CasesSettings
from further.strict_yaml import read_mapping
from further.study import Study, read_files, read_study


def find_files(given: Sequence[Path]) -> tuple[list[Path], Path]:
    """Study files, and the folder that their paths are relative to.

    Args:
        given: Study files; the first may be a folder made by `further init`, which stands for its own file, as that
            file alone does for it. Empty: the demonstration's.

    Returns:
        Files, each laid over the one before, and the folder where results land.

    Raises:
        ValueError: If a file is not there, a folder holds no study file, or the demonstration's is not there.
    """
    if given and given[0].is_dir():
        file = given[0] / STUDY_FILE
        if not file.is_file():
            raise ValueError(
                f"{given[0]} holds no {STUDY_FILE}: further init {shlex.quote(str(given[0]))} writes one. "
                "If the study was started with another file, check that file"
            )
        # Of no files, find_files would name the demonstration's.
        return [file, *find_files(given[1:])[0]] if given[1:] else [file], given[0]
    if absent := [str(file) for file in given if not file.is_file()]:
        raise ValueError(
            f"there is no file or folder {', '.join(absent)}: name a study file, or a folder that further init made"
        )
    # A study.yaml alone stands for its folder, but for the one in config/, whose values others start from.
    if len(given) == 1 and given[0].name == STUDY_FILE and given[0].resolve().parent != ROOT / "config":
        return list(given), given[0].parent
    own = ROOT / "config" / "config.yaml"
    if not given and not own.is_file():
        raise ValueError(f"{own} is missing: install Further from its folder, with pip install --editable .")
    return list(given) or [own], Path()


def load_study(given: Sequence[Path]) -> tuple[Study, Path]:
    """A study whose settings are right, and the folder that its paths are relative to.

    Raises:
        ValueError: One line a fault, as the Snakefile gives them.
    """
    files, folder = find_files(given)
    config = read_files(files)
    try:
        return read_study(config), folder
    except ValueError as error:
        raise ValueError(add_lines(str(error), files)) from None


def find_replaced(files: Sequence[Path]) -> Iterator[str]:
    """Keys whose values a study file replaces in one that it is laid over, a line for each pair of files."""
    read = [(file, read_mapping(file)) for file in files]
    for (below, first), (above, second) in combinations(read, 2):
        sections = {name: first[name] for name in first if isinstance(first[name], dict) and name in second}
        keys = [
            f"{name}.{key}"
            for name, values in sections.items()
            for key in values
            if values[key] != second[name].get(key, values[key])
        ]
        if keys:
            yield f"{above} replaces what {below} says of {', '.join(keys)}"


def check_study(study: Study, folder: Path) -> Findings:
    """Check all that a study names, from the folder of its results: papers, model, hub, programs, SLURM's profile."""
    found, here = Findings(), Path.cwd()
    os.chdir(folder)  # paths in a study file are relative to it, and messages show them as they are written
    try:
        (_check_papers if study.settings.study.kind == "text" else _check_cases)(study, found)
        _check_files(study, found)
        check_model_of(study, found)
        check_machine(study, found)
    finally:
        os.chdir(here)
    return found


def _check_cases(study: Study, found: Findings) -> None:
    """The layout of a folder of cases; no picture is opened."""
    cases = study.settings.cases
    if cases.folder is not None:
        found.collect(_check_layout, Path(cases.folder), cases, found)
    found.unchecked.append("images: none was opened")


def _check_layout(folder: Path, cases: CasesSettings, found: Findings) -> None:
    plan = plan_cases(folder, cases.layout, cases.shards, cases.columns)
    check_ids(plan)
    found.notes.append(describe_plan(plan))


def _check_papers(study: Study, found: Findings) -> None:
    found.unchecked.append("papers: none was opened (further inspect PAPER.pdf shows what is kept of one)")
    corpus = study.settings.corpus
    try:
        papers = list_study_papers(Path(corpus.papers), corpus.subfolders) if corpus.papers else _bundled()
    except ValueError as error:
        found.faults.append(str(error))
        return
    found.num_papers = len(papers)
    found.collect(mark_passwords, corpus.passwords, papers)
    found.collect(study.name_folds, len(papers))
    if corpus.papers:
        found.collect(check_dates, papers)
        beside = count_documents(Path(corpus.papers), subfolders=corpus.subfolders)
        told = ", ".join(f"{number} {suffix}" for suffix, number in beside.most_common())
        found.notes += [f"corpus.papers: {told} beside the PDFs: not read, save them as PDF"] if beside else []
    found.notes += study.find_notes(len(papers))
    if corpus.ocr:
        found.faults += _find_ocr_faults(corpus.ocr_language)


def _check_files(study: Study, found: Findings) -> None:
    settings, guard = study.settings, study.settings.guard
    found.collect(find_file, "topics_file", guard.topics_file, ROOT)
    found.collect(find_file, "contradictions_file", guard.contradictions_file, ROOT)
    if settings.study.kind == "text":
        found.collect(check_questions, settings.evaluation.questions)
        if settings.general.texts:
            found.collect(find_texts, Path(settings.general.texts))
    elif guard.shifted_folder is not None:
        found.collect(plan_shifted, Path(guard.shifted_folder), settings.cases.columns)
    if settings.model.source == "gguf" and not Path(str(settings.model.path)).expanduser().is_file():
        found.faults.append(f"model.path: there is no file {settings.model.path}")


def _bundled() -> list[Path]:
    return [Path(f"{file.stem}.pdf") for file in sorted((ROOT / "resources" / "demo" / "articles").glob("*.md"))]


def _find_ocr_faults(languages: str) -> Iterator[str]:
    from further.corpus.parse.ocr import find_language_data

    data = find_language_data()
    if data is None:
        yield "corpus.ocr: true needs Tesseract, which is missing: install it (Debian: tesseract-ocr), or set false"
        return
    for language in languages.split("+"):
        if not (Path(data) / f"{language}.traineddata").is_file():
            yield f"corpus.ocr_language: Tesseract has no data for {language} here (Debian: tesseract-ocr-{language})"


def describe_study(study: Study, found: Findings) -> list[str]:
    """What a study without faults asks for, what to know of it, and what was not checked."""
    return [
        "Nothing is wrong with this study file.",
        f"{study.settings.study.title}: {_describe_data(study, found)}, base model {study.settings.model.name}.",
        *_list("Worth knowing", found.notes),
        *_list("Not checked", found.unchecked),
    ]


def _describe_data(study: Study, found: Findings) -> str:
    settings = study.settings
    if settings.study.kind != "text":
        source = settings.cases.folder or f"{settings.cases.phantoms:,} drawn phantoms"
        number = len(study.runs) if settings.study.kind == "images" else count_runs(settings.onemodel)
        return f"cases ({source}), {count_noun(number, 'training run')}"
    source = settings.corpus.papers or "the bundled articles"
    number = len(study.for_papers(found.num_papers).runs)
    return f"{count_noun(found.num_papers, 'paper')} ({source}), {count_noun(number, 'training run')}"


def describe_faults(found: Findings) -> str:
    """The faults, one a line, and what to know beside them."""
    return "\n".join([*found.faults, *_list("Worth knowing", found.notes), *_list("Not checked", found.unchecked)])


def _list(head: str, lines: Iterable[str]) -> list[str]:
    rows = [f"  - {line}" for line in lines]
    return [f"{head}:", *rows] if rows else []
