"""What lower losses cost: the table and the sentence on targets."""

import pytest

from further.report.cost_table import cost_to_target, say_targets
from report.law_case import make_law, make_points, make_refused_law


def test_measured_sizes_forecasts_and_targets_have_their_cost() -> None:
    """26,000 tokens, 4 epochs, 7,800 tokens/s: 13.33 s, at 20 SEK an hour 0.07407 SEK; twice as much for twice."""
    table = cost_to_target(make_law())
    assert table["kind"].to_list() == ["measured"] * 5 + ["forecast"] * 3 + ["target"] * 2 + ["limit"]
    largest, double = table[table["kind"] == "measured"].iloc[-1], table[table["kind"] == "forecast"].iloc[0]
    assert largest["num_tokens"] == 26000 and largest["money"] == pytest.approx(0.07407, rel=1e-3)
    assert double["money"] == pytest.approx(0.14815, rel=1e-3) and double["label"] == "2 times the data"
    reachable, unreachable = table[table["kind"] == "target"].to_dict("records")
    assert (reachable["money_low"], reachable["money_high"], reachable["hours_low"]) == (0.4, 1.2, 0.02)
    assert unreachable["verdict"] == "unreachable" and unreachable["money_low"] != unreachable["money_low"]


def test_without_a_law_or_a_speed_there_is_nothing_to_reckon() -> None:
    law = make_law()
    law["cost_settings"] = None
    assert cost_to_target(law).empty
    assert cost_to_target(make_refused_law("too few sizes", make_points())).empty


def test_without_a_price_there_are_hours_alone() -> None:
    law = make_law()
    law["cost_settings"] |= {"price_per_gpu_hour": None, "currency": None}
    for part in (*law["forecasts"], law["targets"][0]):
        part["cost"] |= {"money": None, "currency": None}
    table = cost_to_target(law)
    assert table["money"].isna().all() and table["currency"].isna().all()
    assert table["hours"].notna().sum() == 8


def test_an_open_end_is_empty() -> None:
    law = make_law()
    law["forecasts"][1]["loss_nats"] |= {"low": 0.0, "low_open": True}
    table = cost_to_target(law)
    assert table["low"].isna()[table["label"] == "4 times the data"].all()


@pytest.mark.parametrize(
    ("verdicts", "identified", "said"),
    [
        (["reachable", "unreachable"], True, "Within reach by the law: perplexity 130."),
        (["reached", "reachable"], True, "Within reach by the law: perplexity 130 and 3.5 nats per token."),
        (["undecided", "unreachable"], True, "No target is known to be reachable at any cost."),
        (
            ["undecided", "undecided"],
            False,
            "No target is known to be reachable at any cost. The limit c is not identified.",
        ),
        ([], True, "No target was set."),
    ],
)
def test_it_is_said_plainly_what_is_within_reach(verdicts: list[str], identified: bool, said: str) -> None:
    law = make_law()
    law["targets"] = [target | {"verdict": verdict} for target, verdict in zip(law["targets"], verdicts, strict=False)]
    law["c_identified"] = identified
    assert say_targets(cost_to_target(law)) == said
