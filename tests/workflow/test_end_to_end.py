"""A small study from PDFs to the page: what a user finds at its end."""

import hashlib
import json
import re
import shutil

import pyarrow.parquet as pq
import pytest

from further.plan.table import read_plan

pytestmark = pytest.mark.slow


def read(finished, path):
    return json.loads((finished.study / "results" / path).read_text())


def test_a_broken_paper_is_rejected_with_its_reason_and_the_study_ends(finished):
    rejected = pq.read_table(finished.study / "results/corpus/rejected.parquet").to_pylist()
    assert [(row["file"], row["reason"]) for row in rejected] == [("broken.pdf", "damaged")]
    page = (finished.study / "results/report/index.html").read_text()
    assert "broken.pdf" in page and "damaged" in page
    assert "at least" not in page.split("<main")[0]  # each job's time was found


def test_every_character_is_kept_or_dropped_for_a_reason(finished):
    ledger = pq.read_table(finished.study / "results/corpus/ledger.parquet").to_pandas()
    blocks = pq.read_table(finished.study / "results/corpus/blocks").to_pandas()
    extracted = blocks["text"].str.len().groupby(blocks["paper"]).sum()
    assert ledger.groupby("paper")["characters"].sum().to_dict() == extracted.to_dict() and len(extracted) == 11
    assert set(ledger["reason"]) >= {"kept", "reference", "page header"}


def test_each_question_has_numbers(finished):
    comparison = read(finished, "evaluation/comparison.json")
    papers = comparison["runs"]["default"]["papers"]
    assert papers["num_documents"] == 3
    interval = papers["difference_nats_per_token"]
    assert interval["estimate"] is not None and interval["low"] is None and interval["high"] is None
    assert papers["before"]["num_tokens"] == papers["after"]["num_tokens"]
    assert set(comparison["quantization"]) == {"none", "nf4"}
    law = read(finished, "scaling/law.json")
    assert len(law["points"]) == 3 and not law["fitted"]


def test_what_was_compared_was_scored_on_the_same_bytes(finished):
    comparison = read(finished, "evaluation/comparison.json")
    assert comparison["scoring"]["begin_rule"] == "BOS" and comparison["scoring"]["window"] == 256
    papers = [run["papers"] for run in comparison["runs"].values()]
    assert len({(paper["before"]["sha256"], paper["after"]["sha256"]) for paper in papers}) == 1
    rows = pq.read_table(finished.study / "results/corpus/rows.parquet").to_pandas()
    for document in papers[0]["documents"]:
        text = "\n\n".join(rows[rows["paper"] == document["document"]].sort_values("row")["text"])
        assert hashlib.sha256(text.encode()).hexdigest() == document["sha256"]
        assert len(text.encode()) == document["num_bytes"]
    assert comparison["excluded"]["shared_paragraphs_left"] == 0
    assert comparison["cross_validation"] is None


def test_the_way_to_the_merged_model_is_told_in_parts(finished):
    split = read(finished, "evaluation/comparison.json")["quantization"]["nf4"]
    parts = [split[name]["estimate"] for name in ("base_cost_nats", "adaptation_nats", "merging_nats")]
    assert split["total_nats"]["estimate"] == pytest.approx(sum(parts))


def test_memorization_terms_and_samples_have_numbers(finished):
    memorization = read(finished, "evaluation/memorization.json")
    for group in ("train", "heldout"):
        assert memorization[group]["num_paragraphs"] == 20
        assert sum(memorization[group]["adapted"]["histogram"]) == 20
    terms = read(finished, "evaluation/terms.json")
    scored = read(finished, "evaluation/comparison.json")["runs"]["default"]["papers"]
    assert terms["before_nats"] == pytest.approx(scored["before"]["nats"])
    assert terms["after_nats"] == pytest.approx(scored["after"]["nats"])
    samples = read(finished, "evaluation/samples.json")["samples"]
    assert [(sample["decoding"], sample["subject"]) for sample in samples] == [
        (decoding, subject) for decoding in ("greedy", "sampled") for subject in ("base", "adapted")
    ]


def test_every_paper_is_held_out_once_in_a_cross_validation(finished, tmp_path):
    again = tmp_path / "study"
    shutil.copytree(finished.study, again)
    config = (again / "config.yaml").read_text()
    (again / "config.yaml").write_text(config.replace("{window: 256", "{folds: 2, window: 256"))
    done = type(finished)(finished.code, again).snakemake(
        "results/plan.tsv", "results/evaluation/comparison.json", "--cores", "2",
        "--profile", finished.code / "profiles/default", "--configfile", again / "config.yaml",
    )  # fmt: skip
    assert len(re.findall("^trained fold-[12]-of-2 ", done.stdout, re.M)) == 2
    result = json.loads((again / "results/evaluation/comparison.json").read_text())["cross_validation"]
    assert result["num_papers"] == result["papers"]["num_documents"] == 11
    assert result["papers"]["difference_nats_per_token"]["low"] is not None and result["not_held_out"] == []
    for fold in range(1, 3):
        split = pq.read_table(again / f"results/folds/fold-{fold}-of-2/split.parquet").to_pylist()
        metrics = json.loads((again / f"results/runs/fold-{fold}-of-2/metrics.json").read_text())
        assert set(metrics["papers"]) == {line["paper"] for line in split if line["split"] == "train"}
        assert metrics["settings"] == read(finished, "runs/default/metrics.json")["settings"]
        planned = next(row for row in read_plan(again / "results/plan.tsv") if row.run == f"fold-{fold}-of-2")
        assert (planned.num_papers, planned.num_steps) == (metrics["num_papers"], metrics["num_steps"])
        assert planned.num_trained_tokens == metrics["num_trained_tokens"]


def test_fractions_are_nested_and_no_held_out_paper_is_trained_on(finished):
    split = pq.read_table(finished.study / "results/corpus/split.parquet").to_pylist()
    train = {row["paper"] for row in split if row["split"] == "train"}
    papers = [
        read(finished, f"runs/{run}/metrics.json")["papers"] for run in ("fraction-0.25", "fraction-0.5", "default")
    ]
    assert set(papers[0]) < set(papers[1]) < set(papers[2]) == train


def test_each_run_had_what_was_planned(finished):
    for planned in read_plan(finished.study / "results/plan.tsv"):
        metrics, timing = (read(finished, f"runs/{planned.run}/{file}.json") for file in ("metrics", "timing"))
        assert planned.num_steps == metrics["num_steps"]
        assert planned.num_trained_tokens == metrics["num_trained_tokens"]
        assert planned.num_unique_tokens == metrics["num_unique_tokens"]
        assert planned.num_replay_tokens == metrics["num_replay_tokens"]
        assert planned.trainable_parameters == metrics["parameters"]["trainable"]
        assert planned.total_parameters == metrics["parameters"]["total"]
        assert planned.peak_memory_mb == pytest.approx(timing["peak_memory_mb"], rel=0.15)


def test_no_token_is_lost(finished):
    metrics = read(finished, "runs/default/metrics.json")
    assert metrics["num_dropped_tokens"] == 0
    assert metrics["num_trained_tokens"] == metrics["num_unique_tokens"]  # one pass


def digest(*files):
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


def test_base_and_run_made_again_are_the_same_to_the_bit(finished, tmp_path):
    again = tmp_path / "study"
    shutil.copytree(finished.study, again)
    files = ("demo/toy.json", "runs/default/metrics.json", "runs/default/adapter/adapter_model.safetensors")
    paths = [again / "results" / file for file in (*files, "scores/runs/default.parquet")]
    before = digest(*paths)
    type(finished)(finished.code, again).snakemake(
        "--cores", "2", "--profile", finished.code / "profiles/default", "--configfile", again / "config.yaml",
        "--force", "results/demo/toy.json", "results/runs/default/metrics.json", "results/scores/runs/default.parquet",
    )  # fmt: skip
    assert digest(*paths) == before


def test_each_adapter_has_its_card(finished):
    runs = sorted(path.parent.name for path in (finished.study / "results/runs").glob("*/metrics.json"))
    for run in runs:
        adapter = finished.study / "results/runs" / run / "adapter"
        card = (adapter / "README.md").read_text()
        assert f"# Small study, run {run}" in card and "| held-out papers | 3 |" in card
        files = sorted(path.name for path in adapter.iterdir())
        assert files == ["README.md", "adapter_config.json", "adapter_model.safetensors"]
