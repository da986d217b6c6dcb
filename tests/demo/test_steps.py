import pytest

from further.demo.steps import rise_and_fall


def test_the_rate_rises_in_a_line_and_falls_to_nothing():
    assert [rise_and_fall(step, 2, 20) for step in (0, 1, 2, 11, 20)] == pytest.approx([0.5, 1, 1, 0.5, 0])
    assert [rise_and_fall(step, 1, 1) for step in (0, 1)] == [1, 1]  # one step: nothing to divide by
