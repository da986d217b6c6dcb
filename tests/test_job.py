import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from facts import tells
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


FULL = """
import sys
from further.job import start_log
start_log(sys.argv[1])
raise {}
"""


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        ("OSError(28, 'No space left on device')", True),
        ("RuntimeError('I/O error: No space left on device (os error 28)')", True),  # as safetensors says it
        ("OSError(122, 'Disk quota exceeded')", True),
        ("OSError(2, 'No such file or directory')", False),
    ],
)
def test_a_full_disk_ends_the_log_with_the_disks_that_it_may_be(tmp_path, error, is_full):
    log = tmp_path / "rule.log"
    done = subprocess.run([sys.executable, "-c", FULL.format(error), log], cwd=tmp_path)
    last = log.read_text().splitlines()[-1]
    assert done.returncode == 1
    assert tells(last, "MB", str(tmp_path), "MB", tempfile.gettempdir()) == is_full
    assert "Traceback" in log.read_text()


SCRATCH = """
import os, sys, tempfile
from further.job import start_log
tempfile.gettempdir()  # as an import may have done
start_log(sys.argv[1])
print(tempfile.mkdtemp(), flush=True)
os.system("dirname $(mktemp)")
"""


def test_temporary_files_lie_on_the_nodes_scratch_disk_where_there_is_one(tmp_path):
    log, scratch, other = tmp_path / "log", tmp_path / "scratch", tmp_path / "other"
    scratch.mkdir()
    other.mkdir()
    environment = os.environ | {"TMPDIR": str(other), "SNIC_TMP": str(scratch)}
    for found, there in ((environment, scratch), (environment | {"SNIC_TMP": ""}, other)):
        subprocess.run([sys.executable, "-c", SCRATCH, log], env=found, check=True)
        ours, childs = log.read_text().split()
        assert Path(ours).parent == there and childs == str(there)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s left"), (89, "89 s left"), (90, "2 min left"), (5399, "90 min left"), (9000, "2.5 h left")],
)
def test_time_left_is_said_in_the_unit_that_suits_it(seconds, said):
    assert say_left(seconds) == said
