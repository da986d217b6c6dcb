"""Checkpoints: which are whole, whose they are, and what is kept."""

import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import save_file

from further.digests import digest_sampled
from further.lock import hold_lock
from further.tokens.packing import pack_documents
from further.tokens.tokenizer import SpecialTokens
from further.training.checkpoints import find_fault, forget_checkpoints, open_store
from further.training.identity import describe_inputs, find_differences
from further.training.recipe import Recipe
from further.training.rows import TextRows
from training.settings import RUN


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def lock(folder):
    with hold_lock(folder) as lock:
        yield lock


def write(store, step):
    with store.writing(step, 100) as part:
        for name in ("weights", "state"):
            (part / name).write_bytes(bytes([step]) * 100)


def names(folder):
    return sorted(path.name for path in folder.glob("checkpoint-*"))


def test_only_the_last_two_are_kept(folder, lock):
    store = open_store(folder, {"rank": 4}, lock)
    for step in (8, 9, 10, 100):
        write(store, step)
    assert names(store.folder) == ["checkpoint-10", "checkpoint-100"]
    assert store.find_last() == store.folder / "checkpoint-100"


@pytest.mark.parametrize("name", ["weights", "state", "manifest.json"])
@pytest.mark.parametrize("fault", ["missing", "cut", "empty", "changed"])
def test_a_fault_in_any_file_is_seen_and_the_checkpoint_before_is_used(folder, lock, name, fault):
    store = open_store(folder, {"rank": 4}, lock)
    write(store, 1)
    write(store, 2)
    file = store.folder / "checkpoint-2" / name
    content = file.read_bytes()
    changed = {"cut": content[:-1], "empty": b"", "changed": content[:50] + b"\xff" + content[51:]}
    file.unlink() if fault == "missing" else file.write_bytes(changed[fault])
    if fault == "cut" and name == "manifest.json":  # its last byte ends the line
        file.write_bytes(content[:-3])
    assert name in find_fault(store.folder / "checkpoint-2")
    assert store.find_last() == store.folder / "checkpoint-1"
    assert names(store.folder) == ["checkpoint-1"]


def test_one_that_could_not_be_written_leaves_the_others_and_nothing_else(folder, lock):
    store = open_store(folder, {"rank": 4}, lock)
    write(store, 1)
    before = sorted(folder.rglob("*"))
    with (
        pytest.raises(OSError, match=r"step 2 could not be written to .*: it needs about .* \(no room\); checkpoint-1"),
        store.writing(2, 100) as part,
    ):
        (part / "weights").touch()
        raise OSError("no room")
    assert sorted(folder.rglob("*")) == before


def test_the_newest_of_another_identity_is_kept_aside_and_found_again(folder, lock, caplog):
    for rank, step in ((4, 10), (8, 20), (16, 30)):
        write(open_store(folder, {"rank": rank}, lock), step)
    assert "up to checkpoint-20, is not used" in caplog.text and "rank 8 → 16" in caplog.text
    assert open_store(folder, {"rank": 4}, lock).find_last() is None  # two edits ago
    back = open_store(folder, {"rank": 16}, lock)
    assert back.find_last() == back.folder / "checkpoint-30"


def test_records_left_empty_by_a_lost_power_supply_stop_nobody(folder, lock, caplog):
    for rank in (4, 8):
        store = open_store(folder, {"rank": rank}, lock)
        write(store, 1)
        for name in ("identity.json", "starts.json"):
            (store.folder / name).write_text("")
    again = open_store(folder, {"rank": 4}, lock)
    assert again.starts == 1 and again.find_last() == again.folder / "checkpoint-1"
    assert "rank nothing → 4" in caplog.text


def test_a_run_that_has_ended_leaves_nothing(folder):
    with hold_lock(folder) as lock:
        for rank in (4, 8):
            write(open_store(folder, {"rank": rank}, lock), 1)
        forget_checkpoints(folder)
        assert len(list(folder.glob("*/checkpoint-1"))) == 2  # in use
    forget_checkpoints(folder)
    assert not folder.exists()


def describe(folder, training, validation):
    rows = [TextRows(pack_documents([ids], 8, SpecialTokens(bos=0, eos=1))) for ids in (training, validation)]
    return describe_inputs(Recipe(folder, RUN, 1, *rows))


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
    with pytest.raises(ValueError, match=r"model\.safetensors is no safetensors file: 43 bytes, of which its header"):
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
