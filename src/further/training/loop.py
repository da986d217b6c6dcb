"""The training loop, to be read from top to bottom: what happens in a step, in the order in which it happens."""

import logging
from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import chain

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_

from further.models import Batch, Model
from further.settings import Run
from further.training.distributed import all_reduce, all_reduce_gradients, rank, world_size
from further.training.examples import Examples, count_labels, make_batch, mean_loss, move
from further.training.failures import check_validation, find_fault, not_finite
from further.training.graphs import Graphs
from further.training.optimizer import make_optimizer, rate_fraction, update
from further.training.recipe import Recipe
from further.training.session import Session
from further.training.sharding import is_sharded
from further.training.state import State, Weights, copy_weights, find_trained, put_weights
from further.training.stopping import find_best, is_due, is_over

log = logging.getLogger(__name__)

Rows = Sequence[int]  # numbers of examples


def train(model: Model, recipe: Recipe, session: Session) -> None:
    """Train whatever requires a gradient in a model, from the last checkpoint on if there is one.

    Raises:
        FloatingPointError: If a loss, a gradient, or a trained weight is not finite.
        OSError: If a checkpoint could not be written.
        SystemExit: If the run was stopped, having saved.
    """
    run, examples, state, progress = recipe.run, recipe.training, session.state, session.progress
    trained, sharded = find_trained(model.network), is_sharded(model.network)
    optimizer = make_optimizer(model.network, run)
    graphs = Graphs(partial(examples.sum_loss, model), trained.values()) if "graphs" in session.kernels else None
    session.resume(trained, optimizer)
    model.network.train()
    read = partial(read_step, model, recipe, sharded=sharded)
    batches = read(state.step)

    while state.step < recipe.num_steps and not is_over(state.history, run.patience):
        # 1. Dropout that a resumed run repeats, and that differs between processes.
        progress.enter("training")
        seed_step(run.seed, state.step)

        # 2. Forward and backward, on this process's part. The loss is a mean over all labels of the step. Micro-batches
        # and processes differ in labels (the last row of a packed epoch is short), so a mean of means would be wrong.
        [num_labels] = all_reduce([sum(map(count_labels, batches))])
        loss = add_gradients(model, examples, batches, num_labels, graphs)
        all_reduce_gradients(trained.values())

        # 3. The update, at the learning rate of this step. Recorded graphs add to gradients that stay where they are.
        # The next batches are read before it: a paged optimizer waits for the GPU, which would then wait for them.
        norm = clip_grad_norm_(trained.values(), run.max_grad_norm)
        batches = read(state.step + 1)
        rate = run.learning_rate * rate_fraction(state.step, recipe.num_steps, run.warmup_ratio)
        update(optimizer, rate)
        optimizer.zero_grad() if graphs is None else graphs.zero()

        # 4. The record of it. Reading the loss waits for the GPU.
        [loss_nats] = all_reduce([float(loss)])
        step = state.add_step(int(num_labels), loss_nats, rate)

        # 5. Nothing that is not finite is kept; nothing at all by a job that another has superseded.
        save, reason = session.decide(is_last=step == recipe.num_steps)
        if fault := find_fault(loss_nats, float(norm), trained.values() if save else ()):
            raise not_finite(fault, step, rate, examples.name(list(chain(*plan_step(recipe, step - 1)))))
        progress.step(step, recipe.num_steps, state.num_tokens, loss_nats)

        # 6. Validation, before a checkpoint of this step is written, which the run may go on from.
        if is_due(step, recipe.steps_per_epoch, run.validations_per_epoch):
            progress.enter("validating")
            validate(model, recipe, state)
        session.report(state.history[-1])

        # 7. A checkpoint, where one is due or the job has to stop.
        state.count_seconds(training=True)
        if save:
            session.save(trained, optimizer)
        if reason is not None:
            session.stop_at(f"step {step} of {recipe.num_steps}", reason)

    keep_best(trained, state)


def keep_best(trained: Weights, state: State) -> None:
    """Put back the weights of the lowest validation loss, where a run that may stop early kept them."""
    if state.best:
        log.info("keeping the weights of step %d, the lowest validation loss", find_best(state.history))
        put_weights(trained, state.best)


def validate(model: Model, recipe: Recipe, state: State) -> None:
    """Note the validation loss of the last step, and with early stopping the weights if it is the lowest so far."""
    last, loss = state.history[-1], mean_loss(model, recipe.validation, recipe.micro_batch)
    last["validation_loss_nats"] = loss
    check_validation(loss, last["step"])
    if recipe.run.patience is not None and find_best(state.history) == last["step"]:
        state.best = copy_weights(find_trained(model.network))


def add_gradients(
    model: Model, examples: Examples, batches: Sequence[Batch], num_labels: float, graphs: Graphs | None = None
) -> torch.Tensor:
    """Add the gradients of some batches to what is there.

    Args:
        batches: On the processor, prepared for the model; none if no row of the step is this process's.
        num_labels: That the summed loss is divided by: those of the whole step.

    Returns:
        The loss, a scalar on the model's device.
    """
    total = torch.zeros((), device=model.device)  # summed there: reading each loss would wait for the GPU
    scale = torch.tensor(1 / num_labels)
    for batch in batches:
        moved = move(batch, model.device)
        if graphs is not None:
            total += graphs(moved | move({"scale": scale}, model.device), record="length" not in batch)
            continue
        loss = examples.sum_loss(model, moved) / num_labels
        loss.backward()
        total += loss.detach()
    return total


def read_step(model: Model, recipe: Recipe, step: int, *, sharded: bool) -> list[Batch]:
    """This process's batches of a step, counted from 0, on the processor; none after the last step."""
    if step >= recipe.num_steps:
        return []
    shares = own_share(plan_step(recipe, step), recipe.run, sharded)
    return [model.prepare(make_batch(recipe.training, rows)) for rows in shares]


def plan_step(recipe: Recipe, step: int) -> list[Rows]:
    """Numbers of the examples of a step, by micro-batch; an epoch's last step has what is left."""
    size, micro_batch = len(recipe.training), recipe.micro_batch
    epoch, place = divmod(step, recipe.steps_per_epoch)
    batch = micro_batch * recipe.run.gradient_accumulation_steps
    rows = shuffle_epoch(size, recipe.run.seed, epoch)[place * batch : (place + 1) * batch]
    return [rows[start : start + micro_batch] for start in range(0, len(rows), micro_batch)]


@lru_cache(maxsize=1)
def shuffle_epoch(num_examples: int, seed: int, epoch: int) -> Rows:
    """The order of the examples in an epoch."""
    order: list[int] = torch.randperm(num_examples, generator=torch.Generator().manual_seed(seed + epoch)).tolist()
    return order


def seed_step(seed: int, step: int) -> None:
    """Seed what is drawn in a step by run, step and process: a checkpoint needs no generators, a process no other's."""
    words = np.random.SeedSequence([seed, step, rank()]).generate_state(2)
    # 63 bits: torch takes a signed number. It seeds the GPU as well.
    torch.manual_seed(int(words[0]) << 31 | int(words[1]) >> 1)


def own_share(micro_batches: Sequence[Rows], run: Run, sharded: bool) -> list[Rows]:
    """This process's part of a step: whole micro-batches where they can be dealt out, else every n-th row of each.

    Args:
        micro_batches: Of the step; all processes have the same.
        sharded: Whether all processes must go through the model equally often: a pass without rows makes up for it.
    """
    if run.gradient_accumulation_steps % world_size() == 0:
        share, passes = list(micro_batches[rank() :: world_size()]), -(-len(micro_batches) // world_size())
    else:
        share, passes = [rows[rank() :: world_size()] for rows in micro_batches], len(micro_batches)
    share = [rows for rows in share if rows]
    return share + [[]] * (passes - len(share)) if sharded else share
