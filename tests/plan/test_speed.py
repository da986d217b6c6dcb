import json

import pytest

from further.plan.speed import Measured, formula_rate, on_same_hardware, rate_for, read_measured
from further.settings import HardwareSettings, Run

HARDWARE = HardwareSettings(threads=1, peak_tflops=2.0, utilization=[0.1, 0.4])
RUN = Run()
CPU = {"cpu": "a", "gpu": None, "threads": 1}


def measured(run, quantization, speed, **hardware):
    return Measured(run, quantization, speed, json.dumps(CPU | hardware))


def test_the_formula_is_peak_times_utilization():
    rate = formula_rate(HARDWARE, RUN, 2048)
    assert (rate.low, rate.expected, rate.high) == pytest.approx((2e11, 4e11, 8e11))
    assert rate.source == "formula"


@pytest.mark.parametrize(
    ("kernels", "tokens", "share"),
    [(True, 2048, 0.455), (True, 8192, 0.54), (True, 1024, 0.455), (True, 32768, 0.54), (False, 4096, 0.195)],
)
def test_a_gpu_is_as_fast_as_measured_by_tokens_per_pass(kernels, tokens, share):
    """Half way between 2,048 and 8,192 by the logarithm: (0.12 + 0.27) / 2."""
    hardware = HARDWARE | {"utilization": None, "gpu_memory_gb": 80.0, "peak_tflops": 989.0}
    rate = formula_rate(hardware, RUN if kernels else RUN | {"kernels": []}, tokens)
    assert (rate.low, rate.high) == pytest.approx((0.8 * share * 989e12, 1.2 * share * 989e12))


def test_a_processor_without_a_measurement_has_a_wide_range():
    rate = formula_rate(HARDWARE | {"utilization": None}, RUN, 2048)
    assert (rate.low, rate.high) == pytest.approx((5e11, 13e11))


def test_the_median_of_runs_at_one_precision_with_their_spread():
    runs = [measured("a", "nf4", 60.0), measured("b", "nf4", 100.0), measured("c", "nf4", 110.0)]
    rate = rate_for("nf4", runs, formula_rate(HARDWARE, RUN, 2048))
    assert (rate.expected, rate.low, rate.high, rate.source) == (100, 60, 120, "measured")
    alone = rate_for("none", [*runs, measured("d", "none", 200.0)], formula_rate(HARDWARE, RUN, 2048))
    assert (alone.expected, alone.low, alone.high) == (200, 120, 240)  # as far apart as the others
    assert rate_for("int8", runs, formula_rate(HARDWARE, RUN, 2048)).source == "formula"


def test_only_runs_on_hardware_like_the_settings_count():
    runs = [measured("a", "nf4", 1.0), measured("b", "nf4", 1.0, threads=2), measured("c", "nf4", 1.0, gpu="A100")]
    assert [run.run for run in on_same_hardware(runs, HARDWARE)] == ["a"]
    assert [run.run for run in on_same_hardware(runs, HARDWARE | {"gpu_memory_gb": 80.0})] == ["c"]
    mixed = [measured("x", "nf4", 1.0, cpu="b"), *(measured(name, "nf4", 1.0) for name in "yz")]
    assert [run.run for run in on_same_hardware(mixed, HARDWARE)] == ["y", "z"]
    assert on_same_hardware([], HARDWARE) == []


def test_a_finished_run_counts_only_with_these_very_settings(tmp_path):
    settings = Run(rank=4, quantization="nf4")
    for name, recorded in (("same", settings), ("other", settings | {"rank": 8})):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.json").write_text(json.dumps({"settings": recorded.model_dump()}))
        (tmp_path / name / "timing.json").write_text(
            json.dumps({"tokens_per_second": 50.0, "devices": 1, "hardware": CPU})
        )
    runs = {name: settings for name in ("same", "other", "absent")}
    found = read_measured(tmp_path, dict.fromkeys(runs, 3e6), runs)
    assert [(run.run, run.flops_per_second) for run in found] == [("same", 1.5e8)]
    assert read_measured(tmp_path / "nowhere", dict.fromkeys(runs, 1.0), runs) == []
