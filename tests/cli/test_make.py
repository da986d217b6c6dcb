"""The Makefile's words: folders whose names hold spaces and quotes, and a study that is gone on with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = '#!/bin/sh\nfor word in "$0" "$@"; do printf "%s\\n" "$word"; done >> "$RECORD"; echo >> "$RECORD"\n'


@pytest.fixture
def make(tmp_path):
    """make in a copy of the project whose programs only write down how they were called."""

    def run(*words, folder="clone"):
        clone, record = tmp_path / folder, tmp_path / "record"
        (clone / ".venv/bin").mkdir(parents=True, exist_ok=True)
        programs = dict.fromkeys(("further", "snakemake", "pip"), PROGRAM)
        programs["python"] = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'  # which finds the study's folder
        for name, program in programs.items():
            (clone / ".venv/bin" / name).write_text(program)
            (clone / ".venv/bin" / name).chmod(0o755)
        for name in ("Makefile", "requirements.lock", "pyproject.toml"):
            shutil.copy(ROOT / name, clone)
        (clone / ".venv/installed").touch()
        record.write_text("")
        environment = {name: value for name, value in os.environ.items() if name not in ("PAPERS", "STUDY")}
        done = subprocess.run(
            ["make", *words], cwd=clone, env=environment | {"RECORD": str(record)}, text=True, capture_output=True
        )
        calls = [call.split("\n") for call in record.read_text().strip().split("\n\n") if call]
        return done, [[Path(call[0]).name, *call[1:]] for call in calls]

    return run


@pytest.mark.parametrize("name", ["papers", "My Papers", "Anna's papers", 'the "best" ones', "$HOME papers"])
def test_a_folder_of_any_name_is_a_study(make, tmp_path, name):
    (tmp_path / name).mkdir()
    for paper in range(4):
        (tmp_path / name / f"{paper}.pdf").touch()
    done, calls = make("study", f"PAPERS={tmp_path / name}")
    assert done.returncode == 0, done.stderr
    init, check, snakemake = calls
    study = init[2]
    assert init == ["further", "init", study, "--keep", "--papers", str(tmp_path / name)]
    assert study.startswith("studies/") and not set(study) & set(" '\"$")
    assert check == ["further", "check", study]
    assert snakemake[3:] == ["--directory", study, "--configfile", f"{study}/study.yaml"]


def test_a_tilde_is_the_home(make, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "home papers").mkdir()
    for paper in range(4):
        (tmp_path / "home papers" / f"{paper}.pdf").touch()
    done, [init, *_] = make("study", "PAPERS=~/home papers")
    assert done.returncode == 0 and init[2] == "studies/home-papers"


def test_a_study_is_run_again_by_its_folder(make, tmp_path):
    (tmp_path / "clone/studies/heart").mkdir(parents=True)
    (tmp_path / "clone/studies/heart/study.yaml").touch()
    done, calls = make("study", "STUDY=studies/heart")
    assert calls[0] == ["further", "init", "studies/heart", "--keep"] and done.returncode == 0
    assert make("status", "STUDY=studies/heart")[1] == [["further", "status", "--study", "studies/heart"]]
    assert make("status")[1] == [["further", "status", "--study", "."]]


def test_what_is_missing_is_said(make, tmp_path):
    done, calls = make("study")
    assert done.returncode == 2 and "PAPERS=" in done.stderr and calls == []
    done, calls = make("study", f"PAPERS={tmp_path}/nowhere")
    assert done.returncode == 2 and f"no folder {tmp_path}/nowhere" in done.stderr and calls == []


@pytest.mark.parametrize("words", [("study", "PAPERS="), ("status", "STUDY="), ("radiology", "CASES= ")])
def test_a_folder_without_a_name_is_refused(make, words):
    """`make radiology CASES=$FOLDER` of a variable that is not set drew phantoms, and took them for the cases."""
    done, calls = make(*words)
    assert done.returncode == 2 and words[1].strip(" =") + " is empty" in done.stderr and calls == []


def test_a_study_of_no_papers_is_not_begun(make, tmp_path):
    """Before, a study file was written and its faults were told twice."""
    for number in range(3):
        (tmp_path / f"{number}.docx").touch()
    done, calls = make("study", f"PAPERS={tmp_path}")
    assert done.returncode == 2 and "no PDF" in done.stderr and "3 .docx" in done.stderr and calls == []
    done, calls = make("study", "STUDY=studies/haert")
    assert done.returncode == 2 and "make study STUDY=studies/haert PAPERS=" in done.stderr and calls == []
    assert not (tmp_path / "clone/studies").exists()


def test_a_clone_with_a_space_in_its_path_is_refused_in_one_sentence(make):
    done, calls = make("demo", folder="My Clone")
    assert done.returncode == 2 and "My Clone" in done.stderr and calls == []


def test_no_cores_are_refused(make):
    """Snakemake waits for ever for a job that no core may run."""
    done, calls = make("demo", "CORES=0")
    assert done.returncode == 2 and "CORES is 0: how many processor cores to use" in done.stderr and not calls


def test_the_study_of_one_small_model_has_a_folder_of_its_own(make):
    done, [snakemake] = make("onemodel")
    assert done.returncode == 0, done.stderr
    assert snakemake[3:] == ["--directory", "studies/onemodel", "--configfile", "config/onemodel.yaml"]
