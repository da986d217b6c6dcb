"""Other forms: each is recovered from its own curve, and scored by AICc as a hand would."""

import re

import numpy as np
import pytest

from further.scaling.analysis import analyse_curve
from further.scaling.curve import Point, check_curve
from further.scaling.describe import describe
from further.scaling.families import FAMILIES, aicc, fit_family
from further.scaling.forms import compare_forms
from scaling.curves import fit_power_law, make_curve

BY_NAME = {family.name: family for family in FAMILIES}
T = np.geomspace(1e5, 1e9, 14)
S = T / 1e7
MADE = {
    "power": 0.8 * S**-0.3 + 1.5,
    "power_without_floor": 2.5 * S**-0.08,
    "rectified": 2.0 / (0.7 + S**0.6) + 1.1,
    "shifted": 2.0 * (S + 0.2) ** -0.5 + 1.1,
    "broken": 0.5 * S**-0.2 * (1 + (S / 1.5) ** 2) ** -0.2 + 1.0,
}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("in_logs", [False, True])
def test_each_form_is_recovered(name, in_logs):
    fit = fit_family(check_curve(T, MADE[name]), BY_NAME[name], in_logs=in_logs)
    assert fit.log_rmsd < 2e-4
    assert fit.loss_at(np.array([1e10]))[0] == pytest.approx(fit.loss_at(T)[-1], rel=0.3)


def test_parameters_of_the_power_law_are_those_that_made_it():
    found = fit_family(check_curve(T, MADE["power"]), BY_NAME["power"]).parameters()
    assert found["b"] == pytest.approx(0.3, rel=1e-4)
    assert found["c"] == pytest.approx(1.5, rel=1e-4)
    assert found["a"] == pytest.approx(0.8, rel=1e-3)  # the geometric mean of the sizes is 1e7


def test_a_form_never_fits_worse_than_one_that_it_contains():
    y = MADE["power"] + np.random.default_rng(0).normal(0, 0.02, T.size)
    sums = {name: fit_family(check_curve(T, y), family).sse for name, family in BY_NAME.items()}
    assert sums["power"] <= sums["power_without_floor"]
    for name in ("rectified", "shifted", "broken"):
        assert sums[name] <= sums["power"] * 1.001


def test_aicc_by_hand():
    # n = 10, three parameters and the noise: k = 4; 10 ln(0.1) + 8 + 40/5
    assert aicc(1.0, 10, 3) == pytest.approx(10 * np.log(0.1) + 8 + 8)
    assert aicc(1.0, 5, 3) is None
    assert aicc(0.0, 10, 3) is None


@pytest.mark.parametrize("name", ["power", "power_without_floor", "rectified", "shifted"])
def test_the_form_that_made_a_curve_is_preferred(name):
    noise = np.random.default_rng(3).normal(0, 0.003, T.size)
    preferred = compare_forms(fit_power_law(T, MADE[name] + noise)).preferred
    alike = {"rectified": {"rectified", "shifted"}, "shifted": {"rectified", "shifted"}}  # a phase before the power law
    assert preferred in alike.get(name, {name})


def test_few_sizes_leave_out_forms_with_many_parameters():
    fit = fit_power_law(T[::4], MADE["power"][::4])
    assert [one.family.name for one in compare_forms(fit).fits] == ["power", "power_without_floor"]


def test_the_residuals_of_each_form_are_tested_and_only_the_wrong_forms_run_in_one_direction():
    noise = np.random.default_rng(3).normal(0, 0.002, T.size)
    forms = compare_forms(fit_power_law(T, MADE["rectified"] + noise))
    curved = {fit.family.name: tests.curved for fit, tests in zip(forms.fits, forms.residuals, strict=True)}
    assert curved["power_without_floor"]
    assert not curved["rectified"]


@pytest.mark.parametrize("num_sizes", [8, 12])
@pytest.mark.parametrize("b", [0.1, 0.35, 0.5])
@pytest.mark.parametrize("c", [1.0, 2.5])
def test_an_exact_power_law_is_the_right_form(b, c, num_sizes):
    """What other forms win there by is rounding: of the exact ones the one with the fewest parameters is preferred."""
    t = np.geomspace(1e5, 1e9, num_sizes)
    forms = compare_forms(fit_power_law(t, 1.5 * (t / 1e5) ** -b + c))
    assert (forms.doubtful, forms.preferred) == (False, "power")


@pytest.mark.parametrize(("num_sizes", "scored"), [(5, 0), (6, 2), (7, 4), (14, 5)])
def test_no_form_is_preferred_without_the_power_law_and_a_rival(num_sizes, scored):
    """A form of k parameters is scored from k + 3 points on: without a floor from 5, the power law from 6."""
    t, y = make_curve(noise=0.003, num_sizes=num_sizes)
    forms = compare_forms(fit_power_law(t, y))
    assert len([fit for fit in forms.fits if fit.aicc is not None]) >= scored == len(forms.aicc_behind())
    assert (forms.preferred is None) == (scored == 0)
    assert scored == 0 or forms.aicc_behind()[forms.preferred] == 0.0


def told(points):
    return describe(analyse_curve(points))


def test_the_forms_are_told_by_aicc():
    t, y = make_curve(noise=0.003, num_sizes=6)
    points = [Point(f"run {i}", *one) for i, one in enumerate(zip(t, y, strict=True))]
    assert re.search(r"AICc .*\bpower \+0\.0, power_without_floor \+\d.*; .*\brectified, shifted\b", told(points), re.M)
    assert "AICc" in told(points[1:]) and "power +" not in told(points[1:])
