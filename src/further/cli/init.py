"""`further init`: write a commented study file from a few questions or from flags."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from further.cli.check import check_study, load_study
from further.cli.gpus import GPUS, Gpu, find_gpu
from further.cli.study_folder import ROOT, locate, quote_folder, say_command, say_start
from further.corpus.folder import list_papers
from further.fault_messages import add_lines
from further.hub import Unreachable, ask_hub
from further.io import write_text
from further.places import STUDY_FILE, check_path, papers_of_study
from further.settings import Settings
from further.sizes import count_selected, count_training
from further.strict_yaml import read_mapping
from further.study import choose_test_fraction

DEMO = "demo"
MOST_SIZES = 5
FEW_GB = 40  # of a GPU: without recomputation, an 8B model at 16 bits is planned at 24.8 GiB
UNITS = ("tokens", "MB", "GiB", "minutes", "seconds", "10¹² operations per second")  # that a comment repeats


@dataclass(frozen=True)
class Wishes:
    """What was said by flags; None: not said.

    Attributes:
        papers: Folder of the PDFs.
        model: demo, owner/name on the hub, or a folder.
        revision: Commit of a model on the hub.
        gpu: Name of a GPU, or none.
    """

    title: str | None = None
    papers: str | None = None
    model: str | None = None
    revision: str | None = None
    gpu: str | None = None


def keep_study(folder: Path, papers: str | None) -> bool:
    """Whether there is a study file in a folder that may be gone on with.

    Args:
        papers: Folder of the PDFs that are meant; None: those that the file names.

    Raises:
        ValueError: If it is a study of other papers.
    """
    file = folder / STUDY_FILE
    if not file.is_file():
        return False
    there = papers_of_study(folder)
    if papers is not None and there is not None:
        meant = Path(papers).expanduser().resolve()
        if meant != there:
            raise ValueError(
                f"{file} is a study of {there}, not of {meant}: name another folder for these papers (STUDY=…)"
            )
    return True


def write_study(folder: Path, wishes: Wishes, ask: bool, goes_on: bool = False) -> list[str]:
    """Write a study file into a folder, and check it.

    Args:
        ask: Whether what is not may be asked for; else it gets its default.
        goes_on: Whether the study is checked and started right away, so that nothing is left to type.

    Returns:
        Lines that say what was written, what is to be mended, and what to type next.

    Raises:
        ValueError: If the folder holds a study file or cannot hold a study, the GPU is not known, or a commit is given
            of a model that is not on the hub.
    """
    file = folder / STUDY_FILE
    if file.exists():
        raise ValueError(f"{file} already exists: edit it, or name another folder")
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: name a folder for the study")
    if (full := folder.resolve()) == ROOT or not full.name:
        whose = "Further's own folder, with the demonstration" if full == ROOT else "the whole disk"
        raise ValueError(f"{folder} is {whose}: name another, such as studies/heart")
    check_path(full, "study")
    title, papers, model, gpu_name = _answer(folder, wishes, ask)
    gpu = find_gpu(gpu_name)
    about_model, said = _describe_model(folder, model, wishes.revision)
    # Paths in a study file are relative to its folder, those that are typed to the current one.
    seen = _path_from(folder, papers)
    num_papers = _count_papers(folder, seen)
    sections = _fill(title, seen, num_papers, about_model, gpu)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(file, _write_file(folder, sections, num_papers, gpu))
    written = [f"Written: {file}", *said]
    return written if goes_on else [*written, *_check(folder), *_say_next(folder, gpu)]


def _answer(folder: Path, wishes: Wishes, ask: bool) -> tuple[str, str, str, str]:
    name = folder.resolve().name.replace("-", " ").replace("_", " ")
    title = name[:1].upper() + name[1:]  # capitalize() would make Hiv of HIV
    questions = (
        ("Title of the report", wishes.title, title),
        ("Folder of the PDFs", wishes.papers, str(folder / "papers")),
        ("Base model: demo, owner/name on the hub, or a folder", wishes.model, DEMO),
        (f"GPU: {', '.join(GPUS)} or none", wishes.gpu, "none"),
    )
    answers = [
        given or (ask and input(f"{question} [{usual}]: ").strip()) or usual for question, given, usual in questions
    ]
    return answers[0], answers[1], answers[2], answers[3]


def _path_from(folder: Path, path: str) -> str:
    """A path as it is seen from the study's folder if both can be moved together, else in full.

    That is where it lies in that folder, or where both lie in the project's.
    """
    full, top = Path(path).expanduser().resolve(), folder.resolve()
    together = full.is_relative_to(top) or (full.is_relative_to(ROOT) and top.is_relative_to(ROOT))
    return os.path.relpath(full, top) if together else str(full)


def _describe_model(folder: Path, model: str, revision: str | None) -> tuple[dict[str, Any], list[str]]:
    """Section `model`, and what to say about it."""
    # One slash and no folder of that name: owner/name on the hub.
    is_folder = Path(model).expanduser().is_dir() or model.startswith((".", "/", "~")) or model.count("/") != 1
    if revision is not None and is_folder:  # the demonstration's model, too
        raise ValueError(f"--revision {revision} is for a model on the hub (owner/name), and the model is {model}")
    if model == DEMO:
        return dict(read_mapping(ROOT / "config" / "config.yaml")["model"]), []
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", model.rstrip("/").rpartition("/")[2].lower()).strip("-.") or "model"
    if is_folder:
        return {"name": name, "source": "folder", "path": _path_from(folder, model)}, []
    about = {"name": name, "source": "hub", "path": model, "revision": revision}
    if revision is not None:
        return about, []
    try:
        found = ask_hub(model)
    except (Unreachable, ValueError) as error:
        return about, [f"The commit of {model} is not known: {error}. Write it after model.revision."]
    gated = [f"{model} is gated: request access on its page, then run hf auth login."] if found.gated else []
    return about | {"revision": found.commit or None}, gated


def _fill(title: str, papers: str, num_papers: int, model: Mapping[str, Any], gpu: Gpu | None) -> dict[str, Any]:
    """The sections, each with its keys in the order of the settings."""
    usual = read_mapping(ROOT / "config" / ("study.yaml" if gpu is None else "lunarc.yaml"))
    training, hardware = usual["training"], usual["hardware"]
    if gpu is not None:  # a part of a node, whatever its cores
        training |= {"gradient_checkpointing": gpu.memory_gb < FEW_GB}
        of_gpu = {"gpu_memory_gb": gpu.memory_gb, "peak_tflops": gpu.peak_tflops}
        hardware |= {"threads": 8, "memory_mb": 64000} | of_gpu
    held_out = choose_test_fraction(num_papers, Settings().corpus.test_fraction)
    return {
        "study": {"title": title},
        "corpus": {"papers": papers, "test_fraction": held_out},
        "model": dict(model),
        "training": training,
        "evaluation": {key: usual["evaluation"][key] for key in ("window", "stride")} | {"prompts": None},
        "cost": {"price_per_gpu_hour": 0, "currency": "EUR", "price_date": None},
        "hardware": hardware,
    }


def choose_fractions(num_papers: int) -> list[float]:
    """Halves of the training papers, up to five sizes that differ, the smallest first.

    Args:
        num_papers: Of the study; 0: not known.

    >>> choose_fractions(25), choose_fractions(8)
    ([0.0625, 0.125, 0.25, 0.5, 1.0], [0.25, 0.5, 1.0])
    """
    usual = Settings().corpus
    held_out = choose_test_fraction(num_papers, usual.test_fraction)
    training = count_training(num_papers, held_out, usual.validation_fraction) if num_papers else 16
    fractions = [0.5**power for power in range(MOST_SIZES)]
    sizes = {count_selected(fraction, max(1, training)): fraction for fraction in reversed(fractions)}
    return sorted(sizes.values())


def _count_papers(folder: Path, papers: str) -> int:
    try:
        return len(list_papers(folder / papers, subfolders=Settings().corpus.subfolders))
    except ValueError:
        return 0


def _write_file(folder: Path, sections: Mapping[str, Any], num_papers: int, gpu: Gpu | None) -> str:
    schema = os.path.relpath(ROOT / "config" / "schema.json", folder)
    lines = [
        f"# yaml-language-server: $schema={schema}",
        "# config/README.md explains every key: unit, range, default. A key that is left out has its default.",
    ]
    for name, section in sections.items():
        lines += ["", f"{name}:", *(_write_key(name, key, value) for key, value in section.items())]
        if name == "training":
            lines += ["", *_write_sweeps(num_papers, gpu)]
    return "\n".join(lines) + "\n"


def _write_key(section: str, key: str, value: Any) -> str:
    """`  rank: 16    # Rank of LoRA.`, the comment from the settings themselves."""
    field = getattr(Settings.model_fields[section].annotation, "model_fields")[key]  # noqa: B009
    about, first = field.json_schema_extra, re.split(r"(?<=[.]) (?=[A-Z])", field.description)[0]
    what, dot, null = first.rstrip(".").partition(". ")  # "Time between checkpoints. 0: after every step"
    unit = f" ({about['unit']})" if about["unit"] in UNITS else ""
    return f"  {f'{key}: {_write_value(value)}':<34}  # {what}{unit}{dot}{null}"


def _write_value(value: Any) -> str:
    if isinstance(value, float) and "e" in repr(value):  # YAML 1.1 reads 2e-05 as text
        return re.sub(r"^(-?\d+)e", r"\1.0e", repr(value))
    written: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6)
    return written.removesuffix("\n").removesuffix("\n...")


def _write_sweeps(num_papers: int, gpu: Gpu | None) -> list[str]:
    fractions = choose_fractions(num_papers)
    quantization = "quantization: {quantization: [none, int8, nf4]}"
    return [
        "sweeps:                               # every combination is one training",
        "  # Does more data help? A scaling law needs at least four sizes, and more than one seed.",
        f"  data: {{fraction: {fractions}, seed: [0, 1]}}",
        f"  # What does quantization cost?{' This needs the GPU memory of the unquantized model.' if gpu else ''}",
        f"  {'# ' if gpu else ''}{quantization}",
    ]


def _check(folder: Path) -> list[str]:
    try:
        study, _ = load_study([folder])
        faults = add_lines("\n".join(check_study(study, folder).faults), [folder / STUDY_FILE]).splitlines()
    except ValueError as error:
        faults = str(error).splitlines()
    return ["", "To mend first:", *(f"  - {fault}" for fault in faults)] if faults else []


def _say_next(folder: Path, gpu: Gpu | None) -> list[str]:
    name = quote_folder(folder)
    start = say_command(f"snakemake --profile slurm {locate(folder)}") if gpu else say_start(folder)
    return [
        "",
        "Next:",
        f"  further check {name}",
        f"  {say_start(folder, plan=True)}",
        f"  {start}",
        f"  further status {name}",
    ]
