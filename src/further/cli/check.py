"""`further check`: what the Snakefile would refuse, said before anything is planned."""

from collections.abc import Sequence
from pathlib import Path

import further
from further.corpus.shards import list_papers, mark_passwords
from further.model_folder import check_model
from further.plan.refuse import refuse_early
from further.study import Study, read_files, read_study
from further.targets import check_targets

ROOT = Path(further.__file__).resolve().parents[2]
"""The project's folder, with the demonstration's study file and its articles."""


def load_study(files: Sequence[Path]) -> Study:
    """A checked study.

    Args:
        files: Study files, each laid over the one before; none: the demonstration's.

    Raises:
        ValueError: One line a fault, as the Snakefile gives them.
    """
    own = ROOT / "config" / "config.yaml"
    if not files and not own.is_file():
        raise ValueError(f"{own} is not there: install Further from its folder, with pip install --editable .")
    return read_study(read_files(files or [own]))


def check_study(study: Study) -> int:
    """Check what a study names: papers and base model.

    Returns:
        The number of papers.

    Raises:
        ValueError: One line a fault, as the Snakefile gives them.
    """
    corpus = study.settings.corpus
    bundled = sorted((ROOT / "resources" / "demo" / "articles").glob("*.md"))
    papers = list_papers(Path(corpus.papers)) if corpus.papers else [Path(f"{file.stem}.pdf") for file in bundled]
    mark_passwords(corpus.passwords, papers)
    study.name_folds(len(papers))
    if study.settings.model.source == "folder":
        check_model(study.model_folder)
    check_targets(study.model_folder, [run.target_modules for run in study.runs.values()])
    refuse_early(study.model_folder, study.runs, study.settings.hardware, study.settings.evaluation.window)
    return len(papers)


def describe_study(study: Study, num_papers: int) -> list[str]:
    """What a right study file asks for, in two lines."""
    source = study.settings.corpus.papers or "the bundled articles"
    return [
        "Nothing is wrong with this study file.",
        f"{study.settings.study.title}: {num_papers} papers ({source}), {len(study.runs)} training runs, "
        f"base model {study.settings.model.name}.",
    ]
