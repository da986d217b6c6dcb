"""A study: its settings, read once and checked, and the runs that its sweeps ask for."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from further.conflicts import find_faults
from further.fault_messages import explain
from further.records.base import DEFAULT_RUN
from further.records.comparison import MIN_PAPERS
from further.scaling.curve import FEWEST_SIZES
from further.settings import ModelSettings, Run, Settings, Sweep
from further.sizes import count_selected, count_training, find_fraction
from further.strict_yaml import read_mapping

MOST_HELD_OUT = 1 / 3  # of the papers, to have enough of them for an interval
USUAL_FOLDS = 4
DATA, QUANTIZATION = "data", "quantization"  # the sweeps with a meaning: the law's, and that of the precisions


@dataclass(frozen=True)
class Study:
    """A checked study.

    Attributes:
        runs: By name, the default one first. A point that two sweeps share is one run.
        sweeps: Names of the runs of each sweep, in its order; without the sweeps that are switched off.
    """

    settings: Settings
    runs: dict[str, Run]
    sweeps: dict[str, list[str]]

    @property
    def data_runs(self) -> list[str]:
        """The runs that the scaling law is fitted to."""
        return self.sweeps.get(DATA, [])

    @property
    def quantization_runs(self) -> dict[str, str]:
        """The runs that differ from the default one in quantization alone, by quantization."""
        default = self.runs[DEFAULT_RUN]
        alike = [DEFAULT_RUN] + [
            name
            for name in self.sweeps.get(QUANTIZATION, [])
            if self.runs[name] == default | {"quantization": self.runs[name].quantization}
        ]
        return {self.runs[name].quantization: name for name in alike}

    def for_papers(self, num_papers: int) -> "Study":
        """The same study without runs that would train on the same papers twice.

        Of the fractions that select the same number of training papers, the default run's own one is kept, else the
        first.

        Args:
            num_papers: Papers of the study, the unreadable ones included.
        """
        # Papers that turn out unreadable are known only later: the plan says if they make two runs alike.
        return expand_sweeps(self.settings, self._count_training(num_papers))

    def _count_training(self, num_papers: int) -> int:
        corpus = self.settings.corpus
        return max(1, count_training(num_papers, corpus.test_fraction, corpus.validation_fraction))

    def find_notes(self, num_papers: int) -> list[str]:
        """What its user should know of the held-out papers and the data sweep before anything is paid, a line each."""
        return [*_say_held_out(self.settings, num_papers), *self._note_sizes(num_papers)]

    def _note_sizes(self, num_papers: int) -> list[str]:
        sweep = self.settings.sweeps.get(DATA)
        if sweep is None:
            return []
        num_training = self._count_training(num_papers)
        fractions: dict[int, list[float]] = {}
        for fraction in getattr(sweep, "fraction", None) or [self.settings.training.fraction]:
            fractions.setdefault(count_selected(fraction, num_training), []).append(fraction)
        return list(_say_sizes(fractions, num_training))

    @property
    def model_folder(self) -> Path:
        """Where the base model lies: the demonstration's, a fetched one, or the user's own folder."""
        return find_model(self.settings.model)

    def name_folds(self, num_papers: int) -> dict[str, dict[str, int]]:
        """The folds of the cross-validation by the name of their run; none where `evaluation.folds` is null.

        Args:
            num_papers: Papers of the study, the unreadable ones included.

        Returns:
            Number of the fold, and of folds, by name. No sweep can make such a name.

        Raises:
            ValueError: If there are more folds than papers.
        """
        folds = self.settings.evaluation.folds or 0
        if folds > num_papers:
            raise ValueError(f"evaluation.folds: {folds} is more than the {num_papers} papers")
        return {f"fold-{fold}-of-{folds}": {"fold": fold, "folds": folds} for fold in range(1, folds + 1)}


def read_study(config: Mapping[str, Any]) -> Study:
    """Check a study's settings, and expand its sweeps.

    Raises:
        ValueError: One line a fault: the key, its value and what is allowed.
    """
    try:
        settings = Settings.model_validate(config)
    except ValidationError as error:
        raise ValueError("\n".join(explain(error, config))) from None
    study = expand_sweeps(settings)
    if faults := list(find_faults(study.settings, study.runs, study.sweeps, study.quantization_runs)):
        raise ValueError("\n".join(f"{fault}{_say_default(fault, settings)}" for fault in faults))
    return study


def _say_default(fault: str, settings: Settings) -> str:
    """A note that the key of a fault is not in the study file, where its reader would look for it in vain."""
    section, _, key = fault.partition(":")[0].partition(".")
    values = getattr(settings, section, None)
    if not isinstance(values, BaseModel) or key not in type(values).model_fields:
        return ""
    sweeps = settings.sweeps.values() if section == "training" else ()
    written = [values, *(sweep for sweep in sweeps if sweep is not None)]
    is_written = any(key in one.model_fields_set for one in written)
    return "" if is_written else f" (the default: write {section}.{key} to change it)"


def read_files(files: Sequence[Path]) -> dict[str, Any]:
    """Study files, each laid over the one before as Snakemake does: mappings merge, all else replaces.

    Raises:
        ValueError: If a file cannot be read, is not YAML, holds no mapping, or a key twice.
    """
    config: dict[str, Any] = {}
    for file in files:
        config = _lay_over(config, read_mapping(file))
    return config


def _lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
        merged[key] = _lay_over(below[key], value) if both else value
    return merged


def _say_held_out(settings: Settings, num_papers: int) -> Iterator[str]:
    """Too few papers for an interval, where cross-validation does not hold out each of them."""
    fraction = settings.corpus.test_fraction
    num_test = count_selected(fraction, num_papers)
    if num_test >= MIN_PAPERS or settings.evaluation.folds:
        return
    better = choose_test_fraction(num_papers, fraction)
    folds = min(num_papers, USUAL_FOLDS)
    advice = f"write {better:g}" if better > fraction else "add papers"
    if better <= fraction and num_papers >= MIN_PAPERS:
        advice += f", or set evaluation.folds: {folds}, which holds out each paper once, with {folds} more trainings"
    yield (
        f"corpus.test_fraction: {fraction:g} holds out {num_test} of {num_papers} papers, too few for an interval, "
        f"which takes {MIN_PAPERS}: {advice}"
    )


def choose_test_fraction(num_papers: int, usual: float) -> float:
    """The usual fraction, or one that holds out enough papers for an interval where that leaves two thirds of them.

    >>> choose_test_fraction(25, 0.2), choose_test_fraction(12, 0.2), choose_test_fraction(100, 0.2)
    (0.24, 0.2, 0.2)
    """
    few = count_selected(usual, num_papers) < MIN_PAPERS <= num_papers * MOST_HELD_OUT
    return find_fraction(MIN_PAPERS, num_papers) if few else usual


def _say_sizes(fractions: Mapping[int, Sequence[float]], num_training: int) -> Iterator[str]:
    for number, alike in sorted(fractions.items()):
        if len(alike) > 1:
            listed = ", ".join(f"{fraction:g}" for fraction in alike)
            yield f"sweeps.data: fractions {listed} select the same {number} of {num_training} training papers: one run"
    if len(fractions) < FEWEST_SIZES:
        sizes = ", ".join(map(str, sorted(fractions)))
        told = f"{len(fractions)} size{'' if len(fractions) == 1 else 's'}"
        yield (
            f"sweeps.data: {told} ({sizes} of {num_training} training papers); a scaling law "
            f"needs at least {FEWEST_SIZES}, so this study will not say what more papers would bring"
        )


def expand_sweeps(settings: Settings, num_training: int | None = None) -> Study:
    """Every combination of the values of each sweep, as runs.

    Args:
        num_training: Training papers, at least 1: fractions that select as many of them are one; None: not known.

    Raises:
        ValueError: If two different runs would have one name.
    """
    default = settings.training.run
    runs, sweeps = {DEFAULT_RUN: default}, dict[str, list[str]]()
    # The default run's own fraction comes first, so that of several that select as many papers its name is kept.
    known = {} if num_training is None else {count_selected(default.fraction, num_training): default.fraction}
    for sweep_name, sweep in settings.sweeps.items():
        if sweep is None:
            continue
        sweeps[sweep_name] = []
        for point in _points(sweep):
            run = Run.model_validate(default.model_dump() | point)
            if num_training is not None:
                run |= {"fraction": known.setdefault(count_selected(run.fraction, num_training), run.fraction)}
            name = name_run(run, default)
            if runs.setdefault(name, run) != run:
                raise ValueError(f"sweeps: two runs would both be called {name}: {runs[name]} and {run}")
            if name not in sweeps[sweep_name]:
                sweeps[sweep_name].append(name)
    return Study(settings, runs, sweeps)


def _points(sweep: Sweep) -> Iterator[dict[str, Any]]:
    values = sweep.model_dump(exclude_unset=True)
    for point in product(*values.values()):
        yield dict(zip(values, point, strict=True))


def name_run(run: Run, default: Run) -> str:
    """A run's name: the settings in which it differs from the default one, readable in a path.

    >>> name_run(Run(seed=1), Run(seed=0))
    'seed-1'
    """
    settings, usual = run.model_dump(), default.model_dump()
    return "_".join(f"{key}-{_show(settings[key])}" for key in settings if settings[key] != usual[key]) or DEFAULT_RUN


def _show(value: Any) -> str:
    """A value as a part of a path; a list's items stand between plus signs, a long list or an expression as a digest.

    >>> _show(["q_proj", "v_proj"]), _show(r".*[qv]_proj"), _show(None)
    ('q_proj+v_proj', 'regex-8a4710b4', 'null')
    """
    if value is None:
        return "null"
    text = "+".join(value) if isinstance(value, list) else str(value)
    if re.fullmatch(r"[A-Za-z0-9._+-]{1,80}", text):
        return text
    return f"{'list' if isinstance(value, list) else 'regex'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def find_model(model: ModelSettings) -> Path:
    """Where a base model lies, from the study's folder."""
    converted = f"results/models/gguf/{model.name}"
    made = {"demo": converted, "gguf": converted, "hub": f"results/models/{model.name}", "toy": "results/demo/toy"}
    return Path(made.get(model.source, str(model.path)))
