"""One run: a model is loaded, made trainable, trained and saved, with what was measured on the way."""

import random
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError

from further.io import share_files, write_table
from further.models import Model, Precision, load
from further.positions import check_length
from further.records.training import RunMetrics, Timing
from further.training.adapters import Save, count_parameters
from further.training.checkpoints import forget_checkpoints, no_room
from further.training.distributed import check_equal, rank
from further.training.examples import mean_loss
from further.training.failures import check_validation, explain_memory
from further.training.hardware import describe_hardware, peak_memory_mb, used_memory_mb
from further.training.kernels import same_bits, speed_up
from further.training.loop import train
from further.training.recipe import Outcome, Recipe, Task
from further.training.session import Session, open_session
from further.training.sharding import shard_blocks
from further.training.state import HISTORY, find_trained


def train_run(recipe: Recipe, task: Task) -> Outcome:
    """Train and save as safetensors; continue from the run's own last checkpoint if there is one.

    Raises:
        SystemExit: If another job trains this run, or if this one was stopped, having saved: run again to continue.
        FloatingPointError: If a loss, a gradient, or a trained weight is not finite.
        MemoryError: If memory does not suffice.
        OSError: If a checkpoint, or what was trained, could not be written.
        ValueError: If packed documents of this model would see each other, or the context is beyond its positions.
    """
    identity = task.identity | {"inputs": recipe.digest_inputs()} if rank() == 0 else {}
    if task.world_size > 1:  # which add in another order than one does
        identity |= {"world_size": task.world_size}
    with (
        open_session(task, identity) as session,
        explain_memory(recipe.run, recipe.micro_batch, lambda: session.progress.doing),
        same_bits(recipe.run),
    ):
        return _train_in(session, recipe, task)


def end_run(task: Task, outcome: Outcome, metrics: RunMetrics, outputs: Mapping[str, Path]) -> None:
    """Write what a run leaves beside its adapter, then forget its checkpoints."""
    write_table(outputs["history"], outcome.history, HISTORY)
    metrics.save(outputs["metrics"])
    outcome.timing.save(outputs["timing"])
    share_files(task.adapter)
    # Last: a job that is killed before here goes on from them.
    forget_checkpoints(task.checkpoints)


def _train_in(session: Session, recipe: Recipe, task: Task) -> Outcome:
    """In this order: load, check, prepare, train, keep the best, measure, save."""
    torch.set_num_threads(max(1, task.threads // task.world_size))
    _seed(recipe.run.seed)  # before the adapter's random start
    memory = {"memory_before_mb": round(used_memory_mb(), 1)}
    model = _load(recipe)
    memory["memory_loaded_mb"] = round(used_memory_mb(), 1)
    save = recipe.prepare(model, recipe.run, recipe.model_folder)
    parameters = count_parameters(model.network)
    if task.sharded:
        shard_blocks(model)
    session.kernels = speed_up(model, recipe.run)
    if recipe.run.compile:
        model.compile()
    train(model, recipe, session)  # ends with the best weights, where early stopping keeps them
    check_equal(find_trained(model.network).values())
    session.progress.enter("validating")
    validation_loss = mean_loss(model, recipe.validation, recipe.micro_batch)
    check_validation(validation_loss, session.state.step)
    if rank() == 0:
        session.progress.enter("saving")
        _save(model, save, task.adapter)
    state = session.state
    return Outcome(
        parameters=parameters,
        packing_efficiency=recipe.training.efficiency,
        num_steps=state.step,
        stopped_early=state.step < recipe.num_steps,
        num_trained_tokens=state.num_tokens,
        final_train_loss_nats=state.history[-1]["loss_nats"],
        validation_loss_nats=validation_loss,
        history=state.history,
        timing=_timing(session, task, memory),
    )


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _load(recipe: Recipe) -> Model:
    """The frozen base, once it is known to fit the settings."""
    run = recipe.run
    model = load(recipe.model_folder, Precision(run.quantization, run.compute_dtype, run.attention))
    check_length(model.config, "training.context", run.context)
    if run.packing:
        model.check_packing()
    return model


def _save(model: Model, save: Save, folder: Path) -> None:
    try:
        save(folder)
    except (OSError, SafetensorError) as error:
        folder.mkdir(parents=True, exist_ok=True)  # whose disk is asked how much room it has
        rest = "training goes on from the last checkpoint"
        raise no_room("what was trained", folder, find_trained(model.network), error, rest) from error


def _timing(session: Session, task: Task, memory: dict[str, float]) -> Timing:
    """Times and memory: apart from the metrics, which two runs with one seed have in common.

    Seconds are those of all starts that led here, so that tokens per second stay right over interruptions.
    """
    session.state.count_seconds(training=False)
    seconds = session.state.seconds
    return Timing(
        **{name: round(value, 3) for name, value in seconds.items()},
        **memory,
        starts=session.store.starts,
        tokens_per_second=round(session.state.num_tokens / seconds["seconds_train"], 1),
        peak_memory_mb=round(peak_memory_mb(), 1),
        devices=task.world_size if torch.cuda.is_available() else 1,  # that an hour is paid for: GPUs, or a job's cores
        kernels=tuple(session.kernels),
        hardware=describe_hardware(task.threads),
    )
