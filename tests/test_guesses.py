"""What a value that is not allowed was meant to be."""

import pytest

from further.guesses import guess_choice, guess_number


@pytest.mark.parametrize(
    ("value", "unit", "whole", "expected"),
    [
        ("80 GB", "GiB", False, "80"), ("40GiB", "GiB", False, "40"), ("2TB", "MB", True, "2097152"),
        ("90s", "minutes", False, "1.5"), ("1.5h", "minutes", True, "90"), ("8 cores", "cores", True, "8"),
        ("1e-3", "", False, "1.0e-3"), ("1.0e-3", "", False, "0.001"), ("2048 tokens", "tokens", True, "2048"),
        ("0.5", "", True, None), ("many", "", True, None),
        ("12 parsecs", "minutes", True, None), ("80GB", "", True, None),
    ],
)  # fmt: skip
def test_numbers_with_their_units(value, unit, whole, expected):
    assert guess_number(value, unit, whole) == expected


def test_a_choice_that_is_like_none_is_not_guessed():
    assert guess_choice("quantum", ["none", "int8", "nf4"]) is None and guess_choice(False, ["none", "fsdp"]) == "none"
