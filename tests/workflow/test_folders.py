"""Folders and names as people have them: spaces, quotes, braces, a Mac's files, two of one name, and a killed run."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus.made import make_article
from facts import tells
from workflow.conftest import ROOT, Project, copy_project

pytestmark = pytest.mark.workflow

FEW = "{corpus: {papers: %s, shards: 1, min_words: 50, language: null, paper_similarity: null}}"


def write_papers(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        make_article(folder / name, pages=2)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """The project as `make` sees it, with this environment for its own."""
    code = copy_project(tmp_path_factory.mktemp("checkout"))
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, code)
    add_environment(code)
    return code


FURTHER = "import sys; from further.cli import main; sys.exit(main())"


def add_environment(code):
    bin_ = code / ".venv/bin"
    bin_.mkdir(parents=True)
    for name, call in (("python", ""), ("snakemake", " -m snakemake"), ("further", f" -c '{FURTHER}'")):
        (bin_ / name).write_text(f'#!/bin/sh\nPYTHONPATH="{code}/src" exec "{sys.executable}"{call} "$@"\n')
        (bin_ / name).chmod(0o755)
    (code / ".venv/installed").touch()


def make(code, *words):
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=code,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
    )


@pytest.mark.parametrize("name", ['a "b" $HOME `x`', "Anna's ümläut & co; rm"])
def test_make_study_takes_a_folder_of_any_name(checkout, tmp_path, name):
    write_papers(tmp_path / name, *(f"{number}.pdf" for number in range(4)))
    done = make(checkout, "study", f"PAPERS={tmp_path / name}", "SNAKEMAKE=.venv/bin/snakemake --cores 1 -n")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "parse_papers" in done.stdout and "/results/report/index.html" in done.stdout


def test_two_folders_of_one_name_do_not_share_a_study(checkout, tmp_path):
    for parent in ("a", "b"):
        write_papers(tmp_path / parent / "twins", *(f"{parent}-{number}.pdf" for number in range(4)))
        done = make(checkout, "study", f"PAPERS={tmp_path / parent}/twins", "SNAKEMAKE=.venv/bin/snakemake -c1 -n")
        assert done.returncode == 0, done.stdout[-3000:]
    found = [(checkout / f"studies/{name}/study.yaml").read_text() for name in ("twins", "twins-2")]
    assert f"{tmp_path}/a/twins" in found[0] and f"{tmp_path}/b/twins" in found[1]
    status = make(checkout, "status", f"PAPERS={tmp_path}/b/twins")
    assert "studies/twins-2" in status.stdout


def test_a_checkout_in_a_path_with_a_space_is_refused_at_once_in_one_sentence(project, tmp_path):
    (tmp_path / "My Clone").mkdir()
    clone = Project(copy_project(tmp_path / "My Clone"), tmp_path / "study")
    clone.study.mkdir()
    refused = clone.snakemake("-n", check=False)
    assert re.search(r"Nothing was started.\n.*My Clone", refused.stdout) and "Traceback" not in refused.stdout
    spaced = Project(project.code, tmp_path / "My study")
    spaced.study.mkdir()
    assert re.search(r"Nothing was started.\n.*My study", spaced.snakemake("-n", check=False).stdout)


def run(project, study, *words):
    """The rows' table of a small corpus, made by Snakemake."""
    there = Project(project.code, study)
    there.snakemake("--cores", "1", "--profile", project.code / "profiles/default", "--configfile", *words)
    return pq.read_table(study / "results/corpus/gathered/rows.parquet")


def test_braces_in_names_mac_files_subfolders_and_names_that_differ_in_case_alone(project, tmp_path):
    """All in one folder, as it comes: eight papers, each under a name of its own."""
    papers = tmp_path / "Zotero's storage"
    names = ["Moreau {2019} storage.pdf", "plain.pdf", "Plain.pdf", "sub/plain.pdf", "sub {x}/a.pdf", "plain-2.pdf"]
    write_papers(papers, *names, "b.pdf", "c.pdf")
    for file in list(papers.rglob("*.pdf")):
        file.with_name(f"._{file.name}").write_bytes(b"\0\5\26\7")
    (tmp_path / "config.yaml").write_text(FEW % json.dumps(str(papers)))
    rows = run(project, tmp_path, "config.yaml", "--", "results/corpus/gathered/rows.parquet")
    kept = set(rows["paper"].to_pylist())
    assert len(kept) == 8 == len({name.casefold() for name in kept})
    rejected = pq.read_table(tmp_path / "results/corpus/gathered/rejected.parquet")
    assert rejected.num_rows == 0


def test_papers_in_subfolders_are_left_out_only_if_asked_and_never_in_silence(project, tmp_path):
    write_papers(tmp_path / "papers", *(f"{number}.pdf" for number in range(4)), "below/x.pdf", "below/y.pdf")
    (tmp_path / "config.yaml").write_text(FEW % "papers")
    there = Project(project.code, tmp_path)
    assert "left out" not in there.snakemake("-n", "--configfile", "config.yaml").stdout
    (tmp_path / "config.yaml").write_text((FEW % "papers").replace("shards", "subfolders: false, shards"))
    said = there.snakemake("-n", "--configfile", "config.yaml").stdout
    assert len(re.findall(r"corpus\.subfolders\b.*\bfalse\b.*\b2 PDFs\b.*\bpapers\b", said)) == 1


def wait_for(condition, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_after_kill_9_the_same_command_goes_on(project, tmp_path):
    """The lock that it left is taken over, and the jobs that it had started are ended."""
    target, there = "results/corpus/blocks/00.parquet", Project(project.code, tmp_path)
    command = there.command("--cores", "1", "--profile", project.code / "profiles/default", target)
    heads = tmp_path / ".snakemake/further-heads"
    first = subprocess.Popen(
        command, cwd=tmp_path, env=there.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: list(tmp_path.glob(".snakemake/locks/*")) and list(tmp_path.glob(".snakemake/scripts/*")))
        first.send_signal(signal.SIGSTOP)  # alive, and not done before the second one has looked
        alive = there.snakemake("--cores", "1", target, check=False)
        assert tells(alive.stdout, "process", first.pid) and alive.returncode == 1  # not before it is dead
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait(60)
    assert list(tmp_path.glob(".snakemake/locks/*")) and list(heads.glob("*.json"))
    looked = there.snakemake("-n", "--profile", project.code / "profiles/default", target)
    assert tells(looked.stdout, "process", first.pid) and "taken over" not in looked.stdout
    assert list(tmp_path.glob(".snakemake/locks/*"))  # a dry run leaves all of it to the start
    done = there.snakemake("--cores", "1", "--profile", project.code / "profiles/default", target)
    assert tells(done.stdout, "process", first.pid, "taken over")
    assert (tmp_path / target).exists() and not list(heads.glob("*.json"))


@pytest.mark.parametrize("host", ["node7", "this one"])
def test_a_lock_of_another_machine_stays_and_one_of_before_a_power_cut_goes(project, tmp_path, host):
    there = Project(project.code, tmp_path)
    heads, locks = tmp_path / ".snakemake/further-heads", tmp_path / ".snakemake/locks"
    heads.mkdir(parents=True)
    locks.mkdir()
    name = socket.gethostname() if host == "this one" else host
    owner = {"machine": "another boot", "pid": 1, "process_started": 1, "host": name, "slurm_job": None}
    (heads / "x.json").write_text(json.dumps(owner | {"since": "now"}))
    target = "results/demo/papers/antibody-mediated-rejection.pdf"
    (locks / "0.output.lock").write_text(f"{Path(target)}\n")
    done = there.snakemake("--cores", "1", target, check=False)
    assert done.returncode == (host == "node7"), done.stdout
    assert "lock" in done.stdout.lower()
    assert (heads / "x.json").exists() == (host == "node7")
