"""The rule and its script, run by Snakemake on a study that has answers and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import yaml

from facts import tells
from further.guard.records import GuardRecord
from further.guard.schemas import DEFER, answers_schema
from further.io import read_table, write_table
from guard.made import descending, make_answers

ROOT = Path(__file__).parents[2]
SNAKEFILE = """
from pathlib import Path

configfile: "settings.yaml"

CONFIG = config
ROOT = Path(workflow.basedir)
SHIFTED_ANSWERS = [path for path in ["results/shifted/answers.parquet"] if Path(path).exists()]

include: "workflow/rules/common.smk"
include: "workflow/rules/guard.smk"
"""
SETTINGS = {
    "target_error": 0.1,
    "confidence": 0.95,
    "score": "mean_logprob",
    "start_factor": 1.6,
    "start_fraction": 0.0,
    "steps": 40,
    "max_run": 3,
    "max_rep_4": 0.2,
    "topics_file": "config/always_human.txt",
    "contradictions_file": "config/contradictions.yaml",
}


def save_answers(study):
    validation = make_answers(descending(60), [True] * 60)
    test = make_answers([-0.1, -0.9, -0.1], [True, False, True], split="test", prefix="t")
    test = test.assign(caption=[None, None, "a metastasis"])
    scores = answers_schema(["mean_logprob"])
    table = pd.concat([validation.assign(caption=None), test])
    write_table(study / "results/answers/default.parquet", pa.Table.from_pandas(table, scores), scores)


@pytest.fixture
def study(tmp_path):
    """A study's folder beside a checkout of rules, scripts and the files that come with Further."""
    code, folder = tmp_path / "code", tmp_path / "study"
    folder.mkdir()
    code.mkdir()
    for name in ("workflow", "config", "src"):
        (code / name).symlink_to(ROOT / name)
    (code / "Snakefile").write_text(SNAKEFILE)
    (folder / "settings.yaml").write_text(yaml.safe_dump({"guard": SETTINGS}))
    save_answers(folder)
    return folder


def run(study, *words):
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--snakefile",
        "../code/Snakefile",
        "--cores",
        "1",
        *words,
        "guard_answers",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=study, env=environment, text=True, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


def read_guarded(study):
    guarded = read_table(study / "results/guard/guarded.parquet")
    return guarded[guarded["split"] == "test"]["guarded"].tolist()


@pytest.mark.workflow
def test_the_rule_writes_the_record_and_follows_a_clinic_s_own_topics(study):
    run(study)
    assert read_guarded(study) == ["left", DEFER, DEFER]
    record = GuardRecord.load(study / "results/guard/guard.json")
    assert record.certificates["side"].promise.accepted == 60 and "malignancy" in record.rules.topics
    assert tells((study / "logs/guard_answers.log").read_text(), "side", "60 of 60")
    assert "Nothing to be done" in run(study, "-n")

    (study / "config").mkdir()
    (study / "config/always_human.txt").write_text("[side]\nleft\n")  # its own list takes the place of ours
    run(study)
    assert read_guarded(study) == [DEFER] * 3
    record = GuardRecord.load(study / "results/guard/guard.json")
    assert record.certificates["side"].counts.deferred == 60 and record.certificates["side"].promise is None


@pytest.mark.workflow
def test_files_may_be_switched_off(study):
    (study / "settings.yaml").write_text(
        yaml.safe_dump({"guard": SETTINGS | {"topics_file": None, "contradictions_file": None}})
    )
    run(study)
    assert read_guarded(study) == ["left", DEFER, "left"]


def test_the_guard_needs_no_torch():
    names = sorted(path.stem for path in (ROOT / "src/further/guard").glob("*.py") if path.stem != "__init__")
    code = f"import sys, {', '.join(f'further.guard.{name}' for name in names)}; print('torch' in sys.modules)"
    environment = {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, text=True, capture_output=True, check=True)
    assert done.stdout.split() == ["False"]
