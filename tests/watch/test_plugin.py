"""Snakemake itself with this log, on a few shell rules: what stands on the terminal, and what stays away."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from facts import tells
from further.io import write_json
from further.lock import this_process
from further.takeover import PLACE
from snakemake_logger_plugin_further import read_tail

ROOT = Path(__file__).parents[2]
SNAKEFILE = """
rule all:
    input: expand("results/{number}.txt", number=range(3))

rule draw_pages:
    output: "results/{number}.txt"
    log: "logs/draw_pages/{number}.log"
    shell: "echo reading > {log}; printf 'Traceback (most recent call last):\\n  File x\\n' >> {log}; echo 'ValueError: 7 is more than 5' >> {log}; [ {wildcards.number} != FAIL ] && touch {output}"

onstart:
    import os
    from further.watch.session import write_session
    about = {"title": "t", "started": 0.0, "runs": []}
    write_session(Path.cwd(), about, [
        {"number": workflow.dag.jobid(job), "rule": job.rule.name,
         "wildcards": {name: str(value) for name, value in job.wildcards_dict.items()}}
        for job in workflow.dag.needrun_jobs(exclude_finished=False) if job.output
    ])
"""  # noqa: E501


@pytest.fixture
def snakemake(tmp_path):
    def run(*words, fail=9):
        (tmp_path / "Snakefile").write_text(SNAKEFILE.replace("FAIL", str(fail)))
        command = [sys.executable, "-m", "snakemake", "--cores", "1", "--logger", "further", *words]
        done = subprocess.run(command, cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    return run


def test_a_run_is_one_line_a_job(snakemake):
    code, said = snakemake()
    lines = said.splitlines()
    assert code == 0 and len(lines) == 4
    pages = [re.fullmatch(r"drew pages (\d) \((\d) of 3\) in \d.\d s; study .*", line) for line in lines[:3]]
    assert sorted(page[1] for page in pages) == ["0", "1", "2"] and [page[2] for page in pages] == ["1", "2", "3"]
    assert "study 100%" in lines[2] and ".snakemake/log/" in lines[3]
    assert snakemake()[1].splitlines()[0].startswith("Nothing to be done")


def test_a_dry_run_is_short_and_in_full_where_asked_for(snakemake):
    short, full = snakemake("-n")[1], snakemake("-n", "-p")[1]
    assert tells(short, "draw_pages", 3) and "output:" not in short
    assert full.count("output: results/") == 3


def test_a_dry_run_says_that_a_job_was_interrupted(snakemake, tmp_path):
    """Snakemake gives the reason that it gives with --force, and keeps a mark under the output's name."""
    snakemake()
    mark = base64.urlsafe_b64encode(b"results/1.txt").decode()
    (tmp_path / ".snakemake/incomplete" / mark).touch()
    assert tells(snakemake("-n", "--rerun-incomplete")[1], "draw_pages", 1, "interrupted", 1)


def test_a_failed_job_says_what_its_log_ends_with_and_where_it_is(snakemake):
    code, said = snakemake("--keep-going", fail=1)
    assert code == 1
    [line] = [line for line in said.splitlines() if line.startswith("Error in rule")]
    assert tells(line, "draw_pages (1)", "ValueError", 7, 5)
    assert "    reading\n" in said and tells(said, "logs/draw_pages/1.log")
    assert "Traceback" not in said


def test_the_end_of_a_log_is_shown_without_the_frames_of_a_traceback(tmp_path):
    text = "cut in 2\nTraceback (most recent call last):\n  File 'a.py', line 1\n    g()\n    ~^^\nValueError: 7\n"
    (tmp_path / "log").write_text(f"{text}\nDuring handling of it:\n\n{text}  of 5\n\n")
    shown = ["cut in 2", "ValueError: 7", "", "During handling of it:", "", "cut in 2", "ValueError: 7", "  of 5"]
    assert read_tail(tmp_path / "log") == shown
    assert read_tail(tmp_path / "absent") == []


@pytest.mark.parametrize(
    ("name", "text", "facts"),
    [
        ("none.yaml", None, ["none.yaml"]),
        ("tab.yaml", b"a:\n\tb: 1\n", ["tab.yaml", 2, "tabs"]),
        ("latin.yaml", "a: café".encode("latin-1"), ["latin.yaml", "UTF-8"]),
        ("empty.yaml", b"", ["empty.yaml", "empty"]),
        ("deep.yaml", b"a: " + b"[" * 2000 + b"]" * 2000, ["deep.yaml", "nests"]),
    ],
)
def test_a_study_file_that_snakemake_cannot_read_is_one_line(snakemake, tmp_path, name, text, facts):
    if text is not None:
        (tmp_path / name).write_bytes(text)
    for words in (["--configfile", name], [f"--configfile={name}"]):
        code, said = snakemake("-n", *words)
        assert code == 1 and "Traceback" not in said and len(said.splitlines()) == 2, said
        assert tells(said, *facts)


def test_a_target_that_was_taken_for_a_file_is_told(snakemake, tmp_path):
    (tmp_path / "good.yaml").write_text("study: {title: Hearts}\n")
    code, said = snakemake("-n", "--configfile", "good.yaml", "plan")
    assert code == 1 and "Traceback" not in said
    assert tells(said, "plan") and tells(said, "--configfile", "--")
    (tmp_path / "bad.yaml").write_text("a: [")
    assert "--configfile" not in snakemake("-n", "--configfile", "good.yaml", "bad.yaml")[1]  # no target was meant


def test_an_unknown_target_is_one_line_with_where_to_look(snakemake):
    code, said = snakemake("--", "nothing")
    assert code == 1 and "Exception" not in said
    assert tells(said, "nothing", "--list-target-rules")


def test_a_second_snakemake_is_told_of_the_first(snakemake, tmp_path):
    """This test's own process stands for the first."""
    (tmp_path / ".snakemake/locks").mkdir(parents=True)
    (tmp_path / ".snakemake/locks/0.output.lock").write_text("results/0.txt\n")
    write_json(tmp_path / PLACE / "dead.json", this_process() | {"pid": 2**22 + 1})
    write_json(tmp_path / PLACE / "first.json", this_process() | {"process_started": psutil.Process().create_time()})
    code, said = snakemake()
    assert code == 1 and len(said.splitlines()) == 2
    assert tells(said, os.getpid(), this_process()["host"]) and tells(said, "--unlock")
    assert not tells(said, 2**22 + 1)
    assert tells(snakemake("-n")[1], os.getpid(), this_process()["host"])
