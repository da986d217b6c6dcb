"""Does more data help: the wording for each verdict, and the tables of forecasts and targets."""

from typing import Any

import pytest

from further.report.answers import answer_more_data
from further.report.law import forecast_table, law_table, target_table
from further.report.wording import THIN
from report.law_case import make_law, make_points, make_refused_law


@pytest.mark.parametrize(
    ("gain", "verdict", "lead"),
    [
        ((0.15, 0.11, 0.19), "improved", "Yes."),
        ((0.15, 0.11, None), "improved", "Yes."),  # an open upper end is still a gain
        ((0.006, 0.001, 0.012), "improved", "Yes, but by little."),
        ((0.006, 0.004, 0.009), "unchanged", "No: more of the same would bring nothing that matters."),
        ((0.004, 0.0, 0.008), "unchanged", "No: more of the same would bring nothing that matters."),
        ((0.004, 1e-15, 0.008), "unchanged", "No: more of the same would bring nothing that matters."),
        ((0.02, 0.0, 0.05), "undecided", "Not decided by this study."),
        ((None, 0.0, None), "undecided", "Not decided by this study."),
        ((-0.05, -0.08, -0.02), "worse", "No: with more data it got worse."),
    ],
)
def test_verdict_follows_from_the_gain_at_twice_the_data(gain: Any, verdict: str, lead: str) -> None:
    answer = answer_more_data(make_law(gain))
    assert (answer.verdict, answer.lead) == (verdict, lead)


def test_answer_says_gain_interval_measured_losses_limit_and_check() -> None:
    """12 * 1625**-0.25 + 4.3 = 6.19, 12 * 26000**-0.25 + 4.3 = 5.245, seeds add 0.02; exp(-0.15) = 0.861."""
    answer = answer_more_data(make_law())
    assert answer.sentence == (
        f"Training on 2 times the 26{THIN}000 unique tokens is predicted to lower the loss by 0.150 nats per token "
        f"(95{THIN}% interval 0.110 to 0.190): 13.9{THIN}% lower perplexity. "
        f"Measured, the loss fell from 6.21 at 1{THIN}625 tokens to 5.27 at 26{THIN}000."
    )
    assert answer.how_sure == (
        "The law rests on 15 runs at 5 sizes, the largest 16 times the smallest; its intervals stand for "
        "other runs on the same held-out papers. A fit without the largest size "
        f"predicted 5.31 nats per token for it (95{THIN}% interval 5.20 to 5.42); 5.27 was measured, +0.8{THIN}% off. "
        "Predictions go to 8 times the largest size and no further. "
        f"It would flatten at a loss of 4.32 (95{THIN}% interval 4.10 to 4.50), a perplexity of 75.2."
    )
    assert "It holds for base tiny, quantization nf4 and rank 8;" in answer.not_shown


def test_a_limit_that_the_data_do_not_give_is_not_named() -> None:
    law = make_law() | {"c_identified": False, "c_reason": "The span is too narrow."}
    answer = answer_more_data(law)
    assert answer.how_sure.endswith("Where it would flatten, the data do not say: The span is too narrow.")
    assert "flatten at a loss" not in answer.how_sure


def test_a_doubtful_form_and_a_check_worse_than_the_last_value_are_said() -> None:
    law = make_law() | {"form_doubtful": True, "form_reason": "The residuals bend."}
    law["holdout"] = law["holdout"] | {"beats_last_value": False}
    answer = answer_more_data(law)
    how_sure = answer.how_sure
    assert (answer.verdict, answer.lead.partition(":")[0]) == ("undecided", "Not decided")
    assert "The residuals bend." in how_sure
    assert "no better than taking the loss of the size before" in how_sure


@pytest.mark.parametrize(("within", "said"), [(True, False), (False, True), (None, False)])
def test_a_forecast_that_missed_its_interval_is_said_to_have(within: bool | None, said: bool) -> None:
    law = make_law()
    law["holdout"]["within"] = within
    assert ("off and outside that interval." in answer_more_data(law).how_sure) is said


def test_without_a_law_the_reason_stands_in_its_place() -> None:
    answer = answer_more_data(make_refused_law("three sizes are too few: add one", make_points()))
    assert (answer.verdict, answer.lead) == ("undecided", "Not decided by this study.")
    assert answer.how_sure == "Not sure, as no law could be fitted: three sizes are too few: add one."
    assert answer.sentence.startswith("Measured, the loss fell from 6.21 at")


def test_without_a_law_a_rising_loss_is_called_worse() -> None:
    points = [point | {"loss_nats": 10 - point["loss_nats"]} for point in make_points()]
    answer = answer_more_data(make_refused_law("the loss rises", points))
    assert (answer.verdict, answer.lead) == ("worse", "No: with more data it got worse.")


def points_of(smallest: list[float], largest: list[float]) -> list[dict[str, Any]]:
    pairs = [(0.5, loss) for loss in smallest] + [(1, loss) for loss in largest]
    return [{"num_unique_tokens": 1000 * size, "loss_nats": loss, "size": size} for size, loss in pairs]


@pytest.mark.parametrize(
    ("smallest", "largest", "verdict"),
    [
        ([5.24, 5.30, 5.36], [5.25, 5.31, 5.37], "undecided"),  # one is below another: noise
        ([5.20, 5.21, 5.22], [5.30, 5.31, 5.32], "worse"),
        ([5.20, 5.21], [5.30, 5.31], "undecided"),  # happens by luck once in six
        ([5.20, 5.21, 5.22], [5.225, 5.226, 5.227], "undecided"),  # above, but by nothing that matters
    ],
)
def test_without_a_law_only_a_rise_of_every_run_is_worse(
    smallest: list[float], largest: list[float], verdict: str
) -> None:
    law = make_refused_law("the loss does not fall", points_of(smallest, largest))
    assert answer_more_data(law).verdict == verdict


def test_a_gain_without_an_estimate_is_told_by_its_interval() -> None:
    said = answer_more_data(make_law((None, 0.2, None))).sentence
    assert f"the data leave open (gain in nats per token: 95{THIN}% interval at least 0.200)." in said


def test_without_points_nothing_is_claimed() -> None:
    answer = answer_more_data(make_refused_law("no run", []))
    assert (answer.verdict, answer.sentence) == ("undecided", "Fewer than two amounts of data were tried.")


def test_law_table_joins_the_curve_and_its_extrapolation_and_counts_money() -> None:
    table = law_table(make_law())
    kinds = table.groupby("kind")
    assert kinds.size()[["point", "held_out", "prediction", "asymptote", "target"]].to_list() == [12, 3, 1, 1, 2]
    assert kinds.get_group("curve")["num_tokens"].max() == kinds.get_group("extrapolation")["num_tokens"].min()
    largest = table[table["kind"] == "held_out"].iloc[0]  # 26,000 tokens 4 times at 7,800 a second: 13.3 s at 20 SEK/h
    assert largest["hours"] == pytest.approx(26000 * 4 / 7800 / 3600)
    assert largest["money"] == pytest.approx(0.07407, rel=1e-3)


def test_law_table_leaves_the_open_ends_of_c_empty() -> None:
    law = make_law() | {"c_identified": False}
    law["intervals"]["c"] = {
        "estimate": None,
        "low": 0.0,
        "high": 4.6,
        "low_open": True,
        "high_open": False,
        "level": 0.95,
    }
    row = law_table(law).query("kind == 'asymptote'").iloc[0]
    assert row["label"] == "not identified"
    assert row[["loss_nats", "low"]].isna().all() and row["high"] == 4.6


def test_forecasts_show_open_ends_and_leave_empty_columns_out() -> None:
    table = forecast_table(make_law())
    assert table is not None
    assert "energy, kWh" not in table.header and "cost, SEK" in table.header
    gains = [row[table.header.index("gain, nats per token")] for row in table.rows]
    assert gains == ["0.150 (0.110 to 0.190)", "0.270 (at least 0.190)", "at least 0.200"]
    assert forecast_table(make_refused_law("no", [])) is None


def test_a_forecast_further_than_predictions_go_is_undecided() -> None:
    law = make_law()
    law["forecasts"][2]["useful"] = False
    table = forecast_table(law)
    assert table is not None
    assert [row.count("undecided") for row in table.rows] == [0, 0, 2]


def test_targets_show_verdict_and_an_interval_of_tokens() -> None:
    table = target_table(make_law())
    assert table is not None
    assert [row[:2] for row in table.rows] == [("perplexity 130", "reachable"), ("3.5 nats per token", "unreachable")]
    assert table.rows[0][3] == f"150{THIN}000 to 420{THIN}000"
    assert target_table(make_refused_law("no", [])) is None
