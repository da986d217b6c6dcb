import subprocess
import sys

import pytest

from further.job import say_left

PROGRAM = """
import logging, os, sys
from further.job import PROGRESS, start_log
start_log(sys.argv[1])
print("printed")
os.system("echo from a child")
logging.getLogger("further.part").info("logged")
PROGRESS.info("half way")
raise ValueError("broken")
"""


def test_all_output_ends_in_the_log_and_progress_on_the_terminal_too(tmp_path):
    log = tmp_path / "logs" / "rule.log"
    done = subprocess.run([sys.executable, "-c", PROGRAM, log], capture_output=True, text=True)
    text = log.read_text()
    for part in ("printed", "from a child", "logged", "half way", "ValueError: broken"):
        assert part in text
    assert (done.stdout, done.stderr.strip()) == ("", "half way")
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s left"), (89, "89 s left"), (90, "2 min left"), (5399, "90 min left"), (9000, "2.5 h left")],
)
def test_time_left_is_said_in_the_unit_that_suits_it(seconds, said):
    assert say_left(seconds) == said
