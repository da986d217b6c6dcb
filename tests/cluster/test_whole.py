"""The small study, whole, by `snakemake --profile slurm` as typed: what arrives where, and what is left."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cluster.conftest import RUNS, numbers_in

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

GPU_RULES = {"train_qlora", "score_base", "score_run", "generate_samples", "probe_default", "score_questions"}


def rule_of(job):
    """Rule or group in an executor's comment: `rule_train_qlora_wildcards_default`."""
    return job["Comment"].removeprefix("rule_").split("_wildcards_")[0]


def is_gpu_job(job):
    return rule_of(job) in GPU_RULES


def test_every_job_ended_well_and_the_page_is_there(finished):
    assert {job["State"] for job in finished.jobs().values()} == {"COMPLETED"}
    assert (finished.folder / "results/report/index.html").stat().st_size > 10_000


def test_gpu_rules_arrive_in_the_gpu_partition_and_the_rest_do_not(finished):
    jobs = finished.jobs().values()
    assert {rule_of(job) for job in jobs if job["Partition"] == "gpua100"} == GPU_RULES
    assert all(job["Partition"] == ("gpua100" if is_gpu_job(job) else "lu48") for job in jobs)


def test_a_gpu_job_sees_its_gpu_and_no_other_job_sees_one(finished):
    for number, job in finished.jobs().items():
        seen = (finished.slurm.folder / f"tasks/{number}.0").read_text()
        assert ("\nCUDA_VISIBLE_DEVICES=0\n" in f"\n{seen}") == is_gpu_job(job), job["Comment"]


def test_jobs_ask_for_what_their_rules_say(finished):
    asked = {
        rule_of(job): (dict(part.split("=") for part in job["ReqTRES"].split(",")), int(job["TimelimitRaw"]))
        for job in finished.jobs().values()
    }
    training, minutes = asked["train_qlora"]
    assert (training["cpu"], training["mem"], training["gres/gpu"], minutes) == ("1", "1800M", "1", 15)
    general, minutes = asked["tokenize_general"]
    assert (general["cpu"], general["mem"], minutes) == ("1", "2000M", 10) and "gres/gpu" not in general


def test_small_jobs_that_follow_each_other_are_one_job_and_keep_their_logs(finished):
    names = [rule_of(job) for job in finished.jobs().values()]
    assert sum(name.startswith("shard_") for name in names) == 2
    assert sum(name.startswith("corpus_") for name in names) == 1
    for rule in (
        "parse_papers/00",
        "clean_papers/01",
        "gather_corpus",
        "split_papers",
        "tokenize_papers",
        "write_report",
    ):
        assert (finished.folder / f"logs/{rule}.log").is_file()
    group = next(job for job in finished.jobs().values() if rule_of(job).startswith("corpus_"))
    assert "mem=3504M" in group["ReqTRES"]  # the most that one of them needs: they take turns
    assert int(group["TimelimitRaw"]) == 30 + 30 + 10 + 30 + 30 + 60


def test_the_jobs_in_the_queue_are_those_that_the_dry_run_announced(finished, fresh):
    dry = fresh.snakemake("-n")
    number = int(re.search(r"^([\d,]+) jobs in the queue", dry, re.M).group(1))
    assert number == len(finished.jobs()) == len(set(numbers_in((finished.folder / "whole.txt").read_text())))
    assert re.search(r"^  train_qlora +3  gpua100 +gpu:1 +1 +1,800 +15$", dry, re.M)


def test_the_target_runs_where_it_was_typed(finished):
    assert not [job for job in finished.jobs().values() if job["Comment"].startswith("rule_all")]


def test_a_model_is_fetched_where_snakemake_is_typed(finished, monkeypatch):
    before = set(finished.jobs())
    (finished.folder / "hub.yaml").write_text(
        "model: {name: far, source: hub, path: owner/model, revision: '" + "a" * 40 + "'}\n"
    )
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    finished.snakemake("results/models/far", "--retries=0", configs=("small.yaml", "hub.yaml"), check=False)
    log = (finished.folder / "logs/fetch_model/far.log").read_text()
    assert "hub reachable" in log  # it tried, as jobs with HF_HUB_OFFLINE would not
    assert set(finished.jobs()) == before


def test_status_tells_the_finished_runs_and_their_last_loss(finished):
    told = subprocess.run(
        [Path(sys.executable).parent / "further", "status"], cwd=finished.folder,
        env=finished.environment, text=True, capture_output=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    for run in RUNS:
        metrics = finished.metrics(run)
        steps, loss = metrics["num_steps"], metrics["final_train_loss_nats"]
        assert re.search(rf"^{re.escape(run)} +done +step {steps}/{steps} +loss {loss:.3f}$", told, re.M), told
    assert "\n3 runs: 3 done\n" in told
