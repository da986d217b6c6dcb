"""What each job will take, before any is trained: operations and memory of a step, measured on untrained models."""

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch.autograd.graph import saved_tensors_hooks

from further.batch import micro_batch
from further.job import PROGRESS
from further.models import Precision, load
from further.models.one import ENCODER_DECODER, LAYOUTS, PREFIX
from further.onemodel.arms import ADAPTED, LONGER
from further.onemodel.runs import PROBES, Part, count_flops
from further.onemodel.shared import Shared
from further.plan.memory import OVERHEAD
from further.plan.refuse import check_walltime
from further.plan.rows import MB, add_speed
from further.plan.table import PlannedRun, format_plan
from further.settings import PlanSettings
from further.training.examples import count_labels, make_batch

BYTES_TRAINED = 16  # of each parameter: itself, its gradient, two moments
CAPTIONS = "captions"


def plan_arms(
    study: Shared, arms: Sequence[str], seeds: Mapping[str, Sequence[int]], settings: PlanSettings
) -> list[PlannedRun]:
    """One row per job that trains, shown as well.

    What trained models are asked is not counted, nor are looks at validation cases, nor the memory of the base's
    adapters.

    Raises:
        ValueError: If a job needs more memory or minutes than there are.
    """
    asked, tries = study.asked("train"), len(study.settings.learning_rates) * max(1, study.settings.steps // 2)
    parts = {name: study.questions(study.untrained(name, 0), asked, PROBES, 0, name) for name in LAYOUTS}
    if study.settings.objectives:
        parts[CAPTIONS] = study.pretraining(study.untrained(ENCODER_DECODER, 0), CAPTIONS, PROBES, 0)
    step = {name: measure_step(part, study.batch) for name, part in parts.items()}
    jobs = {f"rates/{layout}": {layout: tries} for layout in LAYOUTS}
    for arm in arms:
        for name, own in seeds.items():
            jobs[f"{arm}/{name}"] = {of: len(own) * steps for of, steps in list_steps(study, arm)}
    plan = [_plan_job(name, steps, step, study, settings) for name, steps in jobs.items()]
    for line in format_plan(plan).splitlines():
        PROGRESS.info("%s", line)
    runs = {row.run: study.run | {"gradient_checkpointing": False, "epochs": 1} for row in plan}  # what arms do not do
    check_walltime(plan, runs, settings.hardware, lambda name, run: next(row for row in plan if row.run == name))
    room = (settings.hardware.gpu_memory_gb or float("inf")) * 1024 * (1 - settings.hardware.memory_margin)
    needed = max(row.peak_memory_mb or 0.0 for row in plan)
    if needed > room:
        raise ValueError(f"small models need {needed / 1024:.1f} GiB of GPU memory; the plan may use {room / 1024:.1f}")
    return plan


def list_steps(study: Shared, arm: str) -> Iterator[tuple[str, int]]:
    """Steps of one seed by what is trained; an arm of equal compute has those that it is equal to."""
    settings, (kind, _, rest) = study.settings, arm.partition("-")
    if kind == "objective":
        yield from ((CAPTIONS, settings.pretraining_steps), (ENCODER_DECODER, settings.question_steps))
    elif kind == "addition":
        yield ENCODER_DECODER, settings.addition_steps
    elif kind == "cases":
        yield ENCODER_DECODER, study.steps_of(study.cases_of(float(rest)))
    else:
        times = settings.law_longer or 1 if kind == LONGER else 1
        yield PREFIX if arm == PREFIX else ENCODER_DECODER, times * settings.steps


def measure_step(part: Part, batch: int) -> dict[str, float]:
    """Operations of a step of a part's untrained model, its labels, and bytes of what it keeps in memory."""
    model = load(part.model, Precision("none", part.run.compute_dtype))
    part.prepare(model, part.run, part.model)
    # By address, as parameters are among what is saved for the backward pass, and count once.
    kept = {
        one.untyped_storage().data_ptr(): BYTES_TRAINED * one.numel() if one.requires_grad else one.nbytes
        for one in model.network.parameters()
    }

    def keep(values: torch.Tensor) -> torch.Tensor:
        kept.setdefault(values.untyped_storage().data_ptr(), values.untyped_storage().nbytes())
        return values

    examples = make_batch(part.training, range(micro_batch(part.run)))
    with saved_tensors_hooks(keep, lambda values: values):
        loss = part.training.sum_loss(model, examples)  # holds what was saved, so that no address is met twice
    del loss
    return {
        "flops": count_flops(part, batch),
        "labels": count_labels(examples) * int(part.run.gradient_accumulation_steps),
        "bytes": sum(kept.values()),
    }


def _plan_job(
    name: str, steps: Mapping[str, int], step: Mapping[str, Mapping[str, float]], study: Shared, settings: PlanSettings
) -> PlannedRun:
    flops, labels = (sum(number * step[of][what] for of, number in steps.items()) for what in ("flops", "labels"))
    overhead = OVERHEAD["cpu" if settings.hardware.gpu_memory_gb is None else "gpu"]
    memory = (max(step[of]["bytes"] for of in steps) + overhead) / MB
    row = PlannedRun(
        run=name, quantization="none", target_modules="all", rank=0, context=study.run.context,
        micro_batch=micro_batch(study.run),
        gradient_accumulation_steps=study.run.gradient_accumulation_steps, num_papers=study.num_cases,
        num_unique_tokens=0, num_replay_tokens=0, num_trained_tokens=int(labels), num_steps=sum(steps.values()),
        num_looks=0, training_flops=flops, validation_flops=0.0,
        peak_memory_mb=None if name.startswith(f"{ADAPTED}/") else memory,
    )  # fmt: skip
    return add_speed(row, study.run, [], settings)
