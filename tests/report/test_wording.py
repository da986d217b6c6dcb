"""Numbers as people read them."""

import re

import pytest

from further.records.base import Interval
from further.report.wording import (
    THIN,
    count_noun,
    fixed,
    join_words,
    rounded,
    show_change,
    show_count,
    show_difference,
    show_estimate,
    show_nats,
    show_number,
    show_p,
    show_percent,
    show_points,
    show_range,
    show_relative,
    show_seconds,
)


def ends(estimate: float | None, low: float | None, high: float | None) -> Interval:
    return Interval(estimate=estimate, low=low, high=high)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (407.23, "407"),
        (5.2719, "5.27"),
        (5.2751, "5.28"),
        (0.012345, "0.0123"),
        (1234567.0, "1,234,567"),
        (-3.14159, "−3.14"),
        (0, "0"),
        (None, "not known"),
        (float("nan"), "not known"),
    ],
)
def test_significant_digits(value: float | None, shown: str) -> None:
    assert show_number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.01249, "0.012"), (0.0126, "0.013"), (-0.0004, "0.000"), (1.0, "1.000")]
)
def test_a_loss_is_rounded_to_the_nearest_of_three_decimals(value: float, shown: str) -> None:
    """Neither cut off nor always up, and the same that a verdict looks at."""
    assert show_nats(value) == shown
    assert f"{abs(rounded(value)):.6f}" == f"{float(shown):.6f}"


def test_changes_carry_their_sign_and_zero_has_none() -> None:
    assert [show_change(value) for value in (0.0123, -0.31, 0.0, -0.0001)] == ["+0.012", "−0.310", "0.000", "0.000"]
    assert fixed(12345.678, 1, signed=True) == "+12,345.7"


def test_fractions_in_percent() -> None:
    assert [show_percent(share) for share in (0.0589, 0.0003, 0, 1)] == ["5.9%", "less than 0.1%", "0.0%", "100.0%"]
    assert show_percent(-0.02, signed=True) == "−2.0%"


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (ends(-0.6, -0.7, -0.5), "45.1% (39.3 to 50.3%)"),  # 1 - exp(-0.6) = 0.4512, exp(-0.5) = 0.6065
        (ends(0.1, 0.05, 0.2), "10.5% (5.1 to 22.1%)"),
        (ends(-0.1, -0.3, 0.1), "−9.5% (−25.9 to +10.5%)"),
        (ends(-0.5, None, -0.3), "39.3% (at least 25.9%)"),
        (ends(-0.5, -0.7, None), "39.3% (at most 50.3%)"),
        (ends(0.1, 0.05, None), "10.5% (at least 5.1%)"),
        (ends(-0.5, None, None), "39.3%"),
        (ends(None, None, -0.2), "at least 18.1%"),
        (ends(None, None, None), "an unknown amount"),
    ],
)
def test_a_change_of_the_loss_is_one_of_perplexity(change: Interval, shown: str) -> None:
    assert show_relative(change) == shown


def test_signs_are_shown_where_they_are_asked_for() -> None:
    assert show_relative(ends(-0.005, -0.009, -0.001), signed=True) == "−0.5% (−0.9 to −0.1%)"


def test_intervals_and_open_ends() -> None:
    assert show_difference(ends(0, -0.4, 0.22)) == "0.000 nats per token (95% interval −0.400 to +0.220)"
    assert not re.search(r"\d", show_difference(ends(0, None, None)).removeprefix("0.000"))
    assert show_difference(ends(0, None, -0.1)).endswith("(95% interval at most −0.100)")
    assert show_range(ends(4, 3.7, 4.3), show_number) == "3.70 to 4.30"
    assert show_range(ends(4, None, None), show_number) == "no limits"
    assert show_estimate(ends(None, 3.7, None)) == "at least 3.70"
    assert show_estimate(Interval.exactly(4.0)) == "4.00"


@pytest.mark.parametrize(("seconds", "shown"), [(42, "42"), (210, "3.50"), (43560, "12.1")])
def test_durations_choose_their_unit(seconds: float, shown: str) -> None:
    unit = {42: "s", 210: "min", 43560: "h"}[int(seconds)]
    assert show_seconds(seconds) == f"{shown}{THIN}{unit}"


def test_very_small_p_values_and_very_large_numbers_are_short() -> None:
    assert [show_p(value) for value in (0.0, 3e-200, 0.0001, 0.0156)] == [
        "p < 0.0001", "p < 0.0001", "p = 0.00010", "p = 0.016"
    ]  # fmt: skip
    assert show_number(7.836e132) == "7.84 × 10¹³²"
    assert show_change(-2.5e15) == "−2.50 × 10¹⁵"
    assert show_percent(4e20, signed=True) == "+4.00 × 10²²%"


def test_a_difference_of_fractions_is_shown_within_100_points() -> None:
    assert show_points(ends(0.1, -3.435, 3.635)) == "+10.0 points (−100.0 to +100.0)"


def test_words() -> None:
    assert join_words(list("abcde"), most=3) == "a, b, c and 2 more" and join_words(list("abc"), 3) == "a, b and c"
    assert (count_noun(1, "paper"), count_noun(7, "paper")) == ("1 paper", "7 papers")
    lists = ([], ["a"], ["a", "b"], ["a", "b", "c"])
    assert [join_words(words) for words in lists] == ["", "a", "a and b", "a, b and c"]
    assert show_count(25000) == "25,000"
