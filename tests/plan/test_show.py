"""A whole plan of an 8B model on one A100: hours, money, GPUs, and what it says of models it does not know."""

import json
import logging
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from facts import tells
from further.plan.show import find_alike
from further.plan.table import format_plan, scoring_hours
from plan.a100 import HARDWARE, REAL, plan
from plan.shapes import LLAMA_8B, LLAMA_70B


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


@pytest.mark.parametrize(
    ("gigabytes", "kernels", "expected"), [(40.0, True, "1.30"), (40.0, False, "1.45"), (12.0, True, None)]
)
def test_leaving_recomputation_out_is_said_where_it_fits(folder, caplog, gigabytes, kernels, expected):
    """12,501 tokens/s beside 9,607 were measured: 1.30. Of operations alone 48.6 GFLOP a token over 33.4: 1.45."""
    hardware = HARDWARE | {"gpu_memory_gb": gigabytes, "utilization": None, "runtime_minutes": 3000}
    run = REAL | {"kernels": ["adapters", "documents", "fused", "graphs", "offload"] if kernels else []}
    with caplog.at_level(logging.INFO):
        plan(folder(LLAMA_8B), {"default": run}, hardware)
    said = re.findall(r"checkpointing: false fits, too: ([\d.]+) GiB, about ([\d.]+) times as fast", caplog.text)
    assert [faster for _, faster in said] == ([] if expected is None else [expected])
    assert all(15 < float(peak) < gigabytes for peak, _ in said)


def test_what_is_faster_is_not_said_where_another_run_would_not_fit(folder, caplog):
    """15.1 GiB of the first fit 24 GB, a tenth left free; 24.8 of the second do not, and 16.4 with recomputation do."""
    run = REAL | {"kernels": ["adapters", "documents", "fused", "graphs", "offload"]}
    hardware = HARDWARE | {"gpu_memory_gb": 24.0, "utilization": None, "runtime_minutes": 3000}
    for runs, number in (({"default": run}, 1), ({"default": run, "none": run | {"quantization": "none"}}, 0)):
        caplog.clear()
        with caplog.at_level(logging.INFO):
            plan(folder(LLAMA_8B), runs, hardware)
        assert caplog.text.count("gradient_checkpointing: false fits, too") == number


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


def test_no_part_of_the_plan_imports_torch_nor_the_early_look_tables():
    program = (
        "import sys, further.plan.refuse; print(sorted({'torch', 'pandas', 'pyarrow', 'numpy'} & set(sys.modules)));"
        "import further.plan.show, further.plan.rows; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "False"]
