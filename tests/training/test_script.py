"""The training script as the rule calls it: every setting read, general text beside the papers."""

from pathlib import Path

import pytest
import torch
import train_qlora
from safetensors.torch import load_file

from further.io import read_json, write_table
from further.settings import Run
from further.tokens.streams import STREAMS
from further.training.run import Task
from training.settings import RUN


@pytest.fixture
def study(tmp_path, documents):
    """Token streams of five training papers and a validation paper, and general text."""

    def table(path, texts):
        rows = [
            {"document": name, "split": split, "ids": ids, "num_tokens": len(ids), "num_words": 1, "num_bytes": 1}
            for name, split, ids in texts
        ]
        write_table(path, rows, STREAMS)
        return path

    papers = [(f"p{number}", "train", ids) for number, ids in enumerate(documents)]
    papers.append(("v", "validation", documents[0][::-1]))
    general = [(f"g{number}", "train", [50 + number] * 20) for number in range(40)]
    return table(tmp_path / "tokens.parquet", papers), table(tmp_path / "general.parquet", general)


def run_script(study, model_folder, folder, run):
    tokens, general = study
    names = {
        "adapter": "adapter/adapter_model.safetensors",
        "metrics": "metrics.json",
        "history": "history.parquet",
        "timing": "timing.json",
    }
    folder.mkdir()
    outputs = {kind: folder / file for kind, file in names.items()}
    task = Task("run", folder / "adapter", folder / "checkpoints", 60.0, {"run": dict(run)}, threads=1)
    train_qlora.main(tokens, model_folder, outputs, run, task, general if run.replay_fraction else None)
    return read_json(outputs["metrics"]), load_file(outputs["adapter"])


def test_no_setting_of_a_run_is_ignored(study, model_folder, tmp_path, monkeypatch):
    read = set()
    get = Run.__getattribute__

    def record(self, name):
        read.add(name)
        return get(self, name)

    monkeypatch.setattr(Run, "__getattribute__", record)
    run_script(study, model_folder, tmp_path / "run", RUN | {"batch_tokens": 64})
    of_others = {"answer_tokens", "cut_answers", "kernels"}  # of studies of images, and of a GPU
    assert Run.model_fields.keys() - read == of_others


def test_replay_is_trained_on_at_the_share_asked_for_and_counted_apart(study, model_folder, tmp_path):
    run = RUN | {"batch_tokens": 64, "epochs": 1}
    plain, _ = run_script(study, model_folder, tmp_path / "plain", run)
    metrics, weights = run_script(study, model_folder, tmp_path / "replay", run | {"replay_fraction": 0.4})
    assert (plain["num_replay_tokens"], plain["num_unique_tokens"]) == (0, 301)
    # 0.4 of all is 200.7 tokens beside 301; documents of 21 tokens: nine of them, and 12 of a tenth
    assert metrics["num_replay_tokens"] == 201
    assert metrics["num_unique_tokens"] == 301
    assert metrics["num_trained_tokens"] == 301 + 201
    again, same = run_script(study, model_folder, tmp_path / "again", run | {"replay_fraction": 0.4})
    assert again == metrics and all(torch.equal(weights[name], same[name]) for name in weights)
    _, other = run_script(study, model_folder, tmp_path / "other", run | {"replay_fraction": 0.4, "seed": 1})
    assert any(not torch.equal(weights[name], other[name]) for name in weights)


def test_a_loss_that_is_no_number_names_replayed_documents_too(study, model_folder, tmp_path):
    blown_up = {"learning_rate": 1e30, "max_grad_norm": 1e30, "warmup_ratio": 0.0}
    run = RUN.model_copy(update={"batch_tokens": 256, "replay_fraction": 0.4, "epochs": 1} | blown_up)
    with pytest.raises(FloatingPointError, match=r"\bstep 2\b.*\bp\d, .*\bg\d"):
        run_script(study, model_folder, tmp_path / "run", run)


def test_the_resources_of_a_job_say_how_its_run_is_carried_out():
    resources = {
        "checkpoint_minutes": 5,
        "runtime": 60,
        "gpus_per_run": 2,
        "sharding": "fsdp",
        "report_to": "wandb+trackio",
    }
    task = Task.of_job("seed-1", Path("a"), Path("c"), {"run": {}}, 3, resources)
    assert (task.name, task.threads, task.world_size, task.sharded, task.walltime) == ("seed-1", 3, 2, True, None)
    assert task.checkpoint_minutes == 5 and sorted(task.report_to) == ["trackio", "wandb"]
    plain = {**resources, "gpus_per_run": 1, "sharding": "none", "report_to": "nothing", "walltime_margin_minutes": 10}
    task = Task.of_job("seed-1", Path("a"), Path("c"), {}, 1, plain)
    assert not task.sharded and task.report_to == () and task.walltime is not None
