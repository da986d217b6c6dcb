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
from further.training.clock import Clock
from further.training.identity import describe_inputs, find_differences


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def lock(folder):
    with hold_lock(folder) as lock:
        yield lock


def write(store, step):
    with store.writing(step, 100) as part:
        (part / f"checkpoint-{step}" / "inner").mkdir(parents=True)
        for name in ("weights", "inner/state"):
            (part / f"checkpoint-{step}" / name).write_bytes(bytes([step]) * 100)


def names(folder):
    return sorted(path.name for path in folder.glob("checkpoint-*"))


def test_only_the_last_two_are_kept(folder, lock):
    store = open_store(folder, {"rank": 4}, Clock(), lock)
    for step in (8, 9, 10, 100):
        write(store, step)
    assert names(store.folder) == ["checkpoint-10", "checkpoint-100"]
    assert store.find_last() == store.folder / "checkpoint-100"


@pytest.mark.parametrize("name", ["weights", "inner/state", "manifest.json"])
@pytest.mark.parametrize("fault", ["missing", "cut", "empty", "changed"])
def test_a_fault_in_any_file_is_seen_and_the_checkpoint_before_is_used(folder, lock, name, fault):
    store = open_store(folder, {"rank": 4}, Clock(), lock)
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
    store = open_store(folder, {"rank": 4}, Clock(), lock)
    write(store, 1)
    before = sorted(folder.rglob("*"))
    with (
        pytest.raises(OSError, match=r"step 2 could not be written to .*: it needs about .* \(no room\); checkpoint-1"),
        store.writing(2, 100) as part,
    ):
        (part / "checkpoint-2").mkdir()
        raise OSError("no room")
    assert sorted(folder.rglob("*")) == before


def test_the_seconds_of_earlier_starts_are_added(folder, lock):
    store = open_store(folder, {"rank": 4}, Clock(), lock)
    store.clock.carry_on({"seconds_train": 100.0, "seconds_total": 120.0})
    write(store, 1)
    again = open_store(folder, {"rank": 4}, Clock(), lock)
    assert again.find_last() and again.starts == 2
    spent = again.clock.spent()
    assert 100 <= spent["seconds_train"] < 110 and 120 <= spent["seconds_total"] < 130


def test_the_newest_of_another_identity_is_kept_aside_and_found_again(folder, lock, caplog):
    for rank, step in ((4, 10), (8, 20), (16, 30)):
        write(open_store(folder, {"rank": rank}, Clock(), lock), step)
    assert "up to checkpoint-20, is not used" in caplog.text and "rank 8 → 16" in caplog.text
    assert open_store(folder, {"rank": 4}, Clock(), lock).find_last() is None  # two edits ago
    back = open_store(folder, {"rank": 16}, Clock(), lock)
    assert back.find_last() == back.folder / "checkpoint-30"


def test_records_left_empty_by_a_lost_power_supply_stop_nobody(folder, lock, caplog):
    for rank in (4, 8):
        store = open_store(folder, {"rank": rank}, Clock(), lock)
        write(store, 1)
        for name in ("identity.json", "starts.json"):
            (store.folder / name).write_text("")
    again = open_store(folder, {"rank": 4}, Clock(), lock)
    assert again.starts == 1 and again.find_last() == again.folder / "checkpoint-1"
    assert "rank nothing → 4" in caplog.text


def test_a_run_that_has_ended_leaves_nothing(folder):
    with hold_lock(folder) as lock:
        for rank in (4, 8):
            write(open_store(folder, {"rank": rank}, Clock(), lock), 1)
        forget_checkpoints(folder)
        assert len(list(folder.glob("*/checkpoint-1"))) == 2  # in use
    forget_checkpoints(folder)
    assert not folder.exists()


def pack(*documents):
    return pack_documents(documents, 8, SpecialTokens(bos=0, eos=1))


def save_model(folder, value):
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"layers": 2}))
    save_file({"weight": np.full(2**21, value, np.float32)}, folder / "model.safetensors")  # 8 MiB


def test_data_and_base_model_are_part_of_the_identity(tmp_path):
    save_model(tmp_path / "base", 1.0)
    before = describe_inputs(tmp_path / "base", pack([5, 6, 7]), pack([8, 9]))
    shutil.copytree(tmp_path / "base", tmp_path / "copy")
    assert describe_inputs(tmp_path / "copy", pack([5, 6, 7]), pack([8, 9])) == before

    def differing(*arguments):
        found = find_differences(before, describe_inputs(*arguments))
        return [line.split(" ")[0] for line in found]

    assert differing(tmp_path / "base", pack([5, 6, 2]), pack([8, 9])) == ["training_rows"]
    assert differing(tmp_path / "base", pack([5, 6, 7]), pack([8, 9, 9])) == ["validation_rows"]
    save_model(tmp_path / "base", 1.5)  # trained anew: same shapes, same size
    assert differing(tmp_path / "base", pack([5, 6, 7]), pack([8, 9])) == ["base_model.model.safetensors"]


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
