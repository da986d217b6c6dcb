import pytest

from further.demo.steps import final_loss, rise_and_fall


def test_the_rate_rises_in_a_line_and_falls_to_nothing():
    assert [rise_and_fall(step, 2, 20) for step in (0, 1, 2, 11, 20)] == pytest.approx([0.5, 1, 1, 0.5, 0])
    assert [rise_and_fall(step, 1, 1) for step in (0, 1)] == [1, 1]  # one step: nothing to divide by


def test_the_final_loss_is_the_mean_of_the_last_twentieth_of_the_steps():
    assert final_loss([float(step) for step in range(40)]) == 38.5 and final_loss([3.0, 2.0]) == 2.0
