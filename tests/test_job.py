import subprocess
import sys

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
