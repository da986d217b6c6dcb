"""MAPIE's risk control on the same grid: another implementation of fixed-sequence testing, with a looser p-value."""

import numpy as np
import pytest

from further.guard.certify import certify
from further.settings import GuardSettings

control = pytest.importorskip("mapie.risk_control", reason="MAPIE is not installed: extra dev")


def draw(num_cases, seed):
    """Scores between 0 and 1, and answers that are wrong with probability .5 at 0 and 0 at 1."""
    generator = np.random.default_rng(seed)
    score = generator.random(num_cases)
    return score, generator.random(num_cases) > (1 - score) / 2


def count_certified_there(score, correct, thresholds, settings):
    """How many of the thresholds, strictest first, MAPIE certifies."""
    controller = control.BinaryClassificationController(
        lambda scores: np.column_stack([1 - scores, scores]),
        control.precision,
        target_level=1 - settings.target_error,
        confidence_level=settings.confidence,
        list_predict_params=thresholds,
        fwer_method="fixed_sequence",
    )
    return len(controller.calibrate(score, correct.astype(int)).valid_predict_params)


@pytest.mark.filterwarnings("ignore:Fixed sequence testing requires", "ignore:No predict parameters")
@pytest.mark.parametrize("target", [0.1, 0.2])
@pytest.mark.parametrize("seed", range(5))
def test_what_mapie_certifies_is_certified_and_little_more(target, seed):
    settings = GuardSettings(target_error=target)
    score, correct = draw(600, seed)
    ours = certify(score, correct, settings)
    theirs = count_certified_there(score, correct, ours.thresholds, settings)
    assert ours.num_certified - 2 <= theirs <= ours.num_certified
