"""What `make demo` leaves: a number for each of the questions, on a page that stands alone."""

import json
from pathlib import Path

import pandas as pd
import pytest

RESULTS = Path(__file__).parents[2] / "results"

pytestmark = pytest.mark.skipif(
    not (RESULTS / "report/index.html").exists(), reason="the demo has not been run here: make demo"
)


def read(path):
    return json.loads((RESULTS / path).read_text())


def test_further_pre_training_made_a_difference_on_seven_held_out_papers():
    papers = read("evaluation/comparison.json")["runs"]["default"]["papers"]
    assert papers["num_documents"] == 7
    interval = papers["difference_nats_per_token"]
    assert interval["low"] < interval["estimate"] < interval["high"] < 0


def test_the_law_is_fitted_to_four_sizes():
    law = read("scaling/law.json")
    assert len(law["points"]) == 4
    assert law["fitted"], law["reason"]
    assert law["intervals"]["c"]["high"] is not None
    assert {target["verdict"] for target in law["targets"]} <= {"reached", "reachable", "undecided", "unreachable"}


def test_the_cost_of_quantization_is_known_for_each_precision():
    quantization = read("evaluation/comparison.json")["quantization"]
    assert set(quantization) == {"none", "nf4"}
    cost = quantization["nf4"]["base_cost_nats"]
    assert cost["low"] <= cost["estimate"] <= cost["high"]


def test_the_base_model_knows_general_english():
    scores = pd.read_parquet(RESULTS / "scores/base/none.parquet").query("text_set == 'general'")
    assert scores["nats"].sum() / scores["num_tokens"].sum() < 5.01  # perplexity 150


def test_the_page_stands_alone_and_answers():
    page = (RESULTS / "report/index.html").read_text()
    assert len(page) < 5_000_000
    assert 'src="http' not in page and 'href="http' not in page.split("<main")[0]
    assert page.count('<article class="answer') == 6
