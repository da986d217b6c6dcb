"""When a job is killed, and when it stops before that."""

import time

import pytest

from further.training.walltime import Walltime, find_walltime


def test_without_a_margin_it_does_not_stop_by_itself():
    assert find_walltime(15, None, {"SLURM_JOB_END_TIME": "1000"}) is None


def test_the_queues_own_end_counts_before_the_rules():
    assert find_walltime(15, 10, {"SLURM_JOB_END_TIME": "1000000"}) == Walltime(1_000_000, 999_400)


def test_elsewhere_the_runtime_counts_from_now():
    walltime = find_walltime(15, 10, {})
    assert walltime.end == pytest.approx(time.time() + 900, abs=5)
    assert walltime.end - walltime.stop == 600
