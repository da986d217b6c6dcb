"""A whole plan of an 8B model on one A100: its table, its refusals, and what it says of models it does not know."""

import json
import logging
import re
import subprocess
import sys
from dataclasses import MISSING, fields, replace

import pytest

from facts import naming, tells
from further.plan.refuse import check_memory, check_walltime, refuse_early
from further.plan.shape import shape_of
from further.plan.show import find_alike, plan_study
from further.plan.table import PlannedRun, format_plan, plan_text, read_plan, scoring_hours
from further.plan.work import Texts
from further.settings import CostSettings, HardwareSettings, PlanSettings
from further.study import read_files, read_study
from plan.measured import RUN
from plan.shapes import LLAMA_8B, LLAMA_70B

HARDWARE = HardwareSettings.model_validate({
    "threads": 16, "memory_mb": 120000, "runtime_minutes": 720, "gpus_per_run": 1, "sharding": "none",
    "walltimes": 1, "walltime_margin_minutes": None,
    "gpu_memory_gb": 80.0, "memory_margin": 0.1, "peak_tflops": 312.0,
    "utilization": [0.3, 0.57], "startup_seconds": 120.0,
})  # fmt: skip
COST = CostSettings.model_validate(
    {"price_per_gpu_hour": 2.0, "kwh_per_gpu_hour": 0.6, "currency": "EUR", "price_date": "2026-11"}
)
REAL = RUN | {
    "quantization": "nf4", "rank": 16, "context": 2048, "batch_tokens": 16384, "gradient_accumulation_steps": 8,
    "compute_dtype": "bfloat16", "gradient_checkpointing": True, "optimizer": "paged_adamw_8bit",
    "kernels": [],
}  # fmt: skip
NF4, CHECKPOINTING = "training.quantization: nf4", "training.gradient_checkpointing: true"
ACCUMULATION = "training.gradient_accumulation_steps"
PAPERS = Texts((10_000,) * 40, (10_000,) * 5, has_begin=True, scored=(10_000,) * 12)


@pytest.fixture
def folder(tmp_path):
    def save(config):
        (tmp_path / "config.json").write_text(json.dumps(config))
        return tmp_path

    return save


def plan(model, runs, hardware=HARDWARE, cost=COST, texts=PAPERS, finished=None, window=2048):
    settings = PlanSettings(runs=runs, hardware=hardware, cost=cost, window=window, stride=window)
    return plan_study(model, lambda name, run: texts, settings, finished or model / "runs")


@pytest.mark.parametrize(
    ("gigabytes", "utilization", "expected"),
    [(80.0, None, (1, 8)), (9.1, None, (2, 4)), (8.0, None, None), (80.0, [0.3, 0.5], None)],
)
def test_fewer_accumulation_steps_are_said_where_they_fit_and_pay(folder, caplog, gigabytes, utilization, expected):
    """1.19 is .54 of an H100's peak at 8,192 tokens a pass and more, over .455 at 2,048; 8 rows take 9.6 GiB, 4 8.0."""
    hardware = HARDWARE | {"gpu_memory_gb": gigabytes, "utilization": utilization, "runtime_minutes": 3000}
    run = REAL | {"kernels": ["adapters", "documents", "fused", "graphs", "offload"]}
    with caplog.at_level(logging.INFO):
        plan(folder(LLAMA_8B), {"default": run}, hardware)
    said = re.findall(r"gradient_accumulation_steps: (\d) fits, too: (\d) rows.* about ([\d.]+) times", caplog.text)
    assert said == ([] if expected is None else [(*map(str, expected), "1.19")])


def test_hours_and_money_by_hand(folder):
    (row,) = plan(folder(LLAMA_8B), {"default": REAL})
    # 400,040 predictions are 196 rows, so 25 steps a pass; 2 epochs
    assert (row.num_trained_tokens, row.num_steps, row.num_unique_tokens) == (800_080, 50, 400_040)
    assert row.trainable_share == pytest.approx(41_943_040 / 8_072_204_288)
    # about 49.6 GFLOP a token, a validation of 25 rows after each pass and at the end at about 16; 312 × √(.3 × .57)
    operations = 2 * 196 * 2048 * 49.6e9 + 3 * 25 * 2048 * 16.2e9
    assert row.seconds == pytest.approx(120 + operations / 129e12, rel=0.02)
    assert row.gpu_hours == pytest.approx(row.seconds / 3600) and row.money == pytest.approx(2 * row.gpu_hours)
    assert row.energy_kwh == pytest.approx(0.6 * row.gpu_hours)
    assert row.seconds_low < row.seconds < row.seconds_high
    assert row.tokens_per_second_low < row.tokens_per_second < row.tokens_per_second_high
    parts = [value for name, value in vars(row).items() if name.endswith("_mb") and name != "peak_memory_mb"]
    assert sum(parts) == pytest.approx(row.peak_memory_mb)


def test_scoring_by_hand(folder):
    """Twelve documents of 10,000 tokens in windows of 2,048: five windows each, the last one reaching back."""
    (row,) = plan(folder(LLAMA_8B), {"default": REAL})
    operations = 12 * 5 * 2048 * 16.2e9  # a forward pass, as for a look at the validation papers
    assert row.scoring_seconds == pytest.approx(120 + operations / 129e12, rel=0.02)
    assert row.scoring_seconds_low < row.scoring_seconds < row.scoring_seconds_high
    rows = [row, replace(row, run="other", quantization="int8")]
    # two runs, and the base at none, nf4 and int8: five times
    assert scoring_hours(rows) == pytest.approx(
        [5 * getattr(row, f"scoring_seconds{end}") / 3600 for end in ("", "_low", "_high")]
    )
    total = format_plan([row]).splitlines()[-2]
    hours, scoring = row.gpu_hours, 3 * row.scoring_seconds / 3600
    assert f" {scoring:.2f} (" in total and f"; {2 * (hours + scoring):.2f} (" in total


def test_scoring_that_needs_more_than_its_minutes_is_refused(folder):
    texts = replace(PAPERS, scored=(10_000,) * 6000)
    with pytest.raises(ValueError, match=r"scoring\b.* 1\d\d minutes\b.*\bhardware\.scoring_minutes is 60\b"):
        plan(folder(LLAMA_8B), {"default": REAL}, texts=texts)
    plan(folder(LLAMA_8B), {"default": REAL}, HARDWARE | {"scoring_minutes": 240}, texts=texts)


def test_runs_that_rejected_papers_made_alike_are_named(folder):
    runs = {"default": REAL, "fraction-0.25": REAL | {"fraction": 0.25}, "seed-1": REAL | {"seed": 1}}
    rows = plan(folder(LLAMA_8B), runs)  # the same texts for all, as of a study with two papers left
    [line] = find_alike(rows, runs)
    assert tells(line, "default, fraction-0.25", 40)


def test_two_gpus_take_half_the_time_and_are_both_paid_for(folder):
    (one,), (two,) = (plan(folder(LLAMA_8B), {"default": REAL}, HARDWARE | {"gpus_per_run": gpus}) for gpus in (1, 2))
    assert two.seconds - 120 == pytest.approx((one.seconds - 120) / 2)
    assert two.gpu_hours == pytest.approx(2 * two.seconds / 3600) and two.money == pytest.approx(2 * two.gpu_hours)
    assert two.tokens_per_second == pytest.approx(2 * one.tokens_per_second)
    assert two.peak_memory_mb == one.peak_memory_mb  # eight passes of a row are dealt out
    (split,) = plan(
        folder(LLAMA_8B),
        {"default": REAL | {"gradient_accumulation_steps": 1}},
        HARDWARE | {"gpus_per_run": 2},
    )
    assert (split.micro_batch, one.micro_batch) == (4, 1)  # the eight rows of one pass are
    sharded = HARDWARE | {"gpus_per_run": 2, "sharding": "fsdp"}
    (half,) = plan(folder(LLAMA_8B), {"default": REAL | {"gradient_accumulation_steps": 1}}, sharded)
    assert half.weights_mb == pytest.approx(
        split.weights_mb * (1 / 2 + 2 / 32), rel=1e-3
    )  # 32 blocks, one put together
    assert split.peak_memory_mb - half.peak_memory_mb == pytest.approx(split.weights_mb - half.weights_mb)
    (cores,) = plan(folder(LLAMA_8B), {"default": REAL}, HARDWARE | {"gpus_per_run": 2, "gpu_memory_gb": None})
    assert cores.gpu_hours == pytest.approx(one.gpu_hours)  # processes on one processor share it


def test_a_70b_model_fits_one_a100_of_80_gb_at_nf4(folder):
    (row,) = plan(folder(LLAMA_70B), {"default": REAL})
    assert 40 * 1024 < row.peak_memory_mb < 72 * 1024
    with pytest.raises(ValueError, match=r"^run none\b.*\b1\d\d\.\d GiB .*training\.quantization: nf4 \(4\d\.\d GiB\)"):
        plan(folder(LLAMA_70B), {"none": REAL | {"quantization": "none"}})


def test_finished_runs_give_the_speed(folder):
    model = folder(LLAMA_8B)
    (model / "runs/default").mkdir(parents=True)
    (model / "runs/default/metrics.json").write_text(json.dumps({"settings": REAL.model_dump()}))
    timing = {"tokens_per_second": 2500.0, "devices": 1, "hardware": {"cpu": "c", "gpu": "A100", "threads": 16}}
    (model / "runs/default/timing.json").write_text(json.dumps(timing))
    (row, other) = plan(model, {"default": REAL, "none": REAL | {"quantization": "none"}})
    assert row.tokens_per_second == pytest.approx(2500) and row.speed_source == "measured"
    assert (row.tokens_per_second_low, row.tokens_per_second_high) == pytest.approx((2000, 3000))
    assert other.speed_source == "formula"


def test_the_table_is_read_as_it_was_written(folder, tmp_path):
    rows = plan(folder(LLAMA_8B), {"default": REAL, "list": REAL | {"target_modules": ["q_proj", "v_proj"]}})
    file = tmp_path / "plan.tsv"
    file.write_text(plan_text(rows))
    for read, row in zip(read_plan(file), rows, strict=True):
        for field in fields(PlannedRun):
            value = getattr(row, field.name)
            expected = pytest.approx(value, rel=1e-5) if isinstance(value, float) else value
            assert getattr(read, field.name) == expected, field.name
    file.write_text("run\tseconds\n")
    with pytest.raises(ValueError, match=naming("plan.tsv", "gradient_accumulation_steps")):
        read_plan(file)


def test_the_readable_table_is_aligned_and_ends_with_totals(folder):
    rows = plan(folder(LLAMA_8B), {"default": REAL, "rank-8": REAL | {"rank": 8}})
    head, first, second, total, speed = format_plan(rows).splitlines()
    assert len(head) == len(first) == len(second)
    assert "41,943,040 (0.52%)" in first and "800,080" in first and "8.4 GiB" in first
    assert total.startswith("2 runs: ") and tells(total, "EUR", "2026-11") and "peak_tflops" in speed
    many = format_plan([replace(rows[0], run=f"r{number}") for number in range(100)]).splitlines()
    assert len(many) == 34 and many[-3] == "… and 70 more"


def test_money_and_energy_without_a_price_are_left_out(folder):
    (row,) = plan(folder(LLAMA_8B), {"default": REAL}, cost=COST | {"price_per_gpu_hour": 0.0, "kwh_per_gpu_hour": 0.0})
    assert row.money is None and row.energy_kwh is None and row.gpu_hours is not None


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


def test_an_architecture_that_is_not_known_is_said_and_the_study_goes_on(folder, caplog):
    with caplog.at_level(logging.INFO):
        (row,) = plan(folder({"model_type": "mamba"}), {"default": REAL})
    assert tells(caplog.text, "'mamba'", "hardware.gpu_memory_gb")
    assert (row.num_steps, row.training_flops, row.seconds) == (50, None, None)
    assert "default" in format_plan([row])


def test_an_architecture_whose_memory_is_not_known_has_operations_and_time(folder, caplog):
    config = {
        "model_type": "gpt2",
        "vocab_size": 50257,
        "n_embd": 768,
        "n_layer": 12,
        "n_head": 12,
        "n_positions": 4096,
    }
    (row,) = plan(folder(config), {"default": REAL})
    assert row.peak_memory_mb is None and row.seconds is not None
    assert tells(caplog.text, "memory", "'gpt2'", "hardware.gpu_memory_gb")


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


def test_no_part_of_the_plan_imports_torch_nor_the_early_look_tables():
    program = (
        "import sys, further.plan.refuse; print(sorted({'torch', 'pandas', 'pyarrow', 'numpy'} & set(sys.modules)));"
        "import further.plan.show, further.plan.make; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "False"]


def test_the_shipped_cluster_study_fits_its_gpu(request):
    study = read_study(read_files([request.config.rootpath / "config/lunarc.yaml"]))
    check_memory(shape_of(LLAMA_8B), study.runs, study.settings.hardware)
