"""A small study from PDFs to the page: what a user finds at its end."""

import hashlib
import json
import re
import shutil

import pandas as pd
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow


def read(finished, path):
    return json.loads((finished.study / "results" / path).read_text())


def test_a_broken_paper_is_rejected_with_its_reason_and_the_study_ends(finished):
    rejected = pq.read_table(finished.study / "results/corpus/rejected.parquet").to_pylist()
    assert [(row["file"], row["reason"]) for row in rejected] == [("broken.pdf", "damaged")]
    page = (finished.study / "results/report/index.html").read_text()
    assert "broken.pdf" in page and "damaged" in page


def test_every_character_is_kept_or_dropped_for_a_reason(finished):
    ledger = pq.read_table(finished.study / "results/corpus/ledger.parquet").to_pandas()
    assert ledger["characters"].min() >= 0
    assert ledger["paper"].nunique() == 11
    assert set(ledger["reason"]) >= {"kept", "reference", "page header"}


def test_each_question_has_numbers(finished):
    comparison = read(finished, "evaluation/comparison.json")
    papers = comparison["runs"]["default"]["papers"]
    assert papers["num_documents"] == 3 and not papers["trustworthy"]
    interval = papers["difference_nats_per_token"]
    assert interval["low"] <= interval["estimate"] <= interval["high"]
    assert papers["before"]["num_tokens"] == papers["after"]["num_tokens"]
    assert set(comparison["quantisation"]) == {"none", "nf4"}
    law = read(finished, "scaling/law.json")
    assert len(law["points"]) == 3 or law["fitted"]


def test_fractions_are_nested_and_no_held_out_paper_is_trained_on(finished):
    split = pq.read_table(finished.study / "results/corpus/split.parquet").to_pylist()
    train = {row["paper"] for row in split if row["split"] == "train"}
    papers = [
        read(finished, f"runs/{run}/metrics.json")["papers"] for run in ("fraction-0.25", "fraction-0.5", "default")
    ]
    assert set(papers[0]) < set(papers[1]) < set(papers[2]) == train


def test_no_token_is_lost(finished):
    metrics = read(finished, "runs/default/metrics.json")
    assert metrics["num_dropped_tokens"] == 0
    assert metrics["num_trained_tokens"] == metrics["num_unique_tokens"]  # one pass


def digest(*files):
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


def test_base_and_run_made_again_are_the_same_to_the_bit(finished, tmp_path):
    again = tmp_path / "study"
    shutil.copytree(finished.study, again)
    files = ("demo/base.json", "runs/default/metrics.json", "runs/default/adapter/adapter_model.safetensors")
    paths = [again / "results" / file for file in (*files, "scores/runs/default.parquet")]
    before = digest(*paths)
    type(finished)(finished.code, again).snakemake(
        "--cores", "2", "--profile", finished.code / "profiles/default", "--configfile", again / "config.yaml",
        "--force", "results/demo/base.json", "results/runs/default/metrics.json", "results/scores/runs/default.parquet",
    )  # fmt: skip
    assert digest(*paths) == before


def test_the_picture_of_the_workflow_is_that_of_snakemake(finished):
    plain = ("--profile", finished.code / "profiles/default", *finished.config)
    graph = finished.snakemake(*plain, "--forceall", "--rulegraph", "dot").stdout
    names = dict(re.findall(r'(\d+)\[label = "(\w+)', graph))
    arrows = {(names[one], names[other]) for one, other in re.findall(r"(\d+) -> (\d+)", graph)}
    table = pd.read_csv(finished.study / "results/report/data/workflow.csv")
    assert arrows and set(table.itertuples(index=False, name=None)) == arrows


def test_each_adapter_has_its_card(finished):
    runs = sorted(path.parent.name for path in (finished.study / "results/runs").glob("*/metrics.json"))
    for run in runs:
        adapter = finished.study / "results/runs" / run / "adapter"
        card = (adapter / "README.md").read_text()
        assert f"# Small study, run {run}" in card and "| held-out papers | 3 |" in card
        files = sorted(path.name for path in adapter.iterdir())
        assert files == ["README.md", "adapter_config.json", "adapter_model.safetensors"]


def test_the_snakemake_report_holds_the_figures(finished, tmp_path):
    target = tmp_path / "report.zip"
    finished.snakemake("--profile", finished.code / "profiles/default", *finished.config, "--report", target)
    assert target.stat().st_size > 100_000
