"""Fifteen curves, made and real, whose optimum was found by two other routes."""

import pytest

from further.scaling.analysis import analyse_curve
from further.scaling.curve import Point
from further.scaling.families import FAMILIES, POWER, fit_family
from further.scaling.forms import compare_forms
from further.scaling.holdout import hold_out_largest
from further.scaling.units import make_target
from scaling.curves import fit_power_law, known_answers, read_curve

NAMES = [
    "syn_noiseless", "syn_noise01", "syn_narrow4x", "syn_c0", "syn_seeds_hetero",
    "gadre_rpj_d96_l8_h4", "gadre_c4_original_d512_l8_h4", "gadre_rw_original_d576_l24_h8",
    "lin_flan_opt-6.7b", "lin_wmt19_gpt2",
    "lcdb_3_LogisticRegression", "lcdb_3_SVC_rbf", "lcdb_3_Perceptron",
    "nmt_6Enc_6Dec", "nmt_Dec-only",
]  # fmt: skip


def fit_named(name):
    """The answers, and the fit; standard errors weigh only where a size has several runs."""
    answers = known_answers()[name]
    columns = read_curve(name)
    return answers, fit_power_law(
        columns["t"], columns["y"], standard_errors=columns["sd"] if name == "syn_seeds_hetero" else None
    )


@pytest.mark.parametrize("name", NAMES)
def test_optimum(name):
    answers, fit = fit_named(name)
    for parameter, tolerance in answers["rel_tol"].items():
        if tolerance is not None:
            value = fit.sse if parameter == "sse" else getattr(fit.law, parameter)
            assert value == pytest.approx(answers[parameter], rel=tolerance, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_interval_of_the_floor(name):
    answers, fit = fit_named(name)
    low, high = answers["c_profile95"]
    assert fit.c.low == pytest.approx(low, abs=answers["c_ci_abs_tol"])
    assert fit.c.high == pytest.approx(high, abs=answers["c_ci_abs_tol"])
    assert fit.c.low_open == answers["c_profile_lower_open"]
    assert not (fit.c_identified and answers["c_profile_lower_open"])


@pytest.mark.parametrize("name", NAMES)
def test_largest_sizes_held_out(name):
    answers, fit = fit_named(name)
    held = hold_out_largest(fit.curve)
    assert held.num_points_held == answers["holdout"]["n_held"]
    assert held.predicted_nats == pytest.approx(
        answers["holdout"]["pred_last"], rel=answers["holdout"]["tol_pct"] / 100
    )


def test_interval_holds_the_truth_of_a_noisy_curve():
    _, fit = fit_named("syn_noise01")
    assert fit.c.low <= 1.8 <= fit.c.high


def analyse_named(name, *losses):
    """The whole record, by the curve's sizes and losses alone."""
    columns = read_curve(name)
    points = [Point(f"run {i}", *one) for i, one in enumerate(zip(columns["t"], columns["y"], strict=True))]
    return analyse_curve(points, [make_target(loss, "nats") for loss in losses])


def test_a_narrow_span_gives_no_token_count():
    known_answers()
    record = analyse_named("syn_narrow4x", 2.85)
    assert not record.c_identified and "span only 4x" in record.c_reason
    assert (record.targets[0].verdict, record.targets[0].tokens) == ("undecided", None)
    assert record.reach.dares is None and not any(one.useful for one in record.forecasts)


def test_a_pure_power_law_is_preferred_without_a_floor():
    _, fit = fit_named("syn_c0")
    assert compare_forms(fit).preferred == "power_without_floor"


def test_verdicts():
    verdicts = known_answers()["verdicts"]
    record = analyse_named(verdicts["curve"], *(case["target"] for case in verdicts["cases"]))
    for case, judged in zip(verdicts["cases"], record.targets, strict=True):
        assert case["expect"].startswith(judged.verdict)
        assert (judged.tokens is None) == ("tokens" not in case)
        if judged.tokens is not None:
            assert judged.extrapolated
            assert judged.tokens.estimate == pytest.approx(case["tokens"], rel=0.01)
            low, high = case["tokens_case_boot95"]
            assert low / 1.5 < judged.tokens.low <= record.fit.largest < judged.tokens.high < high * 1.5


@pytest.mark.parametrize("name", ["lin_flan_opt-6.7b", "lin_wmt19_gpt2"])
def test_rectified_law_reaches_the_published_residuals(name):
    answers, fit = fit_named(name)
    rectified = next(family for family in FAMILIES if family.name == "rectified")
    ours, power = (fit_family(fit.curve, family, in_logs=True).log_rmsd for family in (rectified, POWER))
    assert ours == pytest.approx(answers["log_rmsd_rectified"], rel=1e-3)
    assert ours <= answers["published_log_rmsd_rectified"]
    assert power == pytest.approx(answers["log_rmsd_pow3"], rel=1e-3)
    assert compare_forms(fit).doubtful or power < 2 * ours


@pytest.mark.parametrize("name", ["lin_flan_opt-6.7b", "lin_wmt19_gpt2"])
def test_forms_predict_eight_times_further(name):
    answers, fit = fit_named(name)
    held = hold_out_largest(fit.curve, factor=8.0, in_logs=True)
    errors = {one.name: one.error_percent for one in held.families}
    tolerance = answers["holdout8x"]["tol_pct"]
    assert errors["power"] == pytest.approx(answers["holdout8x"]["pow3_pct"], abs=tolerance)
    assert errors["rectified"] == pytest.approx(answers["holdout8x"]["rectified_pct"], abs=tolerance)


@pytest.mark.parametrize("name", ["nmt_6Enc_6Dec", "nmt_Dec-only"])
def test_the_last_value_beats_the_law_on_translation(name):
    _, fit = fit_named(name)
    held = hold_out_largest(fit.curve)
    power, rectified = (
        next(abs(f.error_percent) for f in held.families if f.name == n) for n in ("power", "rectified")
    )
    assert not held.beats_last_value
    assert rectified < power
