"""What the page is told by the configuration."""

import posixpath
from pathlib import Path

import pytest
import yaml

from further.report.study import name_base, page_settings

ROOT = Path(__file__).parents[2]


def test_page_links_to_the_papers_where_the_workflow_writes_them():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    view = posixpath.normpath(posixpath.join("results/report", page_settings(config).corpus_view))
    assert f'index="{view}"' in (ROOT / "workflow/rules/corpus.smk").read_text()


def test_a_price_of_nothing_counts_no_money_and_no_energy_leaves_it_out():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    config["cost"] |= {"price_per_gpu_hour": 2.0, "kwh_per_gpu_hour": 0.0}
    assert page_settings(config).prices.kilowatts is None
    config["cost"]["price_per_gpu_hour"] = 0.0
    assert page_settings(config).prices is None


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ({"name": "tiny", "source": "toy", "path": None}, "tiny, trained from nothing by the demonstration"),
        ({"name": "own", "source": "gguf", "path": "/somewhere/q4.gguf"}, "own, converted from q4.gguf"),
        ({"name": "own", "source": "folder", "path": "/somewhere/llama"}, "own, a folder called llama"),
        ({"name": "l8", "source": "hub", "path": "org/model", "revision": "0e9e"}, "org/model at commit 0e9e"),
    ],
)
def test_the_base_is_named_without_a_machine_s_paths(model, name):
    assert name_base(model) == name
