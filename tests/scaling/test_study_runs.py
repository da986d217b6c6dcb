"""From a study's files to the points of its curve, their conditions, and what its tokens cost."""

import pytest

from further.scaling import analyse_curve
from further.scaling.study_runs import cost_of_study, points_of_runs

FRACTIONS = {"default": 1.0, "half": 0.5, "quarter": 0.25, "eighth": 0.125}
SETTINGS = {"rank": 8, "quantization": "nf4", "epochs": 2, "seed": 0}
COMPARISON = {
    "runs": {
        run: {
            "settings": {**SETTINGS, "fraction": fraction},
            "num_unique_tokens": 8e5 * fraction,
            "papers": {"after": {"nats_per_token": 20 * (8e5 * fraction) ** -0.3 + 2}},
        }
        for run, fraction in FRACTIONS.items()
    }
}
HUB = {
    "name": "llama",
    "source": "hub",
    "path": "meta-llama/Llama-3.1-8B",
    "revision": "d04e592bb4f6",
}
TINY = {"name": "tiny", "source": "demo", "path": None, "revision": None}


@pytest.mark.parametrize(
    ("model", "base"),
    [(HUB, {"base": HUB["path"], "base_revision": HUB["revision"]}), (TINY, {"base": "tiny"})],
)
def test_a_law_is_conditional_on_its_base(model, base):
    record = analyse_curve(points_of_runs(COMPARISON, list(FRACTIONS), model)).to_json()
    assert record["conditional_on"] == {**base, "rank": 8, "quantization": "nf4", "epochs": 2}
    assert [point["size"] for point in record["points"]] == [1.0, 0.5, 0.25, 0.125]


def test_the_speed_is_that_of_the_longer_half_per_gpu():
    """Runs of 10, 20, 30 and 40 s; those of 30 and 40 s train 400 and 600 tokens a second, on two GPUs: 250 each."""
    timings = [
        {"seconds_train": 10.0 * i, "tokens_per_second": speed, "devices": 2, "hardware": {"gpu": "A100"}}
        for i, speed in enumerate((100.0, 200.0, 400.0, 600.0), 1)
    ]
    prices = {
        "price_per_gpu_hour": 20.0, "currency": "SEK", "price_date": "2026-11", "kwh_per_gpu_hour": 0,
        "yearly_budget": None, "trainings_per_year": 1,
    }  # fmt: skip
    metrics = {"settings": SETTINGS, "num_unique_tokens": 8e5, "num_papers": 100}
    cost = cost_of_study(prices, metrics, timings)
    assert (cost.tokens_per_second, cost.epochs, cost.tokens_per_paper) == (250.0, 2, 8e3)
    assert (cost.speed_source, cost.hardware, cost.kwh_per_gpu_hour) == ("measured", "A100", None)
