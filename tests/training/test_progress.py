"""What a run says of itself while it goes on, and how often."""

import time

import pytest

from further.io import read_json
from further.training import progress as module
from further.training.progress import Progress


@pytest.fixture
def fast(monkeypatch):
    for name, seconds in (("BEAT_S", 0.05), ("LINE_S", 0.2), ("SILENCE_S", 0.3)):
        monkeypatch.setattr(module, name, seconds)


def test_a_line_now_and_then_and_never_a_long_silence(fast, tmp_path, caplog):
    caplog.set_level("INFO")
    progress = Progress("run", tmp_path / "progress.json")
    with progress.shown():
        time.sleep(0.5)  # as a large model takes to be loaded
        progress.start_training(step=10, num_tokens=1000)
        for step in range(11, 21):
            time.sleep(0.05)
            progress.step(step, 40, step * 100, 3.5)
        told = read_json(tmp_path / "progress.json")
    lines = [record.message for record in caplog.records]
    assert lines[0].startswith("run: loading, for 0 s")
    steps = [line for line in lines if line.startswith("run: step ")]
    assert steps[0].startswith("run: step 11/40, loss 3.500, ") and 2 <= len(steps) <= 4
    assert told["run"] == "run" and told["state"] == "training" and told["message"] is None
    assert 11 <= told["step"] <= 20 and told["tokens"] == 100 * told["step"]
    assert (told["steps"], told["loss"]) == (40, 3.5) and time.time() - told["updated"] < 5


@pytest.mark.parametrize(("error", "state"), [(SystemExit(75), "stopped"), (ValueError("no"), "failed")])
def test_how_a_run_ended_stays(tmp_path, error, state):
    progress = Progress("run", tmp_path / "progress.json")
    with pytest.raises(type(error)), progress.shown():
        raise error
    told = read_json(tmp_path / "progress.json")
    assert (told["state"], told["message"], told["step"]) == (state, str(error), None)
