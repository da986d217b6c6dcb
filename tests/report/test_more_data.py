"""Is more data worth it: the verdict in each case, with a law and without one."""

import pytest

from facts import tells
from further.report.answers.more_data import answer_more_data
from further.report.law import read_interval
from further.scaling.interval import Interval as LawInterval
from report.answers_case import check
from report.law_case import interval, make_holdout, make_law, make_points, make_refused_law
from report.results_case import (
    PRICED,
    make_results,
    make_settings,
)


@pytest.mark.parametrize(
    ("gain", "verdict", "number"),
    [
        ((0.15, 0.11, 0.19), "improved", "13.9% (10.4 to 17.3%)"),  # 1 - exp(-0.15) = 0.139
        ((0.15, 0.11, None), "improved", "13.9% (at least 10.4%)"),  # an open upper end is still a gain
        ((0.006, 0.001, 0.012), "improved", "0.6% (0.1 to 1.2%)"),
        ((0.006, 0.004, 0.009), "unchanged", "−0.6% (−0.9 to −0.4%)"),
        ((0.004, 1e-15, 0.008), "unchanged", "−0.4%"),
        ((0.02, 0.0, 0.05), "undecided", "−2.0%"),
        ((None, 0.0, None), "undecided", "at most 0.0%"),
        ((None, 0.2, None), "improved", "at least 18.1%"),
        ((-0.05, -0.08, -0.02), "worse", "5.1% (2.0 to 8.3%)"),
    ],
)
def test_more_data_follows_from_the_gain_at_twice_the_data(
    gain: tuple[float | None, float | None, float | None], verdict: str, number: str
) -> None:
    check(answer_more_data(make_results(law=make_law(gain))), verdict, number)


def test_more_data_has_the_price_of_the_default_run_in_proportion() -> None:
    """The default run's job took 30 s for 26,000 tokens; twice the tokens are 60 s, at 36 SEK an hour 0.60 SEK."""
    assert "16 more, 60\u202fs a training" in answer_more_data(make_results()).sentence
    priced = make_results(settings=make_settings(cost=PRICED))
    check(answer_more_data(priced), "improved", "16 more, 0.60 SEK a training")


def test_a_prediction_that_does_not_dare_so_far_decides_nothing() -> None:
    answer = check(answer_more_data(make_results(law=make_law(useful=False))), "undecided", "−13.9% (−17.3 to −10.4%)")
    assert any("4 times" in line for line in answer.details)


def test_details_of_the_law_hold_its_runs_its_check_and_its_floor() -> None:
    """12 * 1625**-0.25 + 4.32 = 6.21 and 12 * 26000**-0.25 + 4.32 = 5.27 on average."""
    said = " ".join(answer_more_data(make_results()).details)
    for number in (
        "26,000",
        "0.150 (0.110 to 0.190)",
        "6.21",
        "5.27",
        "15 runs at 5 sizes",
        "5.31 (5.20 to 5.42)",
        "0.8% too high",
    ):
        assert number in said, number
    assert "4.32 (4.10 to 4.50)" in said and "quantization nf4" in said


def test_what_speaks_against_the_law_is_said() -> None:
    law = make_law(form_doubtful=True, form_reason="The residuals bend.")
    answer = check(answer_more_data(make_results(law=law)), "improved")
    assert "The residuals bend." in answer.details
    assert answer.doubt != answer_more_data(make_results()).doubt


@pytest.mark.parametrize(("within", "said"), [(True, False), (False, True), (None, False)])
def test_a_prediction_that_missed_its_interval_is_said_to_have(within: bool | None, said: bool) -> None:
    details = answer_more_data(make_results(law=make_law(holdout=make_holdout(within=within)))).details
    assert any(tells(line, "outside") for line in details) is said


def points_of(smallest: list[float], largest: list[float]) -> tuple:
    first, last = make_points()[0], make_points()[-1]
    pairs = [(first, loss) for loss in smallest] + [(last, loss) for loss in largest]
    return tuple(point.model_copy(update={"loss_nats": loss}) for point, loss in pairs)


@pytest.mark.parametrize(
    ("smallest", "largest", "verdict"),
    [
        ([5.24, 5.30, 5.36], [5.25, 5.31, 5.37], "undecided"),  # one is below another: noise
        ([5.20, 5.21, 5.22], [5.30, 5.31, 5.32], "worse"),
        ([5.20, 5.21], [5.30, 5.31], "undecided"),  # happens by chance once in six
        ([5.20, 5.21, 5.22], [5.225, 5.226, 5.227], "undecided"),  # above, but by nothing that matters
    ],
)
def test_without_a_law_only_a_rise_of_every_run_is_worse(
    smallest: list[float], largest: list[float], verdict: str
) -> None:
    law = make_refused_law("a reason", points_of(smallest, largest))
    answer = check(answer_more_data(make_results(law=law)), verdict)
    assert "fell" not in answer.sentence and "a reason" in answer.details[0]


def test_without_points_nothing_is_claimed() -> None:
    check(answer_more_data(make_results(law=make_refused_law("no run", ()))), "undecided")


def test_an_end_that_is_marked_as_open_is_none_whatever_number_stands_there() -> None:
    assert read_interval(LawInterval(None, 0.0, 4.6, low_open=True)) == interval(None, None, 4.6)
    assert read_interval(LawInterval(5.0, 4.0, 6.0)) == interval(5.0, 4.0, 6.0)
