import pandas as pd

from facts import tells
from further.guard.calibrate import calibrate
from further.guard.records import Elsewhere
from further.guard.rules import Rules
from further.guard.wording import describe, percent
from further.settings import GuardSettings
from guard.made import descending, make_answers


def test_every_type_has_a_line_with_its_numbers():
    answers = [
        make_answers(descending(60), [True] * 60),
        make_answers(descending(20), [True] * 20, question_type="organ", prefix="o"),
        make_answers(descending(60), [False] * 60, question_type="size", prefix="s"),
        make_answers([-0.1], [None], question_type="kind", prefix="k"),
    ]
    lines = dict(line.split(": ", 1) for line in describe(calibrate(pd.concat(answers), GuardSettings(), Rules())))
    assert set(lines) == {"side", "organ", "size", "kind"}
    assert "60 of 60" in lines["side"] and "10%" in lines["side"] and "95%" in lines["side"]
    assert "too few cases" in lines["organ"] and tells(lines["organ"], 20, 29, 46)
    assert "too many errors" in lines["size"] and "no judged case" in lines["kind"]


def test_what_became_of_a_promise_has_a_line_of_its_own():
    record = calibrate(make_answers(descending(60), [True] * 60), GuardSettings(), Rules())
    seen = Elsewhere(
        cases=50,
        accepted=40,
        judged=39,
        errors=16,
        error_rate=16 / 39,
        interval=(0.25, 0.58),
        outcome="broken",
        warns=True,
    )
    promised, became = describe(record.model_copy(update={"shifted": {"side": seen}}))
    assert tells(promised, "side", "60 of 60") and tells(became, "side", "40 of 50", "16 of 39", "broken")


def test_percentages_keep_their_digits():
    assert [percent(value) for value in (0.95, 0.975, 0.999, 0.05, 0.29)] == ["95%", "97.5%", "99.9%", "5%", "29%"]
