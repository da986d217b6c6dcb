"""One run of an arm: what it starts from, what it trains on and for how long; trained, scored and described."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from further.batch import micro_batch
from further.io import write_atomically
from further.models import Model, Precision, load
from further.records.onemodel import SeedRecord
from further.settings import Run
from further.training.adapters import Save, count_parameters, train_adapter
from further.training.answers import AnswerRows, Shown
from further.training.examples import Examples, make_batch, move
from further.training.failures import explain_memory
from further.training.launch import start_run
from further.training.recipe import Outcome, Prepare, Recipe, Task
from further.training.state import find_trained, put_weights
from further.vision.prompts import Line, make_prompter
from further.vision.rows import ask, make_row

TRAINED = "trained.safetensors"
PROBES = 4  # batches whose operations are counted: their rows are of unequal length
UNUSED = "predict."  # parts of a network that only masked pre-training has a gradient for


@dataclass(frozen=True)
class Part:
    """One training of an arm.

    Attributes:
        name: Of the part, for its checkpoints.
        model: Folder that it starts from.
        training: Examples; all of them are one epoch.
        prepare: What of the model is trained.
    """

    name: str
    model: Path
    run: Run
    training: Examples
    validation: Examples
    prepare: Prepare


@dataclass(frozen=True)
class Trained:
    """What a part left: its outcome, what it computed, and the model."""

    outcome: Outcome
    flops: float
    model: Model
    stored_bytes: int


def train_part(part: Part, folder: Path, task: Task, batch: int) -> Trained:
    """Train a part, or go on from its checkpoint, and load what came of it.

    Args:
        folder: To save the trained tensors in.
        task: Of the job; checkpoints are the part's own.
        batch: Examples a step.
    """
    recipe = Recipe(part.model, part.run, micro_batch(part.run), part.training, part.validation, part.prepare)
    own = replace(task, name=f"{task.name} {part.name}", adapter=folder, checkpoints=task.checkpoints / part.name)
    outcome = start_run(recipe, own)
    # Loaded anew: on several GPUs the training ran in processes of its own.
    model = load(part.model, Precision(part.run.quantization, part.run.compute_dtype, part.run.attention))
    part.prepare(model, part.run, part.model)
    put_weights(find_trained(model.network), load_file(folder / TRAINED))
    model.network.eval()
    flops = outcome.num_steps * count_flops(part, batch)
    return Trained(outcome, flops, model, (folder / TRAINED).stat().st_size)


def count_flops(part: Part, batch: int) -> float:
    """Floating-point operations of a step, forward and backward, by torch's own counter on a few batches.

    The optimizer is not counted.
    """
    # The counter does not know bitsandbytes' products.
    run = part.run | {"quantization": "none", "gradient_checkpointing": False}
    model = load(part.model, Precision("none", run.compute_dtype, "eager"))
    part.prepare(model, run, part.model)
    size = len(part.training)
    # On a CPU torch's fused attention is not among what is counted; as plain products it is.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        for probe in range(PROBES):
            numbers = [(probe * batch + one) % size for one in range(batch)]
            with explain_memory(run, batch, f"counting the operations of {part.name}"):
                part.training.sum_loss(model, move(make_batch(part.training, numbers), model.device)).backward()
    return float(counter.get_total_flops()) / PROBES


def train_weights(model: Model, run: Run, folder: Path, *, only: Sequence[str] = ("",), predict: bool = False) -> Save:
    """Train the weights of a small model (`further.training.recipe.Prepare`).

    Args:
        only: Beginnings of the names of what is trained.
        predict: Whether what predicts hidden pieces is trained too.
    """
    for name, parameter in model.network.named_parameters():
        parameter.requires_grad_(name.startswith(tuple(only)) and (predict or not name.startswith(UNUSED)))
    return partial(save_trained, model)


def train_lora(model: Model, run: Run, folder: Path, *, also: Sequence[str] = ()) -> Save:
    """Train LoRA adapters, and weights whose names begin in some way (`further.training.recipe.Prepare`)."""
    train_adapter(model, run, folder)
    for name, parameter in model.base.named_parameters():
        if name.startswith(tuple(also)):
            parameter.requires_grad_(True)
    return partial(save_trained, model)


def save_trained(model: Model, folder: Path) -> None:
    """Write the trained tensors alone: what has to be kept of a run beside what it started from."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: values.detach().cpu().contiguous() for name, values in find_trained(model.network).items()}
    write_atomically(folder / TRAINED, lambda temporary: save_file(tensors, temporary))


def keep_model(trained: Trained, start: Path, folder: Path) -> Path:
    """Write a trained small model as a folder of its own, with what stood beside the one that it started from."""
    shutil.copytree(start, folder, dirs_exist_ok=True)
    trained.model.base.save_pretrained(folder)
    return folder


def make_rows(lines: Sequence[Line], folder: Path, images: Shown, context: int) -> AnswerRows:
    """Questions as examples of a model's own prompts, each a row of its own.

    Raises:
        ValueError: If one is longer than the context.
    """
    prompter = make_prompter(folder)
    return AnswerRows([make_row([[ask(line, prompter, context)]]) for line in lines], images)


def describe(trained: Sequence[Trained], run: Run, num_cases: int, seed: int) -> SeedRecord:
    """What the parts of a run came to: counts of the last, compute and seconds of all."""
    last = trained[-1]
    count = count_parameters(last.model.network)
    unused = sum(values.numel() for name, values in last.model.base.named_parameters() if name.startswith(UNUSED))
    return SeedRecord(
        seed=seed,
        learning_rate=run.learning_rate,
        num_cases=num_cases,
        num_parameters=count.total - unused,
        num_trained_parameters=count.trainable,
        num_steps=sum(one.outcome.num_steps for one in trained),
        flops=sum(one.flops for one in trained),
        seconds=sum(one.outcome.timing.seconds_train for one in trained),
        stored_bytes=last.stored_bytes,
        validation_loss_nats=last.outcome.validation_loss_nats,
        hardware=last.outcome.timing.hardware.gpu or last.outcome.timing.hardware.cpu,
        devices=last.outcome.timing.devices,
    )
