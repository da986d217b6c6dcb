"""Answers of a tiny PaliGemma, as they lie beside the checkout, against what must come out of them."""

import json

import numpy as np
import pandas as pd
import pytest

from further.guard.certify import certify
from further.guard.curves import rank_score
from further.settings import GuardSettings
from guard.made import any_threshold_passes

SCORES = ("sum_logprob", "mean_entropy", "agreement", "image_delta")
TYPES = ("abnormal", "kind", "modality", "organ", "side", "size")


@pytest.fixture(scope="module")
def answers(shared_vision):
    table = pd.read_csv(shared_vision / "guard_answers.csv", keep_default_na=False)
    return table, json.loads((shared_vision / "guard_expected.json").read_text())


@pytest.mark.parametrize("question", TYPES)
def test_areas(answers, question):
    table, expected = answers
    rows, wanted = table[table["question"] == question], expected[question]
    for score in SCORES:
        ranking = rank_score(rows[score], rows["correct"] == 1)
        assert (ranking.aurc, ranking.augrc) == pytest.approx(wanted[f"{score}_aurc_augrc"], abs=1e-6)
    assert (ranking.num_answers, ranking.random_aurc) == (wanted["n"], pytest.approx(wanted["error_rate"], abs=1e-6))


@pytest.mark.parametrize("target", [0.05, 0.1, 0.2])
@pytest.mark.parametrize("question", TYPES)
def test_thresholds(answers, question, target):
    table, expected = answers
    rows, settings = table[table["question"] == question], GuardSettings(target_error=target)
    score, correct = rows["sum_logprob"].to_numpy(), rows["correct"].to_numpy(np.bool_)
    sequence = certify(score, correct, settings)
    wanted = expected[question][f"fixed_sequence_{target}"]
    if wanted == "defer all":
        assert sequence.threshold is None
    else:
        last = sequence.num_certified - 1
        assert (sequence.threshold, sequence.accepted[last]) == (wanted["threshold"], wanted["accepted"])
        assert sequence.errors[last] == wanted["errors"]
    passes = any_threshold_passes(score, correct, settings)
    assert passes is expected[question][f"any_threshold_certifies_alone_{target}"]
