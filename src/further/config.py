"""Settings and runs: a configuration checked against its schema, and the runs its sweeps ask for."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from further.batch import share_of_process
from further.options import find_conflict_with_law, find_conflicts

Config = dict[str, Any]
Run = dict[str, Any]

DEFAULT_RUN = "default"
SECRET = "passwords"  # a key whose values no message repeats
UNSHARDED = (  # settings of a run that `hardware.sharding: fsdp` excludes
    ("quantization", "int8", "whose layers lose their constants when weights are sharded (bitsandbytes 0.50)"),
    ("packing", False, "as processes would go through the model unequally often"),
    ("compile", True, "which was not tried"),
)
NOT_OF_A_RUN = ("checkpoint_minutes",)  # how a run is carried out, not what it is


def check_config(config: Mapping[str, Any], schema_file: Path) -> Config:
    """Check a configuration against its schema and against what a schema cannot say.

    Args:
        config: As read from YAML.
        schema_file: JSON schema, written as YAML.

    Returns:
        A copy with sorted keys, in which a whole number given where any number may stand is a float: neither the
        order of keys nor 1 for 1.0 makes another setting.

    Raises:
        ValueError: One line a fault, each with the key, its value and what is allowed.
    """
    schema = yaml.safe_load(schema_file.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    faults = [_explain(error) for error in sorted(validator.iter_errors(config), key=lambda error: list(error.path))]
    if not faults:
        checked: Config = _normalize(dict(config), schema, schema)
        faults = list(_disagreements(checked))
    if faults:
        raise ValueError("\n".join(faults))
    return checked


def expand_runs(config: Config) -> dict[str, Run]:
    """The runs that the sweeps ask for, the default one first; a point that two sweeps share is one run.

    Args:
        config: As returned by `check_config`.

    Returns:
        Settings by the run's name.

    Raises:
        ValueError: If two different runs would have one name.
    """
    default = {key: value for key, value in config["training"].items() if key not in NOT_OF_A_RUN}
    runs = {DEFAULT_RUN: default}
    for sweep in config["sweeps"].values():
        for point in _points(sweep):
            settings = default | point
            name = name_run(settings, default)
            if runs.setdefault(name, settings) != settings:
                raise ValueError(f"sweeps: two runs would both be called {name}: {runs[name]} and {settings}")
    return runs


def name_folds(config: Config, num_papers: int) -> dict[str, dict[str, int]]:
    """The folds of the cross-validation by the name of their run, which sets them apart from every sweep's.

    Args:
        config: As returned by `check_config`.
        num_papers: Papers of the study, the unreadable ones included.

    Returns:
        Number of the fold and of folds by name; none where `evaluation.folds` is null.

    Raises:
        ValueError: If there are more folds than papers.
    """
    folds = config["evaluation"]["folds"] or 0
    if folds > num_papers:
        raise ValueError(f"evaluation.folds: {folds} is more than the {num_papers} papers")
    return {f"fold-{fold}-of-{folds}": {"fold": fold, "folds": folds} for fold in range(1, folds + 1)}


def model_folder(config: Config) -> str:
    """Where the base model lies: the demonstration's, a fetched one, or the user's own folder."""
    model = config["model"]
    places = {"demo": "results/demo/base", "hub": f"results/models/{model['name']}", "folder": model["path"]}
    return str(places[model["source"]])


def runs_of_sweep(config: Config, sweep: str) -> list[str]:
    """Names of the runs of one sweep, in its order; none if the sweep is switched off or absent."""
    default = expand_runs(config)[DEFAULT_RUN]
    if config["sweeps"].get(sweep) is None:
        return []
    return [name_run(default | point, default) for point in _points(config["sweeps"][sweep])]


def quantization_runs(config: Config) -> dict[str, str]:
    """The runs that the cost of quantization is read from, by quantization.

    They are the default run and those of the sweep `quantization` that differ from it in that alone.

    Args:
        config: As returned by `check_config`.
    """
    runs = expand_runs(config)
    default = runs[DEFAULT_RUN]
    swept = {name: runs[name] for name in runs_of_sweep(config, "quantization")}
    found = {default["quantization"]: DEFAULT_RUN}
    for name, run in swept.items():
        if run == default | {"quantization": run["quantization"]}:
            found[run["quantization"]] = name
    return found


def name_run(settings: Run, default: Run) -> str:
    """A run's name: the settings in which it differs from the default one, readable in a path.

    >>> name_run({"seed": 1, "rank": 8}, {"seed": 0, "rank": 8})
    'seed-1'
    """
    return "_".join(f"{key}-{_show(settings[key])}" for key in default if settings[key] != default[key]) or DEFAULT_RUN


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


def _points(sweep: Mapping[str, list[Any]] | None) -> Iterator[Run]:
    """Every combination of a sweep's values."""
    if sweep is not None:
        for values in product(*sweep.values()):
            yield dict(zip(sweep, values, strict=True))


def _explain(error: Any) -> str:
    """One fault on one line: `key: value is …; allowed: …`."""
    key = ".".join(str(part) for part in error.absolute_path) or "configuration"
    if error.validator == "additionalProperties":
        known = sorted(error.schema.get("properties", {}))
        unknown = sorted(set(error.instance) - set(known))
        return f"{key}: unknown key {', '.join(unknown)}; known: {', '.join(known)}"
    if error.validator == "required":
        return f"{key}: {error.message}"
    value = "the value (not shown)" if SECRET in error.absolute_path else repr(error.instance)
    return f"{key}: {value} is not allowed: {_allowed(error)}"


# YAML 1.1 reads 2e-4 as text, and Snakemake's --config every number inside braces.
TEXT_HINT = " (write 2.0e-4, not 2e-4, and numbers in a file for --configfile: within --config's braces they are text)"


def _allowed(error: Any) -> str:
    words = {
        "type": "expected {}",
        "enum": "one of {}",
        "minimum": "at least {}",
        "maximum": "at most {}",
        "exclusiveMinimum": "more than {}",
        "exclusiveMaximum": "less than {}",
        "minLength": "at least {} character",
        "minItems": "at least {} value",
        "pattern": "the pattern {}",
    }
    value = error.validator_value
    listed = " or ".join(map(str, value)) if isinstance(value, list) else str(value)
    is_text = error.validator == "type" and isinstance(error.instance, str)
    return str(words.get(str(error.validator), error.message)).format(listed) + (TEXT_HINT if is_text else "")


def _normalize(value: Any, schema: Any, root: Any) -> Any:
    """Sort keys, and turn whole numbers into floats wherever the schema says `number`."""
    if "$ref" in schema:
        schema = _resolve(schema["$ref"], root)
    if isinstance(value, dict):
        rest = schema.get("additionalProperties", {})
        known = schema.get("properties", {})
        return {key: _normalize(item, known.get(key, rest or {}), root) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [_normalize(item, schema.get("items", {}), root) for item in value]
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_number and "number" in schema.get("type", ()) else value


def _resolve(reference: str, root: Any) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        root = root[part]
    return root


def _disagreements(config: Config) -> Iterator[str]:
    """Faults between keys, which a schema cannot state."""
    corpus, evaluation, model = config["corpus"], config["evaluation"], config["model"]
    if corpus["test_fraction"] + corpus["validation_fraction"] >= 1:
        shares = f"{corpus['test_fraction']} + validation_fraction {corpus['validation_fraction']}"
        yield f"corpus.test_fraction: {shares} leaves no training paper"
    if evaluation["stride"] > evaluation["window"]:
        yield f"evaluation.stride: {evaluation['stride']} is more than window {evaluation['window']}: tokens are missed"
    length = evaluation["memorization_prefix_tokens"] + evaluation["memorization_new_tokens"]
    if length > evaluation["window"]:
        yield f"evaluation.memorization_new_tokens: {length} with the prefix is more than window {evaluation['window']}"
    if model["source"] != "demo" and model["path"] is None:
        yield f"model.path: null is not allowed with source {model['source']}"
    if model["source"] == "hub" and model["revision"] is None:
        yield "model.revision: null is not allowed with source hub: pin the commit"
    hardware = config["hardware"]
    if (hardware["walltime_margin_minutes"] or 0) >= hardware["runtime_minutes"]:
        margin, runtime = hardware["walltime_margin_minutes"], hardware["runtime_minutes"]
        yield f"hardware.walltime_margin_minutes: {margin} is not less than runtime_minutes {runtime}"
    cost = config["cost"]
    if cost["yearly_budget"] is not None and not cost["price_per_gpu_hour"]:
        yield f"cost.yearly_budget: {cost['yearly_budget']:g} buys nothing without a price_per_gpu_hour above 0"
    yield from _impossible_batches(config)
    yield from _impossible_sharding(config)
    yield from _impossible_options(config)
    yield from _unpaired_quantizations(config)


def _impossible_batches(config: Config) -> Iterator[str]:
    """One fault per combination, however many runs share it."""
    faults: dict[str, str] = {}
    for name, run in expand_runs(config).items():
        try:
            share_of_process(run, config["hardware"]["gpus_per_run"])
        except ValueError as error:
            faults.setdefault(str(error), f"{error} (run {name})")
    yield from faults.values()


def _impossible_sharding(config: Config) -> Iterator[str]:
    """What fsdp cannot do, once each."""
    if config["hardware"]["sharding"] == "none":
        return
    if config["hardware"]["gpus_per_run"] == 1:
        yield "hardware.sharding: fsdp needs gpus_per_run of 2 or more"
    faults: dict[str, str] = {}
    for name, run in expand_runs(config).items():
        for key, value, why in UNSHARDED:
            if run[key] == value:
                said = f"hardware.sharding: fsdp does not go with training.{key}: {str(value).lower()}"
                faults.setdefault(key, f"{said}, {why} (run {name})")
    yield from faults.values()


def _impossible_options(config: Config) -> Iterator[str]:
    """One fault per combination of options, however many runs share it."""
    runs, faults = expand_runs(config), dict[str, str]()
    for name, run in runs.items():
        for fault in find_conflicts(run):
            faults.setdefault(fault, f"{fault} (run {name})")
    for name in runs_of_sweep(config, "data"):
        for fault in find_conflict_with_law(runs[name]):
            faults.setdefault(fault, f"{fault} (run {name})")
    yield from faults.values()


def _unpaired_quantizations(config: Config) -> Iterator[str]:
    """Quantizations of their sweep whose cost could not be told from that of another setting."""
    runs, paired = expand_runs(config), quantization_runs(config)
    swept = {runs[name]["quantization"]: name for name in runs_of_sweep(config, "quantization")}
    for quantization, name in swept.items():
        if quantization not in paired:
            said = f"sweeps.quantization: no run at {quantization} differs from the default one in quantization alone"
            yield f"{said}, {name} for one; add the default run's values of the other settings, or rename the sweep"
