"""Checkpoints: which are whole, whose they are, and what is kept."""

import json
import shutil

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from facts import naming, tells
from further.digests import digest_sampled
from further.lock import hold_lock
from further.tokens.packing import pack_documents
from further.tokens.tokenizer import SpecialTokens
from further.training import checkpoints
from further.training.checkpoints import find_differences, forget_checkpoints, open_store, read_checkpoint
from further.training.optimizer import make_optimizer
from further.training.recipe import Recipe
from further.training.rows import TextRows
from further.training.state import State
from training.settings import RUN


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def lock(folder):
    with hold_lock(folder) as lock:
        yield lock


def write(store, step):
    store.write(step, {"weights": torch.full((100,), float(step))}, {"history": [step]})


def names(folder):
    return sorted(path.name.rsplit("-", 1)[0] for path in folder.glob("checkpoint-*"))


def test_only_the_last_two_are_kept(folder, lock):
    store = open_store(folder, {"rank": 4}, lock)
    for step in (8, 9, 10, 100):
        write(store, step)
    assert names(store.folder) == ["checkpoint-10", "checkpoint-100"]
    tensors, about = read_checkpoint(store.find_last())
    assert tensors["weights"].tolist() == [100.0] * 100 and about == {"history": [100]}


@pytest.mark.parametrize("fault", ["cut", "empty", "changed"])
def test_a_fault_is_seen_and_the_checkpoint_before_is_used(folder, lock, fault, caplog):
    store = open_store(folder, {"rank": 4}, lock)
    write(store, 1)
    write(store, 2)
    file = store.find_last()
    content = file.read_bytes()
    file.write_bytes({"cut": content[:-1], "empty": b"", "changed": content[:90] + b"\xff" + content[91:]}[fault])
    assert read_checkpoint(store.find_last())[1] == {"history": [1]}
    assert "checkpoint-2-" in caplog.text and names(store.folder) == ["checkpoint-1"]


def test_one_that_could_not_be_written_leaves_the_others_and_nothing_else(folder, lock, monkeypatch):
    store = open_store(folder, {"rank": 4}, lock)
    write(store, 1)
    before = sorted(folder.rglob("*"))

    def refuse(*_):
        raise OSError("no room")

    monkeypatch.setattr(checkpoints.os, "replace", refuse)
    message = r"step 2 could not be written to .*: it needs about 0\.00 MB, .* \(no room\); that of step 1"
    with pytest.raises(OSError, match=message):
        write(store, 2)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("optimizer", ["adamw_torch", "adamw_8bit"])
def test_weights_optimizer_history_and_seconds_come_back_to_the_bit(optimizer):
    """A matrix large enough for a state of 8 bits, a vector, and the next step from each."""

    def make():
        torch.manual_seed(0)
        network = torch.nn.Linear(64, 96)
        return network, make_optimizer(network, RUN | {"optimizer": optimizer, "weight_decay": 0.1})

    def step(network, optimizer):
        network(torch.ones(64)).square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()

    network, made = make()
    step(network, made)
    state = State()
    state.history, state.best = [{"step": 1, "num_tokens": 7}], {"weight": torch.ones(3)}
    state.seconds = {"seconds_train": 100.0, "seconds_total": 120.0}
    tensors, about = state.pack(dict(network.named_parameters()), made)
    other, other_made = make()
    back = State()
    back.seconds["seconds_total"] = 3.0  # that loading took
    back.unpack(tensors, json.loads(json.dumps(about)), dict(other.named_parameters()), other_made)
    assert (back.step, back.num_tokens, back.best["weight"].tolist()) == (1, 7, [1.0] * 3)
    assert back.seconds == {"seconds_train": 100.0, "seconds_total": 123.0}
    for each in ((network, made), (other, other_made)):
        step(*each)
    assert torch.equal(network.weight, other.weight) and torch.equal(network.bias, other.bias)


def test_the_newest_of_another_identity_is_kept_aside_and_found_again(folder, lock, caplog):
    for rank, step in ((4, 10), (8, 20), (16, 30)):
        write(open_store(folder, {"rank": rank}, lock), step)
    assert tells(caplog.text, "step 20", "not", "rank 8 → 16")
    assert open_store(folder, {"rank": 4}, lock).find_last() is None  # two edits ago
    back = open_store(folder, {"rank": 16}, lock)
    assert read_checkpoint(back.find_last())[1] == {"history": [30]}


def test_files_of_others_among_the_checkpoints_are_left_alone(folder, lock):
    store = open_store(folder, {"rank": 4}, lock)
    (store.folder / "checkpoint-best.safetensors").touch()  # as people call a copy
    for step in (1, 2, 3):
        write(store, step)
    assert names(store.folder) == ["checkpoint", "checkpoint-2", "checkpoint-3"]
    assert read_checkpoint(store.find_last())[1] == {"history": [3]}


def test_a_checkpoint_of_another_identity_is_not_used_wherever_it_lies(folder, lock, caplog):
    """Its tensors have the same names and shapes: a copy into this folder would go on from another seed's weights."""
    other = open_store(folder, {"seed": 0}, lock)
    write(other, 7)
    own = open_store(folder, {"seed": 1}, lock)
    shutil.copy(other.find_last(), own.folder)
    assert own.find_last() is None and "checkpoint-7-" in caplog.text
    assert names(other.folder) == ["checkpoint-7"]


@pytest.mark.parametrize("left", ["", "\0\0\0", "null"])
def test_records_left_empty_by_a_lost_power_supply_stop_nobody(folder, lock, caplog, left):
    for rank in (4, 8):
        store = open_store(folder, {"rank": rank}, lock)
        write(store, 1)
        for name in ("identity.json", "starts.json"):
            (store.folder / name).write_text(left)
    again = open_store(folder, {"rank": 4}, lock)
    assert again.starts == 1 and names(again.folder) == ["checkpoint-1"]
    assert "rank nothing → 4" in caplog.text


def test_a_run_that_has_ended_leaves_nothing(folder):
    with hold_lock(folder) as lock:
        for rank in (4, 8):
            write(open_store(folder, {"rank": rank}, lock), 1)
        forget_checkpoints(folder)
        assert len(list(folder.glob("*/checkpoint-1-*"))) == 2  # in use
    forget_checkpoints(folder)
    assert not folder.exists()


def describe(folder, training, validation):
    rows = [TextRows(pack_documents([ids], 8, SpecialTokens(bos=0, eos=1))) for ids in (training, validation)]
    return Recipe(folder, RUN, 1, *rows).digest_inputs()


def save_model(folder, value):
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"layers": 2}))
    save_file({"weight": np.full(2**21, value, np.float32)}, folder / "model.safetensors")  # 8 MiB


def test_data_and_base_model_are_part_of_the_identity(tmp_path):
    save_model(tmp_path / "base", 1.0)
    before = describe(tmp_path / "base", [5, 6, 7], [8, 9])
    shutil.copytree(tmp_path / "base", tmp_path / "copy")
    assert describe(tmp_path / "copy", [5, 6, 7], [8, 9]) == before

    def differing(*rows):
        found = find_differences(before, describe(tmp_path / "base", *rows))
        return [line.split(" ")[0] for line in found]

    assert differing([5, 6, 2], [8, 9]) == ["training_rows"]
    assert differing([5, 6, 7], [8, 9, 9]) == ["validation_rows"]
    save_model(tmp_path / "base", 1.5)  # trained anew: same shapes, same size
    assert differing([5, 6, 7], [8, 9]) == ["base_model.model.safetensors"]


@pytest.mark.parametrize("changed", ["embed", "q_proj", "mlp", "norm"])
def test_one_tensor_of_many_changes_the_identity(tmp_path, changed):
    """The first, middle and last MiB of the file are of three of them; nothing of the norm, 64 numbers, is there."""
    tensors = {"embed": 2**19, "q_proj": 2**19, "mlp": 2**20, "norm": 64}
    weights = {name: np.ones(size, np.float32) for name, size in tensors.items()}
    save_file(weights, tmp_path / "model.safetensors")
    before = digest_sampled(tmp_path / "model.safetensors")
    save_file(weights | {changed: 2 * weights[changed]}, tmp_path / "model.safetensors")
    assert digest_sampled(tmp_path / "model.safetensors") != before


def test_weights_that_were_not_fetched_are_said(tmp_path):
    (tmp_path / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ValueError, match=naming("model.safetensors", 43)):
        digest_sampled(tmp_path / "model.safetensors")


def test_differences_name_key_old_and_new():
    found = {"run": {"rank": 4, "seed": 0}, "versions": {"torch": "2.12"}, "gone": 1}
    wanted = {"run": {"rank": 8, "seed": 0}, "versions": {"torch": "2.13", "peft": "0.21"}}
    assert find_differences(found, wanted) == [
        "gone 1 → nothing",
        "run.rank 4 → 8",
        "versions.peft nothing → 0.21",
        "versions.torch 2.12 → 2.13",
    ]
