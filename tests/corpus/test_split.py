"""The split by paper."""

from itertools import pairwise

import pyarrow as pa
import pytest

from facts import naming
from further.corpus.schemas import ROWS
from further.corpus.select.split import split_papers
from further.tokens.choice import order_papers, take_fraction


def rows_of(papers):
    empty = dict.fromkeys(("section", "row", "page", "x0", "y0", "x1", "y1"))
    return pa.Table.from_pylist([empty | {"paper": paper, "text": "one two three"} for paper in papers], ROWS)


def split_of(papers, seed=0):
    table = split_papers(rows_of(papers), test_fraction=0.28, validation_fraction=0.08, seed=seed)
    return dict(zip(table["paper"].to_pylist(), table["split"].to_pylist(), strict=True))


PAPERS = [f"paper-{number}" for number in range(25)]


def test_25_papers_are_16_to_train_2_to_validate_7_to_test():
    names = list(split_of(PAPERS).values())
    assert [names.count(name) for name in ("train", "validation", "test")] == [16, 2, 7]


def test_words_are_counted_over_all_rows_of_a_paper():
    table = split_papers(rows_of([*PAPERS, "paper-3"]), test_fraction=0.2, validation_fraction=0.1, seed=0)
    words = dict(zip(table["paper"].to_pylist(), table["num_words"].to_pylist(), strict=True))
    assert (words["paper-3"], words["paper-4"]) == (6, 3)


@pytest.mark.parametrize("added", [f"new-{number}" for number in range(12)])
def test_one_paper_more_moves_at_most_one_over_each_border(added):
    before, after = split_of(PAPERS), split_of([*PAPERS, added])
    moved = [(before[paper], after[paper]) for paper in PAPERS if before[paper] != after[paper]]
    assert len(set(moved)) == len(moved) <= 2


def test_order_of_rows_is_of_no_account_and_the_seed_is():
    assert split_of(PAPERS) == split_of(PAPERS[::-1])
    assert split_of(PAPERS) != split_of(PAPERS, seed=1)


def test_too_few_papers_are_refused_with_both_numbers():
    with pytest.raises(ValueError, match=r"3 papers .* 4"):
        split_of(PAPERS[:3])


def test_shares_that_leave_nothing_to_train_on_are_refused():
    with pytest.raises(ValueError, match=naming("15 test", "10 validation", 25)):
        split_papers(rows_of(PAPERS), test_fraction=0.6, validation_fraction=0.4, seed=0)


def training(table):
    rows = table.to_pylist()
    return [row["paper"] for row in rows if row["split"] == "train"]


def test_fractions_are_nested_and_hold_a_paper_at_least():
    table = split_papers(rows_of(PAPERS), test_fraction=0.28, validation_fraction=0.08, seed=0)
    order = order_papers(training(table), seed=0)
    taken = [take_fraction(order, fraction) for fraction in (0.01, 1 / 16, 0.25, 0.5, 1.0)]
    assert [len(papers) for papers in taken] == [1, 1, 4, 8, 16]
    assert all(set(small) <= set(large) for small, large in pairwise(taken))
    assert order != order_papers(training(table), seed=1)
