"""What the tools keep of a run, read back from their own files."""

import logging
from dataclasses import replace

import pytest

from facts import naming
from further.tracking import TRACKERS, Tracked, Tracker, check_trackers, track


def row(step, loss, validation=None):
    return {"step": step, "num_tokens": 100 * step, "loss_nats": loss, "learning_rate": 0.5, "validation_loss_nats": validation}  # fmt: skip # noqa: E501


def read_events(folder):
    """Values by tag and step."""
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    events = accumulator.EventAccumulator(str(folder))
    events.Reload()
    return {tag: {event.step: event.value for event in events.Scalars(tag)} for tag in events.Tags()["scalars"]}


@pytest.fixture
def tracked(tmp_path):
    return Tracked("Hearts", "seed-1", {"rank": 8}, tmp_path)


def test_steps_are_in_the_event_files_and_what_has_no_value_is_not(tracked, tmp_path):
    with track(["tensorboard"], tracked) as report:
        report(row(1, 5.0))
        report(row(2, 4.5, validation=4.75))
    events = read_events(tmp_path / "logs/tracking/tensorboard/seed-1")
    assert events["train/loss"] == {1: 5.0, 2: 4.5} and events["validation/loss"] == {2: 4.75}
    assert events["train/tokens"] == {1: 100, 2: 200} and events["train/learning_rate"] == {1: 0.5, 2: 0.5}


def test_a_resumed_run_is_one_run_and_one_that_begins_anew_forgets(tracked, tmp_path):
    """Three steps, killed, resumed behind the second: the third is there once, as it was done last."""
    folder = tmp_path / "logs/tracking/tensorboard/seed-1"
    with track(["tensorboard"], tracked) as report:
        for step, loss in ((1, 5.0), (2, 4.0), (3, 3.0)):
            report(row(step, loss))
    with track(["tensorboard"], Tracked("Hearts", "seed-1", {}, tmp_path, first_step=2)) as report:
        report(row(3, 3.5))
    assert read_events(folder)["train/loss"] == {1: 5.0, 2: 4.0, 3: 3.5}
    with track(["tensorboard"], tracked) as report:
        report(row(1, 9.0))
    assert read_events(folder)["train/loss"] == {1: 9.0}


def test_trackio_forgets_an_earlier_run_where_one_begins_anew_and_no_other(tracked, tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))  # read when it is imported
    storage = pytest.importorskip("trackio.sqlite_storage").SQLiteStorage

    def losses(run, first_step, *rows):
        with track(["trackio"], replace(tracked, run=run, first_step=first_step)) as report:
            for step, loss in rows:
                report(row(step, loss))
        return [(log["step"], log["train/loss"]) for log in storage.get_logs("Hearts", run)]

    losses("seed-2", 0, (1, 7.0))
    assert losses("seed-1", 0, (1, 5.0), (2, 4.0)) == [(1, 5.0), (2, 4.0)]
    assert losses("seed-1", 2, (3, 3.0)) == [(1, 5.0), (2, 4.0), (3, 3.0)]
    assert losses("seed-1", 0, (1, 9.0)) == [(1, 9.0)]
    assert losses("seed-2", 1, (2, 6.0)) == [(1, 7.0), (2, 6.0)]


def test_nothing_is_written_where_nothing_is_asked_for(tracked, tmp_path):
    with track([], tracked) as report:
        report(row(1, 5.0))
    assert list(tmp_path.iterdir()) == []


class Broken(Tracker):
    def __init__(self, tracked):
        pass

    def write(self, step, metrics):
        raise RuntimeError("the disk of the tool is full")

    def close(self):
        raise AssertionError("closed though it was given up")


def test_a_tool_that_fails_is_given_up_and_the_run_goes_on(tracked, tmp_path, monkeypatch, caplog):
    monkeypatch.setitem(TRACKERS, "broken", Broken)
    with caplog.at_level(logging.WARNING), track(["broken", "tensorboard", "unknown"], tracked) as report:
        report(row(1, 5.0))
        report(row(2, 4.0))
    assert caplog.text.count("the disk of the tool is full") == 1 and "unknown" in caplog.text
    assert read_events(tmp_path / "logs/tracking/tensorboard/seed-1")["train/loss"] == {1: 5.0, 2: 4.0}


def test_a_tool_that_is_not_installed_is_refused_with_what_to_type():
    check_trackers([])
    with pytest.raises(ValueError, match=naming("training.report_to", "no_such_tool", "pip install no_such_tool")):
        check_trackers(["no_such_tool"])


def test_a_run_has_one_key_in_a_folder(tmp_path):
    assert (
        Tracked("a", "x", {}, tmp_path).key
        == Tracked("b", "x", {}, tmp_path, 5).key
        != Tracked("a", "y", {}, tmp_path).key
    )
