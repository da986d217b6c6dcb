"""The patterns that other tests hold messages by."""

import pytest

from facts import tells


@pytest.mark.parametrize(
    ("text", "facts", "told"),
    [
        ("training.rank: 0 is not allowed: at least 1", ("training.rank", 0, 1), True),
        ("training.rank: 0 is not allowed: at least 1", ("training.rank", 1, 0), False),
        ("a study blocks", ("lock",), False),
        ("12 papers, 2.5 hours, 1.2 GB, 1,2", (2,), False),
        ("the limit is 2.", (2,), True),
        ("rank\n2", ("rank", 2), False),
        ("'(q' is none", ("'(q'",), True),
    ],
)
def test_facts_are_whole_and_in_order(text, facts, told):
    assert tells(text, *facts) == told
