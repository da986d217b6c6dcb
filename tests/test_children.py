"""A child that crashes, hangs, grows or is killed costs its task, and no other."""

import subprocess
import sys

import pytest

from further.children import Child, ChildError

MODULE = "slow_child"  # tests/slow_child.py, as pytest's path has the folder


@pytest.fixture
def child():
    with Child(MODULE, 3.0, 500) as one:
        yield one


def test_tasks_are_done_by_one_process_whatever_a_library_prints(child):
    first, second = child.ask({"do": "a"}), child.ask({"do": "ü" * 100_000})
    assert first["process"] == second["process"]
    assert second["did"] == "ü" * 100_000


@pytest.mark.parametrize(
    ("task", "reason"), [("crash", "crashed"), ("exit", "crashed"), ("be killed", "too large"), ("sleep", "timed out")]
)
def test_a_child_that_gives_no_answer_is_replaced(child, task, reason):
    before = child.ask({"do": "a"})["process"]
    with pytest.raises(ChildError) as error:
        child.ask({"do": task})
    assert error.value.reason == reason
    assert child.ask({"do": "a"})["process"] != before


def test_memory_is_limited(child):
    assert child.ask({"do": "grow"}) == {"did": "not grow"}


def test_the_process_ends_with_the_child(child):
    process = child.ask({"do": "a"})["process"]
    child.stop()
    assert subprocess.run([sys.executable, "-c", f"import os; os.kill({process}, 0)"], capture_output=True).returncode


@pytest.mark.parametrize(("timeout", "memory"), [(0, 1), (1, 0), (-1, 1)])
def test_limits_are_positive(timeout, memory):
    with pytest.raises(ValueError, match=f"{timeout} s and {memory} MB"):
        Child(MODULE, timeout, memory)
