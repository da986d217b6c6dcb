"""The stage's rules in a real Snakemake: from a folder to questions, and what reruns after an edit."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cases.made import save_picture, write_csv, write_jsonl
from facts import tells

pytestmark = [pytest.mark.slow, pytest.mark.workflow]

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "folder": "cases", "layout": None, "columns": {}, "shards": 4, "timeout_s": 30, "memory_mb": 1000,
    "max_megapixels": 50, "ct_windows": "header", "near_equal_bits": 16, "split": "own", "test_fraction": 0.2,
    "validation_fraction": 0.1, "split_seed": 0, "questions": None, "max_images": 1, "language": "en", "phantoms": 30,
    "clinic": "first", "phantom_seed": 0,
}  # fmt: skip
SNAKEFILE = """
ROOT = Path(workflow.basedir)
CONFIG = {{"cases": {settings}}}
include: "workflow/rules/common.smk"
include: "workflow/rules/cases.smk"
wildcard_constraints:
    shard="[0-9]+",
rule all:
    default_target: True
    input:
        "results/cases/questions.parquet",
        "results/evaluation/floors.parquet",
"""
AFTER_IMAGES = {"gather_cases": 1, "split_cases": 1, "ask_questions": 1, "score_floors": 1}


class Study:
    """A folder with a copy of the code, to be edited, and a folder of cases."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        shutil.copytree(ROOT / "workflow", folder / "workflow", ignore=shutil.ignore_patterns("__pycache__"))
        self.set()

    def set(self, **settings):
        (self.folder / "Snakefile").write_text(SNAKEFILE.format(settings=SETTINGS | settings))

    def write_cases(self, number):
        records = []
        for place in range(number):
            about = {"Findings": f"Finding {place}.", "Abnormal": "yes" if place % 2 else "no"}
            record = {
                "U_id": f"case{place}",
                "image": f"image{place}",
                "caption": f"A picture of {place}.",
                "type": "CT",
            }
            records.append(record | {"case_info": about, "topic_info": {"Title": f"Topic {place}"}})
            if not (self.folder / "cases" / "images" / f"image{place}.png").exists():
                save_picture(self.folder / "cases" / "images" / f"image{place}.png", place)
        write_jsonl(self.folder / "cases" / "cases.jsonl", records)

    def run(self, *arguments):
        command = [
            sys.executable,
            "-m",
            "snakemake",
            "--cores",
            "1",
            "--rerun-triggers",
            "mtime",
            "params",
            "input",
            "software-env",
        ]
        environment = os.environ | {"PYTHONPATH": str(self.folder / "src"), "OMP_NUM_THREADS": "1"}
        return subprocess.run([*command, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True)

    def plan(self):
        """Number of jobs by rule that a dry run lists."""
        done = self.run("--dry-run", "--quiet", "host")
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(Counter(re.findall(r"^rule (\w+):", done.stdout + done.stderr, re.MULTILINE)) - Counter({"all": 1}))

    def edit(self, file, old, new):
        path = self.folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    study = Study(tmp_path_factory.mktemp("study"))
    study.write_cases(12)
    done = study.run()
    assert done.returncode == 0, done.stdout + done.stderr
    return study


def test_braces_in_names_of_files_are_no_wildcards(tmp_path):
    study = Study(tmp_path)
    head, rows = ("image", "caption"), [(f"a {{{place}}}.png", f"Film {place}.") for place in range(12)]
    write_csv(tmp_path / "cases" / "tab{le}.csv", [head, *rows])
    for place, (name, _) in enumerate(rows):
        save_picture(tmp_path / "cases" / "bi{ld}er" / name, place)
    done = study.run("--", "results/cases/ledger.parquet")
    assert done.returncode == 0, done.stdout + done.stderr
    ledger = pq.read_table(tmp_path / "results" / "cases" / "ledger.parquet").to_pylist()
    assert {line["reason"] for line in ledger} == {"kept"} and len(ledger) == 12 * 4
    save_picture(tmp_path / "cases" / "bi{ld}er" / rows[0][0], 99)
    assert study.plan()["read_images"] == 1  # its shard alone


def test_questions_come_out_and_nothing_is_left_to_do(finished):
    assert finished.plan() == {}
    ledger = pq.read_table(finished.folder / "results/cases/ledger.parquet").to_pylist()
    counts = Counter((line["unit"], line["reason"]) for line in ledger)
    assert counts == {("case", "kept"): 12, ("image", "kept"): 12, ("caption", "kept"): 12, ("question", "kept"): 66}
    questions = pq.read_table(finished.folder / "results/cases/questions.parquet").to_pylist()
    assert Counter(line["split"] for line in questions if line["question_type"] == "caption") == {
        "train": 9, "test": 2, "validation": 1,
    }  # fmt: skip
    assert set(pq.read_table(finished.folder / "results/evaluation/floors.parquet")["floor"].to_pylist()) >= {
        "majority"
    }


def test_an_edited_question_rule_reruns_questions_and_after_and_no_images(finished):
    file, old, new = "src/further/cases/questions.py", "what modality is used?", "which modality is used?"
    finished.edit(file, old, new)
    try:
        assert finished.plan() == {"ask_questions": 1, "score_floors": 1}
    finally:
        finished.edit(file, new, old)
    assert finished.plan() == {}


def test_an_edit_of_what_the_child_runs_rereads_every_shard(finished):
    file = "src/further/cases/pixels.py"
    finished.edit(file, "compress_level=6", "compress_level=5")
    try:
        plan = finished.plan()
    finally:
        finished.edit(file, "compress_level=5", "compress_level=6")
    assert plan["read_images"] > 1
    assert set(plan) == {"read_cases", "read_images", *AFTER_IMAGES}  # the same child reads headers of DICOM files


def test_settings_rerun_what_they_are_of(finished):
    for settings, jobs in (
        ({"split_seed": 1}, {"split_cases", "ask_questions", "score_floors"}),
        ({"language": "de"}, {"ask_questions", "score_floors"}),
        ({"near_equal_bits": 8}, set(AFTER_IMAGES)),
        ({"layout": "flat"}, set()),
    ):
        finished.set(**settings)
        assert set(finished.plan()) == jobs, settings
    finished.set()


def test_a_picture_replaced_by_an_older_one_of_its_name_rereads_its_shard(finished):
    """A file that is moved over another keeps its date, which is before that of all results."""
    file = finished.folder / "cases" / "images" / "image3.png"
    status, own = file.stat(), file.read_bytes()
    save_picture(file, 99)
    assert file.stat().st_size != status.st_size
    os.utime(file, (10**9, 10**9))
    try:
        assert finished.plan() == {"read_images": 1, **AFTER_IMAGES}
    finally:
        file.write_bytes(own)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert finished.plan() == {}


def test_one_added_case_rereads_its_shard_alone(finished):
    finished.write_cases(13)
    try:
        assert finished.plan() == {"read_cases": 1, "read_images": 1, **AFTER_IMAGES}
    finally:
        (finished.folder / "cases" / "images" / "image12.png").unlink()
        finished.write_cases(12)


def test_what_is_wrong_is_one_line_before_any_job(finished):
    finished.set(folder="nowhere")
    done = finished.run("--dry-run")
    finished.set()
    text = (done.stdout + done.stderr).strip()
    assert done.returncode != 0 and "Traceback" not in text
    assert tells(text.splitlines()[-1], "cases.folder", "nowhere")


def test_the_phantoms_go_the_same_way(tmp_path):
    study = Study(tmp_path)
    study.set(folder=None)
    done = study.run()
    assert done.returncode == 0, done.stdout + done.stderr
    kinds = Counter(pq.read_table(tmp_path / "results/cases/questions.parquet")["question_type"].to_pylist())
    assert set(kinds) == {
        "modality", "location", "abnormal", "abnormality", "side", "size", "findings", "caption",
    }  # fmt: skip
    assert set(kinds.values()) == {30}
    assert study.plan() == {}
