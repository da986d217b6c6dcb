"""One run: an adapter trained on packed rows, with what was measured on the way."""

import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerState, TrainingArguments, set_seed

from further.hardware import describe_hardware
from further.models import check_isolation, load_base
from further.positions import check_length
from further.settings import Run
from further.training import group
from further.training.adapters import ParameterCount, add_adapter, count_parameters
from further.training.dropout import SeedEachStep
from further.training.failures import StopAtNoNumber, check_validation, explain_memory
from further.training.history import History
from further.training.identity import describe_inputs
from further.training.initialize import adapter_start, save_adapter
from further.training.memory import peak_memory_mb, used_memory_mb
from further.training.session import Session, open_session
from further.training.sharding import shard_blocks
from further.training.stopping import EarlyStopping
from further.training.trainer import PackedTrainer, RowDataset, Rows, mean_loss, stack_rows
from further.training.walltime import Walltime

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """What a run is made of: all that shapes its result.

    Attributes:
        model_folder: The base model.
        run: The run's settings.
        micro_batch: Rows per forward pass of one process alone.
        training: Packed rows of the run's papers.
        validation: Packed rows of the validation papers.
    """

    model_folder: Path
    run: Run
    micro_batch: int
    training: Rows
    validation: Rows


@dataclass(frozen=True)
class Task:
    """How a run is carried out; none of it shapes the result.

    Attributes:
        name: The run's name.
        adapter: Folder to save the adapter in.
        checkpoints: Where checkpoints are kept until the run has ended.
        checkpoint_minutes: Time between checkpoints; 0: one after every step.
        identity: Settings, versions and code that a checkpoint depends on, beside data and base model; one made with
            another is not used.
        threads: Of the processor.
        documents: Names of the training documents in the order in which they were packed, to name a bad batch.
        walltime: When the job will be killed, None where nothing kills it.
        processes: That train it together, one per GPU; `further.training.launch` starts them where there are several.
        sharded: Whether each keeps its part of the base's frozen weights only.
    """

    name: str
    adapter: Path
    checkpoints: Path
    checkpoint_minutes: float
    identity: dict[str, Any]
    threads: int
    documents: tuple[str, ...] = ()
    walltime: Walltime | None = None
    processes: int = 1
    sharded: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a run leaves: numbers that depend on the seed alone, its history, and the times it took."""

    parameters: ParameterCount
    packing_efficiency: float
    num_steps: int
    stopped_early: bool
    num_trained_tokens: int
    final_train_loss_nats: float
    validation_loss_nats: float
    history: list[dict[str, Any]]
    timing: dict[str, Any]


def train_run(recipe: Recipe, task: Task) -> Outcome:
    """Train an adapter and save it as safetensors; continue from the run's own last checkpoint if there is one.

    Raises:
        SystemExit: If another job trains this run, or if this one was stopped, having saved: run again to continue.
        FloatingPointError: If a loss, a gradient, or a trained weight is no number.
        MemoryError: If memory does not suffice.
        OSError: If a checkpoint could not be written.
        ValueError: If packed documents of this model would see each other, or the context is beyond its positions.
    """
    inputs = (recipe.model_folder, recipe.training, recipe.validation)
    identity = task.identity | {"inputs": describe_inputs(*inputs)} if group.is_first() else {}
    if task.processes > 1:  # which add in another order than one does
        identity |= {"processes": task.processes}
    with open_session(task.name, task.checkpoints, identity, task.checkpoint_minutes, task.walltime) as session:
        return _train_in(session, recipe, task)


def _train_in(session: Session, recipe: Recipe, task: Task) -> Outcome:
    run = recipe.run
    torch.set_num_threads(max(1, task.threads // task.processes))
    set_seed(run.seed)  # before the adapter's random initialization
    memory = {"memory_before_mb": round(used_memory_mb(), 1)}
    base = load_base(recipe.model_folder, run.quantization, run.compute_dtype, run.attention)
    memory["memory_loaded_mb"] = round(used_memory_mb(), 1)
    check_length(base.config.to_dict(), "training.context", run.context)
    if run.packing:
        check_isolation(base)
    model = add_adapter(base, run, recipe.model_folder)
    start, parameters = adapter_start(model, run), count_parameters(model)
    if task.sharded:
        shard_blocks(model)
    if run.compile:
        model.get_base_model().base_model.compile()  # what the loss calls, and Trainer's own wrapper does not
    rows, held_out = (RowDataset(packed, whole=task.sharded) for packed in (recipe.training, recipe.validation))
    history = History(task.name, rows, held_out, recipe.micro_batch, run.validations_per_epoch)
    stopping = EarlyStopping(run.patience, session.store.folder / "best")
    trainer = PackedTrainer(
        model=model,
        args=_arguments(run, recipe.micro_batch, session.store.folder, len(history.dataset)),
        train_dataset=history.dataset,
        data_collator=stack_rows,
        callbacks=[*session.callbacks, history, stopping, SeedEachStep(run.seed)],
        store=session.store,
    )
    trainer.add_callback(StopAtNoNumber(trainer, recipe.training.documents_RT, task.documents))
    with explain_memory(trainer, run, recipe.micro_batch):
        _train(trainer, session)
    group.check_alike(model)
    stopping.restore(model, trainer.state)
    validation_loss = mean_loss(model, held_out, recipe.micro_batch)
    check_validation(validation_loss, trainer.state.global_step)
    if group.is_first():
        save_adapter(model, task.adapter, run, start)
        (task.adapter / "README.md").unlink(missing_ok=True)  # peft's empty form; the report stage writes the card
    timing = _timing(session, history.num_tokens(trainer.state), task) | memory
    return _outcome(trainer.state, parameters, history, validation_loss, timing)


def _train(trainer: PackedTrainer, session: Session) -> None:
    """Train to the end."""
    checkpoint = group.from_first(session.store.find_last() if group.is_first() else None)
    log.info("%s", f"resuming from {checkpoint}" if checkpoint else "starting from the base model")
    session.clock.start_training()
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    session.clock.end_training()


def _arguments(run: Run, micro_batch: int, checkpoints: Path, num_rows: int) -> TrainingArguments:
    """Trainer's arguments; the schedule is matched to the run's own number of steps."""
    steps = run.epochs * math.ceil(num_rows / (micro_batch * run.gradient_accumulation_steps))
    arguments = TrainingArguments(
        output_dir=str(checkpoints),
        per_device_train_batch_size=micro_batch,
        gradient_accumulation_steps=run.gradient_accumulation_steps,
        num_train_epochs=run.epochs,
        learning_rate=run.learning_rate,
        warmup_steps=math.ceil(run.warmup_ratio * steps),
        weight_decay=run.weight_decay,
        max_grad_norm=run.max_grad_norm,
        optim=run.optimizer,
        gradient_checkpointing=run.gradient_checkpointing,
        seed=run.seed,
        data_seed=run.seed,
        use_cpu=not torch.cuda.is_available(),
        save_strategy="no",  # TimedCheckpoints asks for them
        save_total_limit=2,
        logging_nan_inf_filter=False,  # the default turns a loss that is no number into 0 in the log
        logging_steps=1,
        report_to=[],
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=torch.cuda.is_available(),
    )
    # A process has one GPU, whatever it sees: of more, Trainer would make one larger batch or its DataParallel.
    arguments._n_gpu = min(1, arguments.n_gpu)
    return arguments


def _outcome(
    state: TrainerState, parameters: ParameterCount, history: History, validation_loss: float, timing: dict[str, Any]
) -> Outcome:
    table = history.table(state)
    return Outcome(
        parameters=parameters,
        packing_efficiency=history.dataset.efficiency,
        num_steps=state.global_step,
        stopped_early=state.global_step < state.max_steps,
        num_trained_tokens=history.num_tokens(state),
        final_train_loss_nats=table[-1]["loss_nats"],
        validation_loss_nats=validation_loss,
        history=table,
        timing=timing,
    )


def _timing(session: Session, num_tokens: int, task: Task) -> dict[str, Any]:
    """Times and memory: apart from the metrics, which two runs with one seed have in common.

    Seconds are those of all starts that led here, so that tokens per second stay right over interruptions.
    """
    spent = session.clock.spent()
    return {
        **{name: round(seconds, 3) for name, seconds in spent.items()},
        "starts": session.store.starts,
        "tokens_per_second": round(num_tokens / spent["seconds_train"], 1),
        "peak_memory_mb": round(peak_memory_mb(), 1),
        "devices": task.processes
        if torch.cuda.is_available()
        else 1,  # that an hour is paid for: GPUs, or a job's cores
        "hardware": describe_hardware(task.threads),
    }
