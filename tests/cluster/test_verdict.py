"""What sbatch is asked before anything is queued, and what its answer becomes; scripts of this test answer."""

import os

import pytest

from facts import naming
from further.cluster.refusals import check_requests
from further.cluster.requests import request_of

ANSWERS = {"sinfo": "echo 'lu48|up|7-00:00:00|48|254000|(null)'", "sacctmgr": "echo lu2026-2-34", "sbatch": "true"}
WANTED = {"slurm_partition": "lu48", "slurm_account": "lu2026-2-34", "mem_mb": 2_000, "runtime": 10}


@pytest.fixture
def sbatch(tmp_path, monkeypatch):
    """Make sbatch answer as a line of shell says; returns what it was last asked."""
    asked = tmp_path / "asked"

    def answer(line="true"):
        for name, text in (ANSWERS | {"sbatch": f'echo "$*" > {asked}\n{line}'}).items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
            (tmp_path / name).chmod(0o755)
        return lambda: asked.read_text().strip()

    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return answer


def test_it_is_asked_for_what_the_executor_will_ask(sbatch):
    asked = sbatch()
    resources = WANTED | {"constraint": "mem512", "qos": "slow", "slurm_extra": "--exclude=cn1 '--mail-user=a b'"}
    check_requests([request_of("any", 2, resources, qos="test", reservation="course")])
    assert asked() == (
        "--test-only --account=lu2026-2-34 --partition=lu48 --cpus-per-task=2 --mem=2000 --time=10 "
        "--constraint=mem512 --qos=test --reservation=course --exclude=cn1 --mail-user=a b --wrap=true"
    )


def test_without_an_account_none_is_asked_for(sbatch):
    asked = sbatch()
    check_requests([request_of("any", 1, WANTED | {"slurm_account": ""})])
    assert not [word for word in asked() if word.startswith("--account")]


def test_memory_by_core_is_asked_for_by_core(sbatch):
    asked = sbatch('case "$*" in *--mem=*) echo "sbatch: error: use --mem-per-cpu"; exit 1;; esac')
    check_requests([request_of("any", 2, WANTED | {"mem_mb_per_cpu": 5_300})])
    assert "--mem-per-cpu=5300" in asked()
    with pytest.raises(ValueError, match=naming(2, "2,000 MB", "10 minutes", "GPU none", "“use --mem-per")):
        check_requests([request_of("any", 2, WANTED)])


def test_a_refusal_without_a_word(sbatch):
    sbatch("exit 1")
    with pytest.raises(ValueError, match=naming("10 minutes", "--qos=test", "“nothing”")):
        check_requests([request_of("any", 1, WANTED, qos="test")])
