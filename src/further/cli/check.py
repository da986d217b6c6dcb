"""`further check`: what would stop a study, what is worth knowing before it is paid for, and what was not checked."""

import os
import shlex
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from further.cases.plan import CasePlan, check_ids, describe_plan, plan_cases
from further.cases.shifted import plan_shifted
from further.cli.study_folder import ROOT
from further.cluster.refusals import check_account
from further.corpus.folder import mark_passwords
from further.evaluation.questions.read import check_questions
from further.general import find_texts
from further.guard.files import find_file
from further.hub import Unreachable, ask_hub, is_logged_in
from further.int8 import MEMORY_GIB, MOVED, TOKENS_PER_SECOND
from further.model_folder import check_model
from further.onemodel.arms import count_runs
from further.places import STUDY_FILE, check_dates, list_study_papers
from further.plan.refuse import refuse_early
from further.report.wording import count_noun
from further.study import Study, read_files, read_study
from further.targets import check_targets
from further.tracking import check_trackers
from further.vision.demands import check_contexts

Check = tuple[Callable[..., object], Sequence[object]]  # with its arguments


@dataclass
class Findings:
    """What was found.

    Attributes:
        faults: What would stop the study, or waste it.
        notes: What its user should know before it starts.
        unchecked: What cannot be known here or now.
        num_papers: Of the study; 0 where they are not there.
    """

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    num_papers: int = 0


def find_files(given: Sequence[Path]) -> tuple[list[Path], Path]:
    """Study files, and the folder that their paths are relative to.

    Args:
        given: Study files; the first may be a folder made by `further init`, which stands for its own file, as that
            file alone does for it. None: the demonstration's.

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
                "A study that was started with another file is checked by that file"
            )
        return [file, *find_files(given[1:])[0]] if given[1:] else [file], given[0]
    if absent := [str(file) for file in given if not file.is_file()]:
        raise ValueError(
            f"there is no file or folder {', '.join(absent)}: name a study file, or a folder that further init made"
        )
    if len(given) == 1 and given[0].name == STUDY_FILE and given[0].resolve().parent != ROOT / "config":
        return list(given), given[0].parent
    own = ROOT / "config" / "config.yaml"
    if not given and not own.is_file():
        raise ValueError(f"{own} is not there: install Further from its folder, with pip install --editable .")
    return list(given) or [own], Path()


def load_study(given: Sequence[Path]) -> tuple[Study, Path]:
    """A study whose settings are right, and the folder that its paths are relative to.

    Raises:
        ValueError: One line a fault, as the Snakefile gives them.
    """
    files, folder = find_files(given)
    return read_study(read_files(files)), folder


def check_study(study: Study, folder: Path) -> Findings:
    """Check all that a study names: papers, model, hub, programs, and SLURM's profile.

    Args:
        study: With settings that are right in themselves.
        folder: Where results land.
    """
    found, here = Findings(), Path.cwd()
    os.chdir(folder)
    try:
        check_data = _check_papers if study.settings.study.kind == "text" else _check_cases
        check_data(study, found)
        _check_files(study, found)
        _check_model(study, found)
        _check_machine(study, found)
    finally:
        os.chdir(here)
    return found


def _collect(found: Findings, *checks: Check) -> None:
    """Faults of all checks, each in its own words."""
    for check, arguments in checks:
        try:
            check(*arguments)
        except ValueError as error:
            found.faults += str(error).splitlines()


def _check_cases(study: Study, found: Findings) -> None:
    """The layout of a folder of cases; no picture is opened."""
    cases = study.settings.cases
    if cases.folder is not None:
        place = (Path(cases.folder), cases.layout, cases.shards, cases.columns)
        _collect(found, (lambda: _read_as(plan_cases(*place), found), ()))
    found.unchecked.append("images: none was opened")


def _read_as(plan: CasePlan, found: Findings) -> None:
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
    _collect(found, (mark_passwords, (corpus.passwords, papers)), (study.name_folds, (len(papers),)))
    if corpus.papers:
        _collect(found, (check_dates, (papers,)))
    found.notes += study.find_notes(len(papers))
    if corpus.ocr:
        found.faults += _find_ocr_faults(corpus.ocr_language)


def _check_files(study: Study, found: Findings) -> None:
    """The files that a study names beside its papers or cases."""
    settings, guard = study.settings, study.settings.guard
    checks: list[Check] = [
        (find_file, ("topics_file", guard.topics_file, ROOT)),
        (find_file, ("contradictions_file", guard.contradictions_file, ROOT)),
    ]
    if settings.study.kind == "text":
        checks.append((check_questions, (settings.evaluation.questions,)))
        checks += [(find_texts, (Path(settings.general.texts),))] if settings.general.texts else []
    elif guard.shifted_folder is not None:
        checks.append((plan_shifted, (Path(guard.shifted_folder), settings.cases.columns)))
    _collect(found, *checks)
    if settings.model.source == "gguf" and not Path(str(settings.model.path)).expanduser().is_file():
        found.faults.append(f"model.path: there is no file {settings.model.path}")


def _bundled() -> list[Path]:
    return [Path(f"{file.stem}.pdf") for file in sorted((ROOT / "resources" / "demo" / "articles").glob("*.md"))]


def _find_ocr_faults(languages: str) -> Iterator[str]:
    from further.corpus.parse.ocr import find_language_data

    data = find_language_data()
    if data is None:
        yield "corpus.ocr: true needs Tesseract, which is not installed here (Debian: tesseract-ocr); or set false"
        return
    for language in languages.split("+"):
        if not (Path(data) / f"{language}.traineddata").is_file():
            yield f"corpus.ocr_language: Tesseract has no data for {language} here (Debian: tesseract-ocr-{language})"


def _check_model(study: Study, found: Findings) -> None:
    settings, model = study.settings, study.model_folder
    targets = [run.target_modules for run in study.runs.values()]
    is_text = settings.study.kind == "text"
    early = (model, study.runs, settings.hardware, settings.evaluation.window if is_text else None)
    checks: list[Check] = [(check_targets, (model, targets)), (refuse_early, early)]
    if settings.model.source == "folder":
        checks.insert(0, (check_model, (model, settings.study.kind)))
    if not is_text:
        checks.append((check_contexts, (model, study.runs, settings.cases.max_images)))
    known = len(found.faults)
    for check in checks:
        if len(found.faults) == known:  # of a model that cannot be read, nothing more is asked
            _collect(found, check)
    if settings.model.source == "hub" and not model.is_dir():
        _check_hub(str(settings.model.path), str(settings.model.revision), found)
    if not (model / "config.json").is_file() and settings.model.source != "folder":
        found.unchecked.append("model: not on this disk yet, so neither its layers nor its memory (the plan does)")


def _check_hub(name: str, revision: str, found: Findings) -> None:
    try:
        there = ask_hub(name, revision)
    except ValueError as error:
        found.faults.append(f"model.path: {error}")
        return
    except Unreachable as error:
        login = (
            "a login is stored" if is_logged_in() else "no login is stored (hf auth login), which a gated model needs"
        )
        found.unchecked.append(f"hub: {error}, so whether {name} is open to you is not known; {login}")
        return
    if there.gated and not is_logged_in():
        found.faults.append(
            f"model.path: {name} is gated and no login is stored here: ask for access on its page, then hf auth login"
        )
    elif there.gated:
        found.unchecked.append(f"hub: whether the owner of {name} has let you in (its page says)")
    if there.files and not any(file.endswith(".safetensors") for file in there.files):
        found.faults.append(f"model.path: {name} has no weights in safetensors")


def _check_machine(study: Study, found: Findings) -> None:
    """Tools for tracking; SLURM's profile of a study that is planned for a GPU: elsewhere it is only worth a word."""
    _collect(found, (check_trackers, (study.settings.training.report_to,)))
    hardware = study.settings.hardware
    if hardware.gpu_memory_gb is None and hardware.gpus_per_run > 1:
        found.notes.append(
            f"hardware.gpus_per_run: {hardware.gpus_per_run} with gpu_memory_gb null starts as many processes on the "
            "CPU for each training; for GPUs, write their memory"
        )
    if hardware.gpu_memory_gb is None:
        return
    found.notes += _say_int8(study)
    faults = list(_find_account_faults())
    if shutil.which("sbatch"):
        found.faults += faults
        found.unchecked.append("SLURM: not asked; snakemake --profile slurm does, before the first job")
    else:
        found.notes += [f"for snakemake --profile slurm: {fault}" for fault in faults]
        found.unchecked.append("SLURM: there is none here")


def _say_int8(study: Study) -> Iterator[str]:
    """What was measured of int8 on a GPU; trained on, or scored beside the other runs."""
    names = [name for name, run in study.runs.items() if run.quantization == "int8"]
    speed, memory = TOKENS_PER_SECOND, MEMORY_GIB
    if names:
        yield (
            f"training.quantization: int8 ({', '.join(names)}) does not keep the documents of a row wholly apart on a "
            f"GPU: another document moved hidden states by up to {MOVED} (an 8B Llama's shapes on an H100). nf4 keeps "
            f"them apart, trained twice as fast there ({speed['nf4']:,} tokens/s for {speed['int8']:,}) and took "
            f"{memory['nf4']} GiB for {memory['int8']}"
        )


def _find_account_faults() -> Iterator[str]:
    profile = ROOT / "profiles" / "slurm" / "config.yaml"
    if profile.is_file():
        for item in yaml.safe_load(profile.read_text(encoding="utf-8")).get("default-resources", []):
            name, _, value = str(item).partition("=")
            try:
                check_account(value if name == "slurm_account" else "named")
            except ValueError as error:
                yield str(error)


def describe_study(study: Study, found: Findings) -> list[str]:
    """What a study without faults asks for, what to know of it, and what was not checked."""
    return [
        "Nothing is wrong with this study file.",
        f"{study.settings.study.title}: {_describe_data(study, found)}, base model {study.settings.model.name}.",
        *_list("Worth knowing", found.notes),
        *_list("Not checked", found.unchecked),
    ]


def _describe_data(study: Study, found: Findings) -> str:
    """What is trained on, and the number of runs."""
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
