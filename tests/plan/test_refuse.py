"""Runs that cannot fit a GPU, a job or a model, refused with both numbers and with what would fit."""

import re
from dataclasses import MISSING, fields, replace

import pytest

from facts import naming, tells
from further.plan.devices import memory_of_process
from further.plan.early import refuse_early
from further.plan.refuse import check_memory, check_walltime
from further.plan.shape import shape_of
from further.plan.table import PlannedRun
from further.study import read_files, read_study
from plan.a100 import HARDWARE, PAPERS, REAL, plan
from plan.shapes import LLAMA_8B

NF4, CHECKPOINTING = "training.quantization: nf4", "training.gradient_checkpointing: true"
ACCUMULATION = "training.gradient_accumulation_steps"


@pytest.mark.parametrize(
    ("change", "gigabytes", "remedy"),
    [
        ({"quantization": "none"}, 16, [f"{NF4} (8."]),
        ({"gradient_checkpointing": False}, 16, [f"{CHECKPOINTING} (8."]),
        ({"gradient_accumulation_steps": 1}, 16, [f"{ACCUMULATION}: 2 ("]),
        (
            {"gradient_accumulation_steps": 1, "quantization": "none", "gradient_checkpointing": False},
            16,
            [NF4, CHECKPOINTING, f"{ACCUMULATION}: 8 (8."],
        ),
        ({"optimizer": "adamw_torch", "rank": 256}, 17, ["training.optimizer: paged_adamw_8bit ("]),
        ({}, 4, ["optimizer", ": 10 GB"]),
    ],
)
def test_a_run_that_cannot_fit_is_told_what_was_tried_and_fits(change, gigabytes, remedy):
    shape, run = shape_of(LLAMA_8B), REAL | change
    with pytest.raises(ValueError, match=rf"^run default\b.* \d+\.\d GiB .*gpu_memory_gb is {gigabytes}, ") as caught:
        check_memory(shape, {"default": run}, HARDWARE | {"gpu_memory_gb": float(gigabytes)})
    assert re.search(".*".join(map(re.escape, remedy)), str(caught.value))


def test_what_is_told_to_fit_is_accepted():
    shape, hardware = shape_of(LLAMA_8B), HARDWARE | {"gpu_memory_gb": 24.0}
    run = REAL | {"gradient_checkpointing": False, "gradient_accumulation_steps": 4}
    with pytest.raises(ValueError, match=r"gradient_checkpointing: true \(.*\b52 GB") as caught:
        check_memory(shape, {"default": run}, hardware)
    assert "nf4" not in str(caught.value)  # it is at nf4 already
    check_memory(shape, {"default": run | {"gradient_checkpointing": True}}, hardware)
    check_memory(shape, {"default": run}, hardware | {"gpu_memory_gb": 52.0})
    with pytest.raises(ValueError, match="needs 45"):
        check_memory(shape, {"default": run}, hardware | {"gpu_memory_gb": 50.0})


def test_runs_refused_for_one_reason_are_told_together():
    runs = {f"seed-{seed}": REAL | {"quantization": "none", "seed": seed} for seed in range(8)}
    with pytest.raises(ValueError, match=r"^runs seed-0, seed-1, seed-2, seed-3, seed-4 and 3 more: [^\n]*$"):
        check_memory(shape_of(LLAMA_8B), runs, HARDWARE | {"gpu_memory_gb": 16.0})


@pytest.mark.parametrize("slower", [{"kernels": []}, {"packing": False}, {"compile": True}])
def test_a_run_of_a_sweep_is_not_taken_for_one_that_needs_less(slower):
    """Without a faster path a run keeps more: whole logits, a mask, or inputs that could wait in the host's memory."""
    shape, fast = shape_of(LLAMA_8B), REAL | {"kernels": ["adapters", "documents", "fused", "graphs", "offload"]}
    runs, least = {"default": fast, "slower": fast | slower}, memory_of_process(shape, fast, HARDWARE).peak / 2**30
    with pytest.raises(ValueError, match=r"^run slower: needs "):
        check_memory(shape, runs, HARDWARE | {"gpu_memory_gb": least + 0.001, "memory_margin": 0.0})


def test_a_walltime_that_is_too_short_is_refused_with_both_numbers(folder):
    hardware = HARDWARE | {"runtime_minutes": 6}
    with pytest.raises(ValueError, match=r" \d to 9 minutes\b.*\bhardware\.runtime_minutes is 6\b") as caught:
        plan(folder(LLAMA_8B), {"default": REAL}, hardware)
    assert "hardware.runtime_minutes: 10" in str(caught.value)
    assert "training.epochs: 1 (" in str(caught.value)
    plan(folder(LLAMA_8B), {"default": REAL}, hardware | {"runtime_minutes": 10})


def check_minutes(high, **hardware):
    """The plan's verdict on a run that is expected to take up to so many minutes."""
    required = {field.name: 0 for field in fields(PlannedRun) if field.default is MISSING}
    row = PlannedRun(**required | {"run": "default", "seconds_low": 0.0, "seconds_high": high * 60.0})
    settings = {"default": REAL | {"gradient_checkpointing": False, "epochs": 1}}
    check_walltime([row], settings, HARDWARE | hardware, lambda name, run: row)


def test_a_run_longer_than_the_longest_job_takes_several():
    """A 70B model on 100,000 papers, as docs/scale.md has it: up to 1,120 hours, in jobs of 168."""
    hardware = {"runtime_minutes": 10_080, "walltime_margin_minutes": 60}
    with pytest.raises(
        ValueError, match=naming("runtime_minutes", 10080, "walltime_margin_minutes", 60, "walltimes", 6)
    ) as caught:
        check_minutes(1120 * 60, **hardware, walltimes=6)
    remedies = ("hardware.runtime_minutes: 11262", "hardware.walltimes: 7", "retries: 6", "profiles/slurm/config.yaml")
    assert tells(str(caught.value), *remedies)
    check_minutes(1120 * 60, **hardware, walltimes=7)


def test_more_jobs_are_no_remedy_where_each_only_starts():
    with pytest.raises(ValueError, match=r"\bhardware\.runtime_minutes: 3\.$"):
        check_minutes(3, runtime_minutes=2)  # as long as the start takes


def test_a_job_stops_before_its_walltime_so_that_a_run_just_under_it_takes_two():
    check_minutes(715)
    with pytest.raises(ValueError, match=naming("hardware.runtime_minutes: 725", "hardware.walltimes: 2")):
        check_minutes(715, walltime_margin_minutes=10)


def test_scoring_that_needs_more_than_its_minutes_is_refused(folder):
    texts = replace(PAPERS, scored=(10_000,) * 6000)
    with pytest.raises(ValueError, match=r"scoring\b.* 1\d\d minutes\b.*\bhardware\.scoring_minutes is 60\b"):
        plan(folder(LLAMA_8B), {"default": REAL}, texts=texts)
    plan(folder(LLAMA_8B), {"default": REAL}, HARDWARE | {"scoring_minutes": 240}, texts=texts)


def test_an_early_look_needs_the_file_and_the_architecture(folder, tmp_path):
    small, no_gpu = HARDWARE | {"gpu_memory_gb": 2.0}, HARDWARE | {"gpu_memory_gb": None}
    refuse_early(tmp_path / "nowhere", {"default": REAL}, small, 2048)
    refuse_early(folder({"model_type": "mamba"}), {"default": REAL}, small, 2048)
    with pytest.raises(ValueError, match="gpu_memory_gb is 2"):
        refuse_early(folder(LLAMA_8B), {"default": REAL}, small, 2048)
    with pytest.raises(ValueError, match=naming("training.target_modules", "x", "q_proj")):
        refuse_early(folder(LLAMA_8B), {"default": REAL | {"target_modules": "x"}}, no_gpu, 2048)


@pytest.mark.parametrize(("context", "window", "said"), [
    (2048, 1024, naming("training.context", 2048, 1024)),
    (1024, 1025, naming("evaluation.window", 1025, 1024)),
])  # fmt: skip
def test_more_tokens_than_the_model_has_positions_are_refused_for_any_architecture(folder, context, window, said):
    model, run = folder({"model_type": "gpt_neo", "max_position_embeddings": 1024}), REAL | {"context": context}
    with pytest.raises(ValueError, match=said):
        refuse_early(model, {"default": run}, HARDWARE, window)
    with pytest.raises(ValueError, match=said):
        plan(model, {"default": run}, window=window)


def test_the_shipped_cluster_study_fits_its_gpu(request):
    study = read_study(read_files([request.config.rootpath / "config/lunarc.yaml"]))
    check_memory(shape_of(LLAMA_8B), study.runs, study.settings.hardware)
