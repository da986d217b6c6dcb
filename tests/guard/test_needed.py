"""How many cases would be needed: where errors get rare too slowly, none that anybody could collect."""

import numpy as np

from further.guard.needed import estimate_needed_cases
from further.settings import GuardSettings
from guard.made import descending


def needed(power):
    """Of 200 answers whose error rate grows from 0 as this power of the rank, to 30 % among the least sure."""
    errors = np.floor(np.cumsum(0.3 * (np.arange(200) / 200) ** power))
    return estimate_needed_cases(descending(200), np.diff(np.append(0, errors)) == 0, GuardSettings())


def test_errors_that_get_rare_sooner_need_fewer_cases():
    assert 10_000 > needed(1.25) > needed(1.5) > needed(2.0) > 200


def test_more_than_ten_thousand_cases_are_no_number_to_collect():
    assert needed(1.0) is None  # 12,478, if it were asked
    assert needed(0.5) is None
