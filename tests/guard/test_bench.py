"""Each bench's smallest run ends well and prints heads and a row for each of its settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("script, lines", [("certificates", 2 * (2 + 20)), ("shifted", 1 + 7), ("needed", 1 + 16)])
def test_benches(script, lines):
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, ROOT / "bench/guard" / f"{script}.py", "4"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert len([line for line in done.stdout.splitlines() if line]) == lines
