"""Numbers as people read them."""

import pytest

from further.report.wording import (
    THIN,
    count_noun,
    join_words,
    show_change,
    show_count,
    show_interval,
    show_number,
    show_percent,
    show_range,
    show_seconds,
    show_share,
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (407.23, "407"),
        (5.2719, "5.27"),
        (0.012345, "0.0123"),
        (1234567.0, f"1{THIN}234{THIN}567"),
        (-3.14159, "−3.14"),
        (0, "0"),
        (None, "not known"),
        (float("nan"), "not known"),
    ],
)
def test_significant_digits(value: float | None, shown: str) -> None:
    assert show_number(value) == shown


def test_changes_carry_their_sign_and_zero_has_none() -> None:
    assert [show_change(value) for value in (0.0123, -0.31, 0.0, -0.0001)] == ["+0.012", "−0.310", "0.000", "0.000"]


def test_percent_is_the_size_of_a_relative_change() -> None:
    assert [show_percent(ratio) for ratio in (0.734, 1.266, 1.0, 1.0002)] == [
        f"26.6{THIN}%",
        f"26.6{THIN}%",
        f"0.0{THIN}%",
        f"less than 0.1{THIN}%",
    ]


def test_shares() -> None:
    assert [show_share(share) for share in (0.0589, 0.0003, 0, 1)] == [
        f"5.9{THIN}%",
        f"less than 0.1{THIN}%",
        f"0.0{THIN}%",
        f"100.0{THIN}%",
    ]


def test_intervals_and_open_ends() -> None:
    closed = {"low": -0.4, "high": 0.22, "level": 0.95}
    assert show_interval(closed) == f"95{THIN}% interval −0.400 to +0.220"
    assert show_interval({"low": None, "high": None, "level": 0.95}) == "no interval can be given"
    assert show_interval({"low": None, "high": -0.1, "level": 0.95}) == f"95{THIN}% interval at most −0.100"
    assert show_range({"low": 3.7, "high": 4.3}) == "3.70 to 4.30"
    assert show_range({"low": 0.0, "high": 4.3, "low_open": True}) == "at most 4.30"
    assert show_range({"low": 3.7, "high": None, "high_open": True}) == "at least 3.70"
    assert show_range({"low": None, "high": None}) == "no limits"


@pytest.mark.parametrize(("seconds", "shown"), [(42, "42"), (210, "3.50"), (43560, "12.1")])
def test_durations_choose_their_unit(seconds: float, shown: str) -> None:
    unit = {42: "s", 210: "min", 43560: "h"}[int(seconds)]
    assert show_seconds(seconds) == f"{shown}{THIN}{unit}"


def test_words() -> None:
    assert (count_noun(1, "paper"), count_noun(7, "paper")) == ("1 paper", "7 papers")
    assert [join_words(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert show_count(25000) == f"25{THIN}000"
