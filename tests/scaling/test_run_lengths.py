"""Runs of equal steps, or that stop while they still fall, give no floor; runs as long as their data ask do."""

import numpy as np
import pytest

from further.scaling.analysis import analyse_curve
from further.scaling.curve import Point
from further.scaling.describe import describe
from further.scaling.run_lengths import end_fall_percent
from further.scaling.units import make_target
from scaling.curves import make_curve

CASES = 60.0 * 2.0 ** np.arange(7)
LOSSES = [0.632, 0.400, 0.284, 0.247, 0.220, 0.230, 0.211]  # measured at 400 steps each; at 1,200 the largest had .116


def analyse(t, y, steps, falls=None, *losses):
    falls = [None] * len(t) if falls is None else falls
    points = [
        Point(f"run {i}", *one[:2], num_steps=one[2], end_fall_percent=one[3])
        for i, one in enumerate(zip(t, y, steps, falls, strict=True))
    ]
    return analyse_curve(points, [make_target(loss, "nats") for loss in losses])


def test_seven_sizes_at_400_steps_give_no_floor():
    record = analyse(CASES, LOSSES, [400] * 7, None, 0.116)
    assert record.schedule.matched is False and record.schedule.growth == pytest.approx(0.0, abs=1e-9)
    assert not record.c_identified and record.form_doubtful
    assert record.targets[0].verdict == "undecided"
    assert "for 1,200 steps" in record.schedule.remedy and "3,840" in record.schedule.remedy
    assert record.schedule.remedy in describe(record)


T, Y = make_curve(noise=0.005, span=1e3, num_sizes=8)


@pytest.mark.parametrize(
    ("steps", "falls", "matched"),
    [
        (T / 1e4, None, True),  # equal epochs
        (50 * (T / 1e5) ** 0.6, None, True),
        (50 * (T / 1e5) ** 0.4, None, False),
        ([400] * 8, None, False),
        ([400] * 8, [None] * 7 + [0.2], True),  # long enough for the largest
        (T / 1e4, [None] * 7 + [0.2], True),
        (T / 1e4, [None] * 7 + [3.0], False),  # the largest stopped while it fell
        (T / 1e4, [3.0] * 7 + [None], True),  # the smaller ones do not carry the floor
        ([None] * 8, None, None),
    ],
)
def test_steps_are_held_against_sizes(steps, falls, matched):
    record = analyse(T, Y, steps, falls, 1.2)
    assert record.schedule.matched is matched
    assert record.c_identified is (matched is not False)
    assert record.targets[0].verdict == ("undecided" if matched is False else "unreachable")


def test_the_fall_over_the_last_quarter_by_hand():
    """From 2.1 at 75 of 100 steps to 2.0 are 5 %; from step 80 it is the fall of a fifth, stretched to a quarter."""
    assert end_fall_percent([25, 50, 75, 100], [3.0, 2.5, 2.1, 2.0]) == pytest.approx(5.0)
    assert end_fall_percent([40, 80, 100], [3.0, 2.08, 2.0]) == pytest.approx(4.0 * 25 / 20)


def test_a_run_that_was_validated_too_rarely_tells_nothing():
    assert end_fall_percent([50, 100], [2.5, 2.0]) is None
    assert end_fall_percent([100], [2.0]) is None
    assert end_fall_percent([99, 100], [2.01, 2.0]) is None
