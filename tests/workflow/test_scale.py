"""How planning grows: with shards and runs, never with papers; and what a large study's plan costs."""

import resource

import pytest
import yaml

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

OFF = {"quantisation": None, "target_modules": None, "context": None, "accumulation": None}


@pytest.fixture
def plan(project, tmp_path):
    """Plan a study of so many papers, shards and runs; returns its jobs by rule."""

    def count(papers, shards, runs):
        study = type(project)(project.code, tmp_path / f"{papers}-{shards}-{runs}")
        (study.study / "papers").mkdir(parents=True)
        for number in range(papers):
            (study.study / "papers" / f"paper-{number:06d}.pdf").touch()
        sweeps = OFF | {"data": {"fraction": [1.0], "seed": list(range(runs))}}
        config = {"corpus": {"papers": "papers", "shards": shards}, "sweeps": sweeps}
        (study.study / "config.yaml").write_text(yaml.safe_dump(config))
        return study.plan()

    return count


def test_jobs_grow_with_shards_and_runs_and_not_with_papers(plan):
    few, many = plan(200, 10, 5), plan(2_000, 10, 5)
    assert few == many and few["parse_papers"] == 10 and few["train_qlora"] == 5
    shards, runs = plan(200, 20, 5), plan(200, 10, 15)
    assert sum(shards.values()) - sum(few.values()) == 2 * 10  # parsing and cleaning
    assert sum(runs.values()) - sum(few.values()) == 2 * 10  # training and scoring


def test_a_tenth_of_the_largest_study_is_planned_in_a_tenth_of_its_limits(plan):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    plan(10_000, 20, 100)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert seconds < 12  # of the processor; a minute is what 100,000 papers and 1,000 runs may take, and 3 s the start
    assert after.ru_maxrss < 1_000_000  # kB, of the largest child so far
