"""A study: its settings, read once and checked, and the runs that its sweeps ask for."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from further.conflicts import find_faults
from further.settings import ModelSettings, Run, Settings, Sweep
from further.wrong import explain

DEFAULT_RUN = "default"
DATA, QUANTIZATION = "data", "quantization"  # the sweeps with a meaning: the law's, and that of the precisions


@dataclass(frozen=True)
class Study:
    """A checked study.

    Attributes:
        settings: All of them.
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

    Args:
        config: As read from YAML.

    Raises:
        ValueError: One line a fault: the key, its value and what is allowed.
    """
    try:
        settings = Settings.model_validate(config)
    except ValidationError as error:
        raise ValueError("\n".join(explain(error, config))) from None
    study = expand_sweeps(settings)
    if faults := list(find_faults(study.settings, study.runs, study.sweeps, study.quantization_runs)):
        raise ValueError("\n".join(faults))
    return study


def read_files(files: Sequence[Path]) -> dict[str, Any]:
    """Study files, each laid over the one before as Snakemake does: mappings merge, all else replaces.

    Raises:
        ValueError: If a file cannot be read, is not YAML, or holds no mapping.
    """
    config: dict[str, Any] = {}
    for file in files:
        config = _lay_over(config, _read_file(file))
    return config


def _read_file(file: Path) -> dict[str, Any]:
    try:
        config = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(config, dict):
        raise ValueError(f"{file} holds {config!r}; a mapping of settings is expected")
    return config


def _lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
        merged[key] = _lay_over(below[key], value) if both else value
    return merged


def expand_sweeps(settings: Settings) -> Study:
    """Every combination of the values of each sweep, as runs.

    Raises:
        ValueError: If two different runs would have one name.
    """
    default = settings.training.run
    runs, sweeps = {DEFAULT_RUN: default}, dict[str, list[str]]()
    for sweep_name, sweep in settings.sweeps.items():
        if sweep is None:
            continue
        sweeps[sweep_name] = []
        for point in _points(sweep):
            run = Run.model_validate(default.model_dump() | point)
            name = name_run(run, default)
            if runs.setdefault(name, run) != run:
                raise ValueError(f"sweeps: two runs would both be called {name}: {runs[name]} and {run}")
            sweeps[sweep_name].append(name)
    return Study(settings, runs, sweeps)


def _points(sweep: Sweep) -> Iterator[dict[str, Any]]:
    """Every combination of a sweep's values."""
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
