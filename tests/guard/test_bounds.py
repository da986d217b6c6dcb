import csv

import numpy as np
import pytest

from further.guard.bounds import exact_interval, most_errors, p_value, smallest_accepted, upper_bound
from guard.made import DATA


def read(name):
    with (DATA / name).open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", read("guard_p_values.csv"), ids=lambda row: "-".join(list(row.values())[:3]))
def test_p_values_and_bounds_of_a_table(row):
    errors, accepted = int(row["errors"]), int(row["accepted"])
    assert float(p_value(errors, accepted, float(row["target"]))) == pytest.approx(float(row["p_value"]), abs=5.1e-9)
    assert upper_bound(errors, accepted, 0.95) == pytest.approx(float(row["upper_95"]), abs=5.1e-7)


@pytest.mark.parametrize("row", read("guard_smallest.csv"), ids=lambda row: "-".join(list(row.values())[:3]))
def test_smallest_numbers_of_a_table(row):
    target, confidence = float(row["target"]), float(row["confidence"])
    assert smallest_accepted(int(row["errors"]), target, confidence) == int(row["accepted"])


def test_p_values_by_hand():
    # Of 2 answers at .5: none wrong .25, at most one .75, at most two 1.
    assert p_value([0, 1, 2], [2, 2, 2], 0.5) == pytest.approx([0.25, 0.75, 1.0])
    assert p_value(0, 0, 0.1) == 1.0  # nothing accepted, nothing shown


def test_smallest_number_without_error_is_the_logarithms_quotient():
    for target in (0.003, 0.01, 0.05, 0.1, 0.3, 0.6):
        for confidence in (0.8, 0.9, 0.95, 0.99):
            assert smallest_accepted(0, target, confidence) == np.ceil(np.log(1 - confidence) / np.log(1 - target))


def test_most_errors_is_the_other_side_of_the_smallest_number():
    assert [most_errors(accepted, 0.1, 0.95) for accepted in (28, 29, 45, 46, 60, 61)] == [-1, 0, 0, 1, 1, 2]


def test_interval_ends_where_each_tail_is_a_fortieth():
    low, high = exact_interval(3, 20)
    # P(X >= 3 | low) = P(X <= 3 | high) = .025, by the binomial's own sum.
    tail = [float(p_value(2, 20, low)), float(p_value(3, 20, high))]
    assert tail == pytest.approx([0.975, 0.025], abs=1e-9)
    assert exact_interval(0, 0) == (0.0, 1.0) and exact_interval(5, 5)[1] == 1.0 and exact_interval(0, 5)[0] == 0.0
