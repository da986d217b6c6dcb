"""A run that meets a number that is none, or no memory, says where and with what."""

import re
import resource
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.optim.optimizer import register_optimizer_step_post_hook

from facts import naming
from further.io import read_json, write_json
from further.memory import is_out_of_memory
from further.training.adapters import train_adapter
from further.training.recipe import Recipe, Task
from further.training.rows import TextRows
from further.training.run import train_run
from training.drive import RUN, SIZES, Case, pack

POISON = 299  # the token whose embedding is poisoned


@pytest.fixture
def poisoned_model(model_folder, tmp_path):
    """The base with an infinite embedding of one token; its head has weights of its own."""
    folder = tmp_path / "poisoned"
    shutil.copytree(model_folder, folder)
    weights = load_file(folder / "model.safetensors")
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"].clone()
    weights["model.embed_tokens.weight"][POISON] = torch.inf
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    config = read_json(folder / "config.json")
    write_json(folder / "config.json", config | {"tie_word_embeddings": False})
    return folder


def train(case, rows, micro_batch=1, prepare=train_adapter, **settings):
    """One step per row: every batch is one row."""
    run = RUN.model_copy(update=settings)
    task = Task("run", case.folder / "adapter", case.store, 0.0, {"run": run.model_dump()}, 1)
    examples = TextRows(rows, SIZES)
    train_run(Recipe(case.model_folder, run, micro_batch, examples, examples, prepare), task)


@pytest.mark.parametrize(
    ("paper", "batch"),
    [
        ("ahmed", "ahmed, berg"),  # 31 inputs, so that its row of 32 ends with berg's first
        ("costa", "berg, costa, diaz"),  # inputs 107 to 118, in the row from 96 to 127
    ],
)
def test_a_loss_that_is_no_number_names_step_rate_and_the_papers_of_the_batch(tmp_path, poisoned_model, paper, batch):
    case = Case(tmp_path / "run", poisoned_model, poisoned=paper)
    with pytest.raises(FloatingPointError) as stopped:
        train(case, pack(case), seed=1)
    found = re.match(
        r"loss is nan at step (\d+), learning rate (\S+), in the batch of (.*)\. Nothing", str(stopped.value)
    )
    step = int(found[1])
    # the rate rises over the first 0.2 of 39 steps, rounded up, and is at its peak in the next
    assert float(found[2]) == pytest.approx(1e-3 * step / 9, rel=1e-2) and 1 < step <= 9
    assert found[3] == batch
    assert case.steps_saved() == list(range(1, step))[-2:]  # nothing after the bad step
    assert not (case.folder / "adapter").exists() and not (case.store / "lock").exists()
    doing = read_json(case.store / "progress.json")
    assert (doing["state"], doing["step"], doing["message"]) == ("failed", step - 1, str(stopped.value))


def test_a_gradient_that_is_no_number_stops_the_run_although_the_loss_is_one(tmp_path, model_folder):
    def prepare(model, *arguments):
        save = train_adapter(model, *arguments)
        first = next(values for values in model.network.parameters() if values.requires_grad)
        first.register_hook(lambda gradient: gradient * torch.inf)
        return save

    case = Case(tmp_path / "run", model_folder)
    with pytest.raises(FloatingPointError, match=r"\bgradient norm\b.*\bstep 1\b"):
        train(case, pack(case), prepare=prepare)
    assert case.steps_saved() == []


BLOWN_UP = {"learning_rate": 1e30, "warmup_ratio": 0.0, "max_grad_norm": 1e30}  # by one update


def test_a_validation_loss_that_is_no_number_stops_the_run_before_its_adapter_is_saved(tmp_path, model_folder):
    """The last update is followed by no training loss that would tell."""
    case = Case(tmp_path / "run", model_folder)
    with pytest.raises(FloatingPointError, match=r"\bvalidation loss\b.*\b(nan|inf)\b.*\bstep 1\b"):
        train(case, pack(case), micro_batch=16, epochs=1, **BLOWN_UP)
    assert not (case.folder / "adapter").exists() and case.steps_saved() == []


def test_weights_that_are_no_numbers_are_not_saved(tmp_path, model_folder):
    case, steps = Case(tmp_path / "run", model_folder), 0

    def spoil(optimizer, *_):
        nonlocal steps
        steps += 1
        if steps == 3:
            optimizer.param_groups[0]["params"][-1].data[0, 0] = torch.inf

    hook = register_optimizer_step_post_hook(spoil)
    try:
        with pytest.raises(FloatingPointError, match=r"\bweight\b.*\(loss [\d.]+\).*\bstep 3\b"):
            train(case, pack(case))
    finally:
        hook.remove()
    assert case.steps_saved() == [1, 2] and not (case.folder / "adapter").exists()


@pytest.mark.parametrize("where", ["loading", "training", "validating"])
def test_memory_that_ends_anywhere_is_explained(tmp_path, model_folder, where):
    def end(*_):
        torch.empty(2**50)

    def prepare(model, *arguments):
        save = train_adapter(model, *arguments)
        if where == "loading":
            end()
        model.base.model.register_forward_pre_hook(
            lambda module, _: end() if module.training == (where == "training") else None
        )
        return save

    case = Case(tmp_path / "run", model_folder)
    with pytest.raises(MemoryError, match=rf"\b{where}\b.*\bstep \d+\b.*\b16\b.*\b32\b"):
        train(case, pack(case), 16, prepare=prepare)


def test_no_room_for_what_was_trained_is_explained(train, tmp_path):
    class Filling(TextRows):
        def sum_loss(self, model, batch):
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))  # bytes of any file, from the first step on
            return TextRows.sum_loss(model, batch)

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with pytest.raises(OSError, match=naming(tmp_path / "run/adapter", "MB", "MB", "checkpoint")):
            train(kind=Filling)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert train()[1].num_steps > 0  # into what the other left


def test_torchs_own_words_for_no_memory_are_understood():
    with pytest.raises(RuntimeError) as refused:
        torch.empty(2**50)
    assert is_out_of_memory(refused.value)
