"""Answers that repeat themselves, and which cause they have."""

import pytest

from evaluation.answers.tables import read_csv, score
from further.evaluation.answers.loops import explain_loops, measure_loops
from further.evaluation.text_loops import MAX_REPEATS, longest_repeat, rep_n, usual_rep
from further.records.answers import LoopCounts, Score


def test_the_texts_with_known_measures():
    rows = read_csv("loop_texts.csv")
    for row in rows:
        assert rep_n(row["text"]) == pytest.approx(float(row["rep_4"]), abs=6e-5)
        assert longest_repeat(row["text"]) == int(row["longest_repeat"])
        assert (longest_repeat(row["text"]) >= MAX_REPEATS) == bool(int(row["run_of_four"]))
    assert len(rows) == 24


def test_rep_by_hand():
    assert rep_n("a b c d A b c d") == pytest.approx(1 - 4 / 5)  # abcd, bcda, cdab, dabc, abcd
    assert rep_n("a a a a a") == 0.5 and rep_n("a b c") == 0
    assert rep_n("左肺。左肺。") == pytest.approx(1 - 3 / 3) and rep_n("左肺有。左肺有。") == pytest.approx(1 - 4 / 5)
    assert usual_rep([]) == 0 and usual_rep(["a b c d a b c d"] + ["a b"] * 200) == 0
    assert usual_rep(["a a a a a"] * 3 + ["a b"] * 97) == 0.5


SAID = "The liver is of normal size. "


def measure(answers):
    lines = [
        (f"c{place}", "caption", "open", "A mass of the left kidney is seen.", answer)
        for place, (answer, _) in enumerate(answers)
    ]
    return measure_loops(score(lines).assign(ended=[ended for _, ended in answers]))


def test_each_measure_sees_its_own():
    found = measure(
        [("A mass.", True)] * 6 + [(SAID * 3, False)] * 2 + [("cec. cec cec cec", True), ("A mass. " * 2, True)]
    )
    shares = {name: getattr(found, name).estimate for name in ("without_end", "with_run", "repetitive")}
    assert shares == pytest.approx({"without_end": 0.2, "with_run": 0.1, "repetitive": 0.2})
    assert (found.answers, found.usual_rep_4, found.over_limit) == (10, 0, 0)


def told(without_end, with_run, repetitive, over_limit=0.0):
    shares = {"without_end": without_end, "with_run": with_run, "repetitive": repetitive}
    scores = {name: Score(estimate=share, low=None, high=None, level=0.95) for name, share in shares.items()}
    return LoopCounts(answers=100, usual_rep_4=0.0, over_limit=over_limit, **scores)


@pytest.mark.parametrize(
    ("measured", "cut", "learning", "cause"),
    [  # the table of the measurements in `loops`
        (told(0.27, 0.30, 0.5), 0.0, True, "too little training"),
        (told(0, 0, 0), 0.0, False, "none"),
        (told(0, 0, 0), 0.224, False, "none"),
        (told(0, 0.019, 0), 0.0, False, "none"),  # under one in 50
        (told(0, 0.02, 0), 0.0, False, "unknown"),
        (told(0.63, 0.01, 0.94), 0.482, False, "cut rows"),
        (told(1.0, 0.83, 1.0), 0.88, None, "cut rows"),
        (told(0, 0.97, 0.9), 0.0, None, "too little training"),
        (told(0.40, 0.5, 0.6), 0.09, True, "both"),
        (told(0.94, 0.5, 0.9), 0.25, None, "both"),
        (told(0.94, 0.5, 0.9), 0.60, True, "both"),
        (told(0.30, 0, 0, 0.3), 0.0, False, "limit"),
        (told(0.30, 0.2, 0.3, 0.1), 0.0, False, "unknown"),
    ],
)
def test_the_cause(measured, cut, learning, cause):
    assert explain_loops(measured, cut_fraction=cut, still_learning=learning).cause == cause


def test_what_was_not_generated_is_refused():
    with pytest.raises(ValueError, match="1 of 1 answers"):
        measure([("A mass.", None)])
