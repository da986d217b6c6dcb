import pyarrow as pa
import pytest

from facts import naming
from further.corpus.schemas import ROWS
from further.corpus.select.folds import split_fold
from further.corpus.select.split import split_papers


def rows_of(number):
    empty = dict.fromkeys(("section", "row", "page", "x0", "y0", "x1", "y1"))
    return pa.Table.from_pylist([empty | {"paper": f"paper-{n}", "text": "one two three"} for n in range(number)], ROWS)


def by_split(table, name):
    return {line["paper"] for line in table.to_pylist() if line["split"] == name}


@pytest.mark.parametrize(("papers", "folds"), [(7, 3), (25, 5), (11, 2), (6, 6)])
def test_every_paper_is_held_out_once_in_folds_of_nearly_one_size(papers, folds):
    splits = [
        split_fold(rows_of(papers), fold=fold, folds=folds, validation_fraction=0.1, seed=0)
        for fold in range(1, folds + 1)
    ]
    tests = [by_split(split, "test") for split in splits]
    assert sum(map(len, tests)) == len(set.union(*tests)) == papers
    assert max(map(len, tests)) - min(map(len, tests)) <= 1
    for split in splits:
        assert len(by_split(split, "validation")) == max(1, round(0.1 * papers))
        assert (
            len(by_split(split, "train")) + len(by_split(split, "test")) + len(by_split(split, "validation")) == papers
        )


def test_the_first_fold_is_the_split_of_a_study_that_tests_on_as_many_papers():
    fold = split_fold(rows_of(10), fold=1, folds=5, validation_fraction=0.2, seed=3)
    assert fold.equals(split_papers(rows_of(10), test_fraction=0.2, validation_fraction=0.2, seed=3))


def test_more_folds_than_papers_are_refused():
    with pytest.raises(ValueError, match=naming("evaluation.folds", 5, 4)):
        split_fold(rows_of(4), fold=1, folds=5, validation_fraction=0.1, seed=0)


def test_folds_that_leave_no_paper_to_train_on_are_refused():
    with pytest.raises(ValueError, match=naming("fold 2 of 2", "1 test", "1 validation", 2)):
        split_fold(rows_of(2), fold=2, folds=2, validation_fraction=0.1, seed=0)


def test_rows_without_papers_are_refused():
    with pytest.raises(ValueError, match=naming("evaluation.folds", 2, 0)):
        split_fold(rows_of(0), fold=1, folds=2, validation_fraction=0.1, seed=0)
