"""How planning grows: with shards and runs, never with papers; and what a large study's plan costs."""

import json
import subprocess
import sys

import pytest
import yaml

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

# Asked from a small process: the peak that Linux tells of a child starts at its parent's, and this one may hold torch.
MEASURED = """
import json, resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": code, "seconds": used.ru_utime + used.ru_stime, "kilobytes": used.ru_maxrss}))
"""
OFF = {"quantization": None, "target_modules": None, "context": None, "gradient_accumulation_steps": None}


@pytest.fixture
def study(project, tmp_path):
    """Make a study of so many papers, shards and runs; returns it with its configuration written."""

    def make(papers, shards, runs):
        made = type(project)(project.code, tmp_path / f"{papers}-{shards}-{runs}")
        (made.study / "papers").mkdir(parents=True)
        for number in range(papers):
            (made.study / "papers" / f"paper-{number:06d}.pdf").touch()
        sweeps = OFF | {"data": {"fraction": [1.0], "seed": list(range(runs))}}
        config = {"corpus": {"papers": "papers", "shards": shards}, "sweeps": sweeps}
        (made.study / "config.yaml").write_text(yaml.safe_dump(config))
        return made

    return make


def test_jobs_grow_with_shards_and_runs_and_not_with_papers(study):
    few, many = study(200, 10, 5).plan(), study(2_000, 10, 5).plan()
    assert few == many and few["parse_papers"] == 10 and few["train_qlora"] == 5
    shards, runs = study(200, 20, 5).plan(), study(200, 10, 15).plan()
    assert sum(shards.values()) - sum(few.values()) == 2 * 10  # parsing and cleaning
    assert sum(runs.values()) - sum(few.values()) == 2 * 10  # training and scoring


def measure_plan(study):
    """Processor seconds and peak kilobytes of `snakemake -n --profile slurm`."""
    command = study.command("-n", "--profile", study.code / "profiles/slurm", *study.config)
    told = subprocess.check_output([sys.executable, "-c", MEASURED, *command], cwd=study.study, env=study.environment)
    used = json.loads(told)
    assert used["code"] == 0
    return used["seconds"], used["kilobytes"]


def test_parts_of_the_largest_study_are_planned_in_their_parts_of_its_limits(study):
    """The limit is a minute for 100,000 papers and 1,000 runs: 3 s for the start, 57 that grow in proportion."""
    start, _ = measure_plan(study(100, 2, 2))
    tenth, kilobytes = measure_plan(study(10_000, 20, 100))
    assert tenth < 9 and kilobytes < 400_000
    quarter, kilobytes = measure_plan(study(25_000, 50, 250))
    assert quarter < 17.5 and kilobytes < 400_000
    assert quarter - start < 4 * (tenth - start)  # in proportion 2.5 times, as a square 6.25
