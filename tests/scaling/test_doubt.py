"""Where the power law may not hold, no target is called reachable or unreachable by it."""

import numpy as np
import pytest

from further.scaling import Point, analyse_curve, judge_target, make_target
from further.scaling.describe import describe
from scaling.curves import known_answers, make_curve, read_curve

T = np.geomspace(1e6, 1e9, 10)
LONG = np.geomspace(1e5, 1e9, 14)
CURVES = {
    # falls by the logarithm to a hard plateau at 2.2; without doubt 2.1 was "reachable" on 40 of 40 seeds
    "plateau": (T, np.maximum(3.0 - 0.35 * np.log10(T / 1e6), 2.2), 0.003, 2.1, "reachable"),
    # slows down at 1e7 tokens and goes on to 1.0; 1.1 was "unreachable" on 40 of 40
    "broken": (LONG, 1 + 2 * (LONG / 1e5) ** -0.4 * (1 + (LONG / 1e7) ** 2) ** 0.14, 0.004, 1.1, "unreachable"),
    # rises again from 10^8.4 tokens
    "U": (T, 2 + 0.08 * (np.log10(T) - 8.4) ** 2, 0.005, 1.9, "unreachable"),
}


def analyse(t, y, *losses):
    points = [Point(f"run {i}", *one) for i, one in enumerate(zip(t, y, strict=True))]
    return analyse_curve(points, [make_target(loss, "nats") for loss in losses])


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_verdict_that_the_form_does_not_bear_is_undecided(name, seed):
    t, truth, noise, target, by_law = CURVES[name]
    analysis = analyse(t, truth + np.random.default_rng(seed).normal(0, noise, t.size), target, 5.0)
    judged, reached = (verdict for verdict, _ in analysis.targets)
    assert judge_target(analysis.answer.fit, judged.target).verdict == by_law
    assert (judged.verdict, judged.tokens) == ("undecided", None)
    assert analysis.answer.forms.doubtful and analysis.answer.forms.reason in judged.reason
    assert reached.verdict == "reached"


def test_a_held_out_size_outside_its_interval_is_said():
    t, truth, noise, _, _ = CURVES["plateau"]
    analysis = analyse(t, truth + np.random.default_rng(0).normal(0, noise, t.size))
    held = analysis.answer.holdout
    words = describe(analysis)
    assert not analysis.answer.fit.residuals.curved and held.within is False
    assert f"predicted {held.predicted_nats:.4g} [{held.low:.4g}, {held.high:.4g}]" in words
    assert "outside its interval" in words
    assert f"{held.measured_nats:.4g}, outside the law's interval" in analysis.as_dict()["form_reason"]


def test_verdicts_of_a_right_law_stand():
    t, y = make_curve(noise=0.005, span=1e3, num_sizes=8)
    assert [verdict.verdict for verdict, _ in analyse(t, y, 1.87, 1.5).targets] == ["reachable", "unreachable"]


def test_known_verdicts_stand():
    known = known_answers()["verdicts"]
    columns = read_curve(known["curve"])
    analysis = analyse(columns["t"], columns["y"], *(case["target"] for case in known["cases"]))
    for case, (verdict, _) in zip(known["cases"], analysis.targets, strict=True):
        assert case["expect"].startswith(verdict.verdict), verdict.reason
