"""Settings that contradict each other, which no single key can tell: refused before anything runs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from further.batch import share_of_process
from further.settings import CostSettings, HardwareSettings, ModelSettings, Run, Settings

UNSHARDED = (  # settings of a run that `hardware.sharding: fsdp` excludes
    ("quantization", "int8", "whose layers lose their constants when weights are sharded (bitsandbytes 0.50)"),
    ("packing", False, "as ranks would run unequal numbers of forward passes"),
    ("compile", True, "which was not tested"),
)


def find_faults(
    settings: Settings,
    runs: Mapping[str, Run],
    sweeps: Mapping[str, Sequence[str]],
    quantization_runs: Mapping[str, str],
) -> Iterator[str]:
    """Faults between keys, one line each, however many runs share one.

    Args:
        sweeps: Names of the runs of each sweep.
        quantization_runs: By quantization, the run that differs from the default one in nothing else.
    """
    yield from _between_keys(settings)
    if settings.study.kind in ("images", "onemodel"):
        yield from _of_images(settings)
    if settings.study.kind == "onemodel":
        yield from _of_one_model(settings)
    yield from _once(_impossible_batches(settings, runs))
    yield from _once(_impossible_sharding(settings, runs))
    yield from _once((fault, name) for name, run in runs.items() for fault in find_conflicts(run))
    yield from _once((fault, name) for name in sweeps.get("data", ()) for fault in find_conflict_with_law(runs[name]))
    yield from _unpaired_quantizations(runs, sweeps.get("quantization", ()), quantization_runs)


def _once(faults: Iterator[tuple[str, str]]) -> Iterator[str]:
    """Each fault with the first run that has it."""
    told: dict[str, str] = {}
    for fault, name in faults:
        told.setdefault(fault, name)
    return (f"{fault} (run {name})" for fault, name in told.items())


def _between_keys(settings: Settings) -> Iterator[str]:
    corpus, evaluation = settings.corpus, settings.evaluation
    if corpus.test_fraction + corpus.validation_fraction >= 1:
        fractions = f"{corpus.test_fraction} + validation_fraction {corpus.validation_fraction}"
        yield f"corpus.test_fraction: {fractions} leaves no training paper"
    if evaluation.stride > evaluation.window:
        yield f"evaluation.stride: {evaluation.stride} is more than window {evaluation.window}: tokens are skipped"
    given, asked = evaluation.memorization_prefix_tokens, evaluation.memorization_new_tokens
    if given + asked > evaluation.window:
        both = f"evaluation.memorization_prefix_tokens: {given} + memorization_new_tokens {asked}"
        yield f"{both} is more than window {evaluation.window}"
    # Nobody names data for nothing: without its kind, a folder of cases would be passed over for the bundled articles.
    if settings.study.kind == "text" and (folder := settings.cases.folder) is not None:
        yield f"cases.folder: {folder} is not read by a study of text: set study.kind: images, or remove it"
    if settings.study.kind != "text" and (papers := settings.corpus.papers) is not None:
        yield f"corpus.papers: {papers} is not read by a study of images: set study.kind: text, or remove it"
    yield from _of_model(settings.model)
    yield from _of_means(settings.hardware, settings.cost)


def _of_model(model: ModelSettings) -> Iterator[str]:
    if model.source not in ("demo", "toy") and model.path is None:
        needed = {"hub": "owner/name", "gguf": "the file"}.get(model.source, "the model's folder")
        yield f"model.path: null is not allowed with source {model.source}: write {needed}"
    if model.source == "demo" and model.path is not None:
        yield f"model.path: {model.path} is not used with source demo: write source hub, folder or gguf, or path null"
    if model.source == "hub" and model.revision is None:
        yield (
            "model.revision: null is not allowed with source hub: write the commit, 40 hexadecimal digits "
            f"(https://huggingface.co/{model.path or 'owner/name'}/commits lists them)"
        )


def _of_means(hardware: HardwareSettings, cost: CostSettings) -> Iterator[str]:
    """Faults of time, money and GPUs."""
    if (margin := hardware.walltime_margin_minutes or 0) >= (runtime := hardware.runtime_minutes):
        yield f"hardware.walltime_margin_minutes: {margin} is not less than runtime_minutes {runtime}"
    if cost.yearly_budget is not None and not cost.price_per_gpu_hour:
        yield f"cost.yearly_budget: {cost.yearly_budget:g} needs a price_per_gpu_hour above 0"
    if cost.price_per_gpu_hour and cost.price_date is None:
        yield "cost.price_date: null is not allowed with a price: prices change, so write when this one held"
    if hardware.gpus_per_run > 1 and hardware.gpu_memory_gb is None:
        yield (
            f"hardware.gpus_per_run: {hardware.gpus_per_run} is not allowed with gpu_memory_gb null, which means "
            "that there is no GPU: write the memory of a GPU, or set 1"
        )
    if hardware.sharding == "fsdp" and hardware.gpus_per_run == 1:
        yield "hardware.sharding: fsdp needs gpus_per_run of 2 or more"


def _of_images(settings: Settings) -> Iterator[str]:
    """Faults of a study of images; its sections say nothing in a study of text."""
    cases, evaluation = settings.cases, settings.evaluation
    if cases.test_fraction + cases.validation_fraction >= 1:
        fractions = f"{cases.test_fraction} + validation_fraction {cases.validation_fraction}"
        yield f"cases.test_fraction: {fractions} leaves no training case"
    elsewhere = settings.guard.shifted_folder
    if elsewhere is not None and cases.folder is not None and Path(elsewhere) == Path(cases.folder):
        yield f"guard.shifted_folder: {elsewhere} is cases.folder, too: name the cases of another clinic or scanner"
    if settings.training.replay_fraction:
        yield f"training.replay_fraction: {settings.training.replay_fraction:g} is for texts; a study of images needs 0"
    if settings.model.source in ("demo", "gguf"):
        yield f"model.source: {settings.model.source} cannot read images; a study of images needs toy, hub or folder"
    if evaluation.folds is not None:
        yield f"evaluation.folds: {evaluation.folds} is for texts; a study of images needs null"
    if settings.hardware.sharding != "none":
        yield f"hardware.sharding: {settings.hardware.sharding} was not tested with images; set none"


def _of_one_model(settings: Settings) -> Iterator[str]:
    """Faults of a study of one small model, whose runs are arms and not those of sweeps."""
    one, training = settings.onemodel, settings.training
    if one.width % one.heads:
        yield f"onemodel.heads: {one.heads} does not divide width {one.width}"
    if one.image_side % one.patch:
        yield f"onemodel.patch: {one.patch} does not divide image_side {one.image_side}"
    if training.quantization != "none":
        yield (
            f"training.quantization: {training.quantization} is not for small models; set none, and quantize the base "
            "model with onemodel.adapted_quantization"
        )
    if training.packing:
        yield "training.packing: true is not allowed here, because a row is one question; set false"
    if training.patience is not None:
        yield f"training.patience: {training.patience} would give arms unequal steps; set null"
    if any(sweep is not None for sweep in settings.sweeps.values()):
        yield "sweeps: a study of one small model has none; set its arms under onemodel"
    tokens = (one.image_side // one.patch) ** 2
    if training.context < tokens + 4:
        yield f"training.context: {training.context} leaves no room for an answer: an image takes {tokens} tokens of it"


def _impossible_batches(settings: Settings, runs: Mapping[str, Run]) -> Iterator[tuple[str, str]]:
    for name, run in runs.items():
        try:
            share_of_process(run, settings.hardware.gpus_per_run)
        except ValueError as error:
            yield str(error), name


def _impossible_sharding(settings: Settings, runs: Mapping[str, Run]) -> Iterator[tuple[str, str]]:
    for name, run in runs.items() if settings.hardware.sharding == "fsdp" else ():
        for key, value, why in UNSHARDED:
            if getattr(run, key) == value:
                shown = str(value).lower()
                yield f"hardware.sharding: fsdp is not allowed with training.{key}: {shown}, {why}", name


def find_conflicts(run: Run) -> Iterator[str]:
    """Options of a run that exclude each other, one line each."""
    if run.initialization == "pissa" and run.quantization != "none":
        yield (
            f"training.initialization: pissa is not allowed with quantization {run.quantization}: it trains on the "
            "base minus its principal directions, and quantizing those weights does not give the base that the "
            "adapter is for; set none"
        )
    if run.initialization == "loftq" and run.quantization != "nf4":
        yield (
            f"training.initialization: loftq is not allowed with quantization {run.quantization}: it starts from the "
            "quantization error of nf4; set nf4"
        )
    if run.initialization == "loftq" and run.dora:
        yield (
            "training.initialization: loftq is not allowed with dora: magnitudes are computed from the weights before "
            "the adapter holds the quantization error of nf4; set dora false"
        )
    if run.dora and run.quantization == "int8":
        yield (
            "training.dora: true is not allowed with quantization int8: peft (0.21) loses the scales of 8-bit weights "
            "when it computes their magnitudes on the CPU; set nf4 or none"
        )
    yield from _bad_expression(run.target_modules)


def find_conflict_with_law(run: Run) -> Iterator[str]:
    """What a run of the data sweep must not do."""
    if run.patience is not None:
        yield (
            f"training.patience: {run.patience} is not allowed in sweeps.data: a run that stops early ends before "
            "its learning rate has decayed, and the scaling law compares runs of full length; set null"
        )


def _bad_expression(target: str | list[str]) -> Iterator[str]:
    if isinstance(target, str):
        if re.fullmatch(r"[\w.]+(\s*[, ]\s*[\w.]+)+", target):
            names = ", ".join(re.split("[, ]+", target))
            yield f"training.target_modules: {target!r} matches no layer. Several names are a list: write [{names}]"
        try:
            re.compile(target)
        except re.error as error:
            yield f"training.target_modules: {target!r} is not a valid regular expression: {error}"


def _unpaired_quantizations(runs: Mapping[str, Run], sweep: Sequence[str], paired: Mapping[str, str]) -> Iterator[str]:
    """Quantizations of the sweep that no run compares with the default run in quantization alone."""
    for quantization, name in {runs[name].quantization: name for name in sweep}.items():
        if quantization not in paired:
            yield (
                f"sweeps.quantization: no run at {quantization} differs from the default run in quantization alone "
                f"({name} differs in more): add the default run's values of its other settings, or rename the sweep"
            )
