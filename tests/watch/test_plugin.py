"""Snakemake itself with this log, on a few shell rules: what stands on the terminal, and what stays away."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from facts import tells

ROOT = Path(__file__).parents[2]
SNAKEFILE = """
rule all:
    input: expand("results/{number}.txt", number=range(3))

rule draw_pages:
    output: "results/{number}.txt"
    log: "logs/draw_pages/{number}.log"
    shell: "echo reading > {log}; echo 'ValueError: 7 is more than 5' >> {log}; [ {wildcards.number} != FAIL ] && touch {output}"

onstart:
    import os
    from further.watch.start import write_session
    about = {"title": "t", "started": 0.0, "pid": os.getpid(), "host": "h", "runs": []}
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
    assert "study 100 %" in lines[2] and ".snakemake/log/" in lines[3]
    assert snakemake()[1].splitlines()[0].startswith("Nothing to be done")


def test_a_dry_run_is_short_and_in_full_where_asked_for(snakemake):
    short, full = snakemake("-n")[1], snakemake("-n", "-p")[1]
    assert tells(short, "draw_pages", 3) and "output:" not in short
    assert full.count("output: results/") == 3


def test_a_failed_job_says_what_its_log_ends_with_and_where_it_is(snakemake):
    code, said = snakemake("--keep-going", fail=1)
    assert code == 1
    [line] = [line for line in said.splitlines() if line.startswith("Error in rule")]
    assert tells(line, "draw_pages (1)", "ValueError", 7, 5)
    assert "    reading\n" in said and tells(said, "logs/draw_pages/1.log")
    assert "Traceback" not in said
