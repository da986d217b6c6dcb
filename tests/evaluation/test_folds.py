import pandas as pd
import pytest

from evaluation.conftest import make_scores
from facts import naming
from further.evaluation.folds import Fold, cross_validate
from further.settings import ComparisonSettings

HOW = ComparisonSettings(
    bootstrap=500, seed=0, paper_similarity=None, paragraph_similarity=None, paragraph_words=3, quantization_runs={}
)

NAMES = [f"paper-{number}" for number in range(4)]
REPEATS = pd.DataFrame({"reason": ["also in test"], "characters": [7]})


def fold(first, before, after, held_out=None):
    """Two papers from `first` on are held out, the other two are trained on."""
    tokens = [100] * len(before)
    base = make_scores(before, tokens, first=first)
    run = make_scores(after, tokens, first=first, subject="adapted", run=f"fold-{first}")
    test = base["document"].tolist() if held_out is None else held_out
    split = pd.DataFrame({"paper": NAMES, "split": ["test" if name in test else "train" for name in NAMES]})
    rows = pd.DataFrame({"paper": NAMES, "text": ["one two three"] * 4})
    return Fold(base=base, run=run, split=split, rows=rows, repeats=REPEATS)


def test_every_paper_is_held_out_once_and_compared_in_one_pool():
    folds = {
        "fold-1-of-2": fold(0, [300.0, 300.0], [290.0, 280.0]),
        "fold-2-of-2": fold(2, [300.0, 200.0], [270.0, 210.0]),
    }
    result = cross_validate(folds, HOW)
    papers = result.papers
    assert [(line.document, line.fold) for line in papers.documents] == [
        ("paper-0", "fold-1-of-2"),
        ("paper-1", "fold-1-of-2"),
        ("paper-2", "fold-2-of-2"),
        ("paper-3", "fold-2-of-2"),
    ]
    assert papers.difference_nats_per_token.estimate == pytest.approx(-50 / 400)
    assert papers.num_improved == 3
    assert papers.p_value == pytest.approx(2 * 5 / 16)  # three or more of four signs, both ways
    one, two = result.folds.values()
    assert one.difference_nats_per_token.estimate == pytest.approx(-30 / 200)
    assert two.difference_nats_per_token.estimate == pytest.approx(-20 / 200)
    assert (one.num_train_papers, one.num_test_papers) == (2, 2)
    assert one.dropped.paragraphs["also in test"] == 1
    assert one.shared_paragraphs_left == 2  # every paper's one paragraph is the same
    assert (result.num_papers, result.not_held_out) == (4, ())


def test_a_paper_held_out_twice_is_refused():
    folds = {"one": fold(0, [1.0, 1.0], [1.0, 1.0]), "two": fold(1, [1.0, 1.0], [1.0, 1.0])}
    with pytest.raises(ValueError, match=naming("paper-1", "one", "two")):
        cross_validate(folds, HOW)


def test_a_base_of_a_fold_at_another_precision_is_refused():
    wrong = fold(0, [1.0, 1.0], [1.0, 1.0])
    wrong = Fold(wrong.base.assign(quantization="none"), wrong.run, wrong.split, wrong.rows, wrong.repeats)
    with pytest.raises(ValueError, match=naming("quantization", "none", "base at none", "nf4", "adapted")):
        cross_validate({"one": wrong}, HOW)


def test_no_folds_is_none():
    assert cross_validate({}, HOW) is None
