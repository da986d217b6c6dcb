"""The promise, where the truth is known: right answers score N(0, 1), wrong ones N(-separation, 1)."""

import numpy as np
import pytest
from scipy import stats

from facts import tells
from further.guard.calibrate import calibrate
from further.guard.certify import certify
from further.guard.needed import estimate_needed_cases
from further.guard.rules import Rules
from further.guard.shift import check_shift
from further.settings import GuardSettings
from guard.made import make_answers

DRAWS = 400
ALLOWED = int(stats.binom.ppf(0.999, DRAWS, 0.05))  # 34: beyond this, 5 % is not what happens


def draw(generator, num_cases, error_rate, separation, grid=0.0):
    correct = generator.random(num_cases) >= error_rate
    score = generator.normal(size=num_cases) - separation * ~correct
    return (np.floor(score / grid) * grid if grid else score), correct


def true_error(threshold, error_rate, separation):
    wrong, right = stats.norm.sf(threshold + separation), stats.norm.sf(threshold)
    return error_rate * wrong / (error_rate * wrong + (1 - error_rate) * right)


@pytest.mark.parametrize(
    "num_cases, target, error_rate, separation, grid",
    [
        (40, 0.10, 0.15, 2.0, 0.0),
        (50, 0.10, 0.1001, 0.0, 0.0),
        (100, 0.10, 0.15, 2.0, 0.0),
        (300, 0.05, 0.15, 2.0, 0.0),
        (500, 0.10, 0.20, 0.7, 0.0),
        (300, 0.10, 0.15, 2.0, 1.0),  # scores of few values
        (300, 0.10, 0.1001, 0.0, 0.0),  # a score that knows nothing, the error just above the target
        (300, 0.05, 0.0501, 0.0, 0.0),
    ],
)
def test_the_certified_error_is_exceeded_in_few_draws(num_cases, target, error_rate, separation, grid):
    generator, settings = np.random.default_rng(0), GuardSettings(target_error=target)
    found = [certify(*draw(generator, num_cases, error_rate, separation, grid), settings) for _ in range(DRAWS)]
    thresholds = [one.threshold for one in found if one.threshold is not None]
    assert sum(true_error(one, error_rate, separation) > target for one in thresholds) <= ALLOWED


def test_a_strong_score_is_used():
    """100 cases at 10 %: the best threshold accepts 93 %."""
    generator = np.random.default_rng(0)
    found = [certify(*draw(generator, 100, 0.15, 2.0), GuardSettings()) for _ in range(DRAWS)]
    accepted = [one.accepted[one.num_certified - 1] if one.num_certified else 0 for one in found]
    assert np.mean(accepted) > 60


def test_a_small_clinic_with_a_strong_score_is_served():
    """46 cases at 10 %: 47 accepted at first, as many cases ask for, would defer all."""
    generator = np.random.default_rng(0)
    found = [certify(*draw(generator, 46, 0.05, 2.0), GuardSettings()) for _ in range(DRAWS)]
    assert np.mean([one.num_certified > 0 for one in found]) > 0.7


def test_answers_of_one_case_that_are_all_alike_count_once():
    """Each case gives five answers that are one answer: taken for independent, they would exceed 10 % far too often."""
    generator, exceeded, naive = np.random.default_rng(0), 0, 0
    for _ in range(60):
        score, correct = draw(generator, 60, 0.1001, 0.0)
        answers = make_answers(np.repeat(score, 5), np.repeat(correct, 5))
        answers = answers.assign(
            case=[f"c{number // 5}" for number in range(300)], question=[f"q{number % 5}" for number in range(300)]
        )
        promise = calibrate(answers, GuardSettings(), Rules()).certificates["side"].promise
        exceeded += promise is not None
        naive += certify(answers["mean_logprob"], answers["correct"], GuardSettings()).threshold is not None
    assert exceeded <= stats.binom.ppf(0.999, 60, 0.05) < naive


def test_where_cases_with_many_answers_are_harder_the_promise_is_one_over_cases():
    """Half of the cases have one answer, 3 % wrong, half have ten, 25 % wrong; and the record says so."""
    generator, exceeded, beyond = np.random.default_rng(0), 0, 0

    def draw_cases(number):
        sizes = np.where(generator.random(number) < 0.5, 1, 10)
        correct = generator.random(sizes.sum()) >= np.repeat(np.where(sizes == 1, 0.03, 0.25), sizes)
        return sizes, generator.normal(size=correct.size) - 1.5 * ~correct, correct

    sizes, score, correct = draw_cases(20_000)
    weight = 1 / np.repeat(sizes, sizes)
    for _ in range(DRAWS):
        own, scores, right = draw_cases(200)
        drawn = np.cumsum(own) - own + (generator.random(200) * own).astype(int)
        if (threshold := certify(scores[drawn], right[drawn], GuardSettings()).threshold) is not None:
            accepted = score >= threshold
            exceeded += np.average(~correct[accepted], weights=weight[accepted]) > 0.10
            beyond += np.mean(~correct[accepted]) > 0.10
    assert exceeded <= ALLOWED < beyond
    several = make_answers(scores, right).assign(
        case=np.repeat([f"c{number}" for number in range(200)], own), question=[f"q{n}" for n in range(right.size)]
    )
    left_out = right.size - 200  # all answers but one of each case
    assert any(tells(line, left_out) for line in calibrate(several, GuardSettings(), Rules()).conditions)


def test_what_is_asked_for_is_what_it_takes():
    """From 67 cases that defer all: the median of the numbers asked for certifies in about 80 % of draws."""
    generator, settings = np.random.default_rng(0), GuardSettings(target_error=0.05)
    asked = [estimate_needed_cases(*draw(generator, 67, 0.2, 2.0), settings) or np.inf for _ in range(60)]
    num_cases = int(np.median(asked))
    certified = [certify(*draw(generator, num_cases, 0.2, 2.0), settings).threshold is not None for _ in range(200)]
    assert 0.65 < np.mean(certified) < 0.97


def test_a_shifted_clinic_breaks_the_promise_and_its_scores_warn():
    """Noisier pictures: twice the errors, told apart less well, and all scores lower by half a standard deviation."""
    generator = np.random.default_rng(0)
    score, correct = draw(generator, 300, 0.15, 2.0)
    threshold = certify(score, correct, GuardSettings()).threshold
    assert true_error(threshold, 0.15, 2.0) < 0.10 < true_error(threshold + 0.5, 0.30, 1.5)
    assert check_shift(score, draw(generator, 200, 0.30, 1.5)[0] - 0.5, threshold).warns
    assert not check_shift(score, draw(generator, 200, 0.15, 2.0)[0], threshold).warns
