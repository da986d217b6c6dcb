import itertools
import json

import numpy as np
import pytest

from further.guard.curves import expected_errors, rank_score, risk_coverage
from guard.made import DATA

CURVES = json.loads((DATA / "guard_curves.json").read_text())


@pytest.mark.parametrize("name", CURVES)
def test_areas_worked_by_hand(name):
    curve = CURVES[name]
    ranking = rank_score(curve["score"], [not error for error in curve["error"]])
    assert (ranking.aurc, ranking.augrc) == pytest.approx((curve["aurc"], curve["augrc"]), abs=5.1e-7)


def test_ties_are_the_mean_over_all_orders():
    score, wrong = [0.9, 0.5, 0.5, 0.5, 0.1], np.array([0, 1, 0, 1, 0])
    orders = [[0, *middle, 4] for middle in itertools.permutations([1, 2, 3])]
    mean = np.mean([np.cumsum(wrong[order]) for order in orders], axis=0)
    assert expected_errors(score, wrong == 0) == pytest.approx(mean)


def test_random_and_oracle_are_the_ends():
    ranking = rank_score([0.9, 0.8, 0.7, 0.6], [True, True, False, False])
    assert (ranking.aurc, ranking.augrc) == (ranking.oracle_aurc, ranking.oracle_augrc)
    # A score that knows nothing: half of the k surest are wrong, so (.5 + 1 + 1.5 + 2) / 4 / 4 of all answers.
    assert (ranking.random_aurc, ranking.random_augrc) == pytest.approx((0.5, 0.3125))


def test_risk_and_coverage_accept_ties_together():
    curve = risk_coverage([0.1, 0.9, 0.5, 0.5], [False, True, True, False])
    assert curve.thresholds.tolist() == [0.9, 0.5, 0.1] and curve.coverage.tolist() == [0.25, 0.75, 1.0]
    assert curve.risk == pytest.approx([0, 1 / 3, 1 / 2])
