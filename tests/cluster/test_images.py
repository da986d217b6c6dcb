"""A small study of images, whole, by `snakemake --profile slurm`: where its jobs arrive, and what is left."""

import shutil
from pathlib import Path

import pytest

from cluster import daemons
from cluster.conftest import Study, copy_project
from cluster.test_whole import rule_of
from further.guard.records import GuardRecord
from further.records.answers import AnswersRecord
from models.tiny import save_model

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

GPU_RULES = {"encode_images", "train_qlora", "answer_base", "answer_run"}


@pytest.fixture(scope="module")
def answered(slurm, tmp_path_factory):
    """The study, run to its page; nothing of it is shared with the other tests' studies."""
    folder = tmp_path_factory.mktemp("images") / "project"
    copy_project(folder)
    shutil.copy(Path(__file__).parent / "small_images.yaml", folder)
    save_model(folder / "base", "paligemma")
    study = Study(folder, slurm)
    study.edit_profile(("lu2026-0-00", daemons.ACCOUNT))
    study.snakemake(configs=("small_images.yaml",))
    return study


def test_every_job_of_an_image_study_ended_well_and_the_page_is_there(answered):
    assert {job["State"] for job in answered.jobs().values()} == {"COMPLETED"}
    assert (answered.folder / "results/report/index.html").stat().st_size > 10_000
    record = AnswersRecord.load(answered.folder / "results/evaluation/answers.json")
    assert set(record.runs) == {"default"} and set(record.main) == {"modality", "side"}
    guard = GuardRecord.load(answered.folder / "results/guard/guard.json")
    assert {one.counts.cases for one in guard.certificates.values()} == {10}  # a quarter of 40


def test_jobs_that_run_the_model_arrive_at_a_gpu_and_the_rest_do_not(answered):
    jobs = answered.jobs().values()
    assert {rule_of(job) for job in jobs if job["Partition"] == "gpua100"} == GPU_RULES
    assert {job["Partition"] for job in jobs if rule_of(job) not in GPU_RULES} == {"lu48"}


def test_the_cases_tables_are_one_job_in_the_queue(answered):
    names = [rule_of(job) for job in answered.jobs().values()]
    assert sum(name.startswith("cases_") for name in names) == 1
    assert not {"read_cases", "gather_cases", "split_cases", "ask_questions"} & set(names)
