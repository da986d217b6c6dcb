"""The script as its rule calls it: every setting of a run changes its plan, or is said here to change nothing of it."""

import json
import logging
import re
from dataclasses import replace

import plan_runs
import pytest

from conftest import save_tokenizer
from facts import naming
from further.io import write_table
from further.plan.table import read_plan
from further.settings import CostSettings, HardwareSettings, PlanSettings, Run
from further.tokens.choice import count_tokens, take_replay
from further.tokens.chunks import lay_out
from further.tokens.streams import STREAMS
from further.tokens.tokenizer import special_tokens
from plan.measured import RUN
from plan.shapes import LLAMA_8B

PAPERS = {f"p{number}": 1000 + 311 * number for number in range(12)}
GENERAL = {f"g{number}": 700 + 97 * number for number in range(12)}
BASE = RUN | {  # rows so short that LoftQ's start takes more memory than training
    "fraction": 0.5, "quantization": "nf4", "compute_dtype": "bfloat16", "context": 256, "batch_tokens": 1024,
    "gradient_accumulation_steps": 2,
}  # fmt: skip
CHANGES = {  # key: another value
    "fraction": 0.25,
    "seed": 1,
    "replay_fraction": 0.3,
    "quantization": "none",
    "target_modules": "attention",
    "train_embeddings": True,
    "rank": 8,
    "dora": True,
    "initialization": "loftq",
    "dropout": 0.1,
    "context": 512,
    "packing": False,
    "batch_tokens": 2048,
    "gradient_accumulation_steps": 1,
    "epochs": 3,
    "compute_dtype": "float32",
    "attention": "eager",
    "gradient_checkpointing": True,
    "optimizer": "adamw_8bit",
    "validations_per_epoch": 2,
}
UNCHANGED = {  # key: another value, and why it changes nothing
    "alpha": (64, "a factor of what is computed anyway"),
    "rslora": (True, "another value of that factor"),
    "learning_rate": (1e-4, "a number that the optimizer multiplies with"),
    "warmup_ratio": (0.3, "the same steps at other learning rates"),
    "weight_decay": (0.1, "within the optimizer's step, which is not counted"),
    "max_grad_norm": (0.5, "gradients are measured at every limit"),
    "compile": (True, "the same products; how much faster depends on the machine, and measured runs tell"),
    "answer_tokens": (64, "of a study of images"),
    "cut_answers": ("bare", "of a study of images"),
    "kernels": ([], "of a GPU alone, and this plan is for the processor"),
    "deterministic": (False, "the same products in an order that may differ"),
    "patience": (3, "when a run stops is not known before it; the plan is the most that it takes"),
}
NAMES = ("run", "quantization", "target_modules", "rank", "context", "gradient_accumulation_steps")
HARDWARE = HardwareSettings.model_validate({
    "threads": 1, "runtime_minutes": 10**6, "gpus_per_run": 1, "sharding": "none", "gpu_memory_gb": None,
    "walltimes": 1, "walltime_margin_minutes": None, "memory_margin": 0.1,
    "peak_tflops": 1.0, "utilization": [0.2, 0.5], "startup_seconds": 10.0,
})  # fmt: skip
COST = CostSettings.model_validate(
    {"price_per_gpu_hour": 2.0, "kwh_per_gpu_hour": 0.6, "currency": "EUR", "price_date": "2026-11"}
)


def ids_of(size):
    return [number % 200 + 10 for number in range(size)]


@pytest.fixture
def plan(tmp_path):
    """Plan runs of an 8B model on twelve papers; returns their rows by name."""

    def table(name, texts):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        rows = [
            {
                "document": document,
                "split": split,
                "ids": ids_of(size),
                "num_tokens": size,
                "num_words": 1,
                "num_bytes": 1,
            }
            for document, split, size in texts
        ]
        write_table(tmp_path / name, rows, STREAMS)
        return tmp_path / name

    def papers(folder, texts):
        return table(f"{folder}/tokens.parquet", texts)

    texts = [*((name, "train", size) for name, size in PAPERS.items()), ("v", "validation", 2000)]
    whole, fold = papers("whole", texts), papers("fold-1-of-2", [("v", "train", 2000), ("p0", "validation", 900)])
    general = table("replay.parquet", [(name, "train", size) for name, size in GENERAL.items()])
    heldout = table("heldout.parquet", [("h", "heldout", 500)])
    save_tokenizer(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(LLAMA_8B))

    def run(runs, general=general):
        settings = PlanSettings(runs=runs, hardware=HARDWARE, cost=COST, window=256, stride=256)
        file = tmp_path / "plan.tsv"
        plan_runs.main(whole, {"fold-1-of-2": fold}, general, heldout, tmp_path, file, tmp_path / "runs", settings)
        return {row.run: row for row in read_plan(file)}

    run.model = tmp_path
    return run


def test_every_setting_changes_the_plan_or_is_said_not_to(plan):
    assert CHANGES.keys() | UNCHANGED.keys() == Run.model_fields.keys() and not CHANGES.keys() & UNCHANGED.keys()
    rows = plan({"base": BASE} | {key: BASE | {key: value} for key, value in CHANGES.items()})

    def planned(name):  # all but the settings themselves
        return {column: value for column, value in vars(rows[name]).items() if column not in NAMES}

    assert [key for key in CHANGES if planned(key) == planned("base")] == []


def test_what_is_said_to_change_nothing_is_not_read(plan):
    rows = plan({"base": BASE} | {key: BASE | {key: value} for key, (value, _) in UNCHANGED.items()})
    assert {tuple(vars(replace(row, run="")).items()) for row in rows.values()} == {
        tuple(vars(replace(rows["base"], run="")).items())
    }


@pytest.mark.parametrize("packing", [True, False])
def test_replayed_text_is_what_training_takes(plan, packing):
    run = BASE | {"fraction": 1.0, "replay_fraction": 0.25, "packing": packing}
    row = plan({"run": run})["run"]
    general = {name: ids_of(size) for name, size in GENERAL.items()}
    papers = [ids_of(size) for size in PAPERS.values()]
    replay = take_replay(general, count_tokens(papers), 0.25, run.seed)
    rows = lay_out([*papers, *replay.values()], run.context, special_tokens(plan.model), packing)
    assert row.num_replay_tokens == count_tokens(replay.values()) > 0
    assert row.num_unique_tokens == count_tokens(papers) == rows.num_tokens - row.num_replay_tokens
    assert row.num_trained_tokens == run.epochs * (rows.labels_RT >= 0).sum()
    assert row.num_steps == run.epochs * -(-len(rows.labels_RT) // 4)


def test_a_fold_is_planned_on_its_own_papers_and_paid_for(plan, caplog):
    """One paper of 2,000 tokens and a BOS: 8 rows of 256, 2 steps of 4 rows an epoch."""
    run = BASE | {"fraction": 1.0}
    with caplog.at_level(logging.INFO):
        rows = plan({"default": run, "fold-1-of-2": run})
    fold = rows["fold-1-of-2"]
    assert (fold.num_papers, fold.num_unique_tokens, fold.num_steps) == (1, 2001, 2 * run.epochs)
    assert rows["default"].num_papers == 12
    assert 0 < fold.validation_flops < rows["default"].validation_flops  # 900 tokens held out, not 2,000
    total = sum(row.gpu_hours for row in rows.values())
    said = float(re.search(r"2 runs: ([\d.]+) ", caplog.text)[1])
    assert said == pytest.approx(total, rel=0.05) and fold.gpu_hours > 0


def test_a_study_without_replay_needs_no_general_text(plan):
    assert plan({"run": BASE}, general=None)["run"].num_replay_tokens == 0


def test_more_general_text_than_there_is_is_refused_when_planned(plan):
    with pytest.raises(ValueError, match=naming("training.replay_fraction", 0.9)):
        plan({"run": BASE | {"replay_fraction": 0.9}})


def test_loftq_reads_the_weights_once_more(plan):
    """Full weights at bfloat16 are 15.0 GiB, beside which what is trained later is small."""
    rows = plan({"default": BASE, "loftq": BASE | {"initialization": "loftq"}})
    more = rows["loftq"].peak_memory_mb - rows["default"].peak_memory_mb
    trained = ("gradients_mb", "optimizer_mb", "activations_mb", "logits_mb")
    assert rows["default"].start_mb == 0 and more == pytest.approx(rows["loftq"].start_mb, rel=1e-4)
    assert 15.0 < (more + sum(getattr(rows["loftq"], name) for name in trained)) / 1024 < 17.0
