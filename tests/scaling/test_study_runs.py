"""From a study's records to the points of its curve, their conditions, and what its tokens cost."""

import pytest

from further.records.training import Hardware, Timing
from further.scaling.analysis import analyse_curve
from further.scaling.study_runs import cost_of_study, points_of_runs
from further.settings import CostSettings, ModelSettings
from report.results_case import DEFAULT, make_comparison, make_run

FRACTIONS = {"default": 1.0, "half": 0.5, "quarter": 0.25, "eighth": 0.125}
COMMIT = "d04e592bb4f6d04e592bb4f6d04e592bb4f6d04e"
HUB = ModelSettings(name="llama", source="hub", path="meta-llama/Llama-3.1-8B", revision=COMMIT)
TINY = ModelSettings(name="tiny", source="demo")


@pytest.mark.parametrize(
    ("model", "base"),
    [(HUB, {"base": "meta-llama/Llama-3.1-8B", "base_revision": COMMIT}), (TINY, {"base": "tiny"})],
)
def test_a_law_is_conditional_on_its_base(model, base):
    runs = {name: make_run(DEFAULT | {"fraction": fraction}) for name, fraction in FRACTIONS.items()}
    points = points_of_runs(make_comparison(runs=runs), list(FRACTIONS), model, {})
    record = analyse_curve(points).to_json()
    assert record["conditional_on"] == base | DEFAULT.model_dump(exclude={"fraction", "seed"})
    assert [(point["size"], point["num_unique_tokens"]) for point in record["points"]] == [
        (1.0, 26000), (0.5, 13000), (0.25, 6500), (0.125, 3250),
    ]  # fmt: skip


def timing(seconds: float, speed: float) -> Timing:
    """A run on two GPUs."""
    hardware = Hardware(cpu="Xeon", gpu="A100", threads=4)
    memory = {"memory_before_mb": 1.0, "memory_loaded_mb": 2.0, "peak_memory_mb": 3.0}
    return Timing(
        devices=2, hardware=hardware, seconds_total=seconds, seconds_train=seconds, starts=1, tokens_per_second=speed,
        **memory,
    )  # fmt: skip


def test_the_speed_is_that_of_the_longer_half_per_gpu():
    """Runs of 10, 20, 30 and 40 s; those of 30 and 40 s train 400 and 600 tokens a second, on two GPUs: 250 each."""
    timings = [timing(10.0 * place, speed) for place, speed in enumerate((100.0, 200.0, 400.0, 600.0), 1)]
    prices = CostSettings(price_per_gpu_hour=20.0, currency="SEK", price_date="2026-11")
    cost = cost_of_study(prices, epochs=2, tokens_per_paper=8e3, timings=timings)
    assert (cost.tokens_per_second, cost.epochs, cost.tokens_per_paper) == (250.0, 2, 8e3)
    assert (cost.price_per_gpu_hour, cost.kwh_per_gpu_hour) == (20.0, None)
    assert (cost.speed_source, cost.hardware) == ("measured", "A100")
