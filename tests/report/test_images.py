"""The page of a study of images: cases that are shown, and answers that follow from their numbers."""

from types import SimpleNamespace

import pandas as pd
import pytest

from evaluation.answers.answers_case import CASES, answers_of, gather, metrics, table
from facts import tells
from further.records.answers import Score
from further.report.figures import guard
from further.report.images.answers import (
    answer_floors,
    answer_improvement,
    answer_loops,
    best_floor,
)
from further.report.images.card import make_card
from further.report.images.figures import answers_by_type, loops
from further.report.images.gallery import Pick, pick_cases
from further.report.images.sections import apart_tables, fit_pictures
from further.report.wording import show_points, show_score
from further.settings import ModelSettings, Run


def results(before, after, split="own", leaking=()):
    """As far as these answers look at it: each case is a test case, some of a given split stand in the training."""
    tests = pd.DataFrame({"case": sorted({line["case"] for line in before})}).assign(split="test")
    leaks = pd.DataFrame([(case, "test", "train") for case in leaking], columns=["case", "split", "other_split"])
    return SimpleNamespace(
        answers=gather(before, after),
        default_run="default",
        settings=SimpleNamespace(cases=SimpleNamespace(split=split)),
        tables=SimpleNamespace(split=tests, leaks=leaks),
    )


def test_best_worst_and_random_cases_are_shown_none_twice():
    picks = list(pick_cases(table(answers_of(0)), table(answers_of(15)), 3, seed=0))
    assert [pick.kind for pick in picks] == ["best"] * 3 + ["worst"] * 3 + ["random"] * 3
    assert len({pick.case for pick in picks}) == 9
    assert {pick.score for pick in picks if pick.kind == "best"} == {1.0}
    assert {pick.score for pick in picks if pick.kind == "worst"} == {0.0}
    shown = picks[0].questions[0]
    assert (shown.reference, shown.before, shown.after) == ("ct", "mri", "ct")
    again = list(pick_cases(table(answers_of(0)), table(answers_of(15)), 3, seed=0))
    assert again == picks and list(pick_cases(table(answers_of(0)), table(answers_of(15)), 3, seed=1)) != picks


def test_fewer_cases_than_there_is_room_for_are_all_shown_once():
    few = table(answers_of(1)).head(2)
    assert len({pick.case for pick in pick_cases(few, few, 4, seed=0)}) == 2


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [(6, 27, "improved"), (27, 6, "worse"), (15, 15, "unchanged"), (14, 16, "undecided")],
)
def test_the_interval_of_the_difference_decides(before, after, verdict):
    answer = answer_improvement(results(answers_of(before), answers_of(after)))
    assert answer.verdict == verdict


def test_leaks_of_the_split_in_use_are_said_beside_the_verdict():
    before, after = answers_of(6), answers_of(27)
    leaking = sorted({line["case"] for line in before})[:12]
    said = answer_improvement(results(before, after, "given", [*leaking, *leaking, "not a test case"])).doubt
    assert said.startswith("12 of 30 test cases")
    for split in ("own", "repaired"):
        assert "test cases" not in answer_improvement(results(before, after, split, leaking)).doubt
    assert "test cases" not in answer_improvement(results(before, after, "given")).doubt


def test_few_cases_decide_nothing():
    few = [line for line in answers_of(10) if int(line["case"].split("-")[1]) < 10]
    assert answer_improvement(results([line | {"answer": "mri"} for line in few], few)).verdict == "undecided"


def test_a_type_that_stands_on_a_floor_is_named():
    kinds = {"modality": 27, "side": 9}
    before = [line for kind in kinds for line in answers_of(9, question_type=kind)]
    after = [line for kind, right in kinds.items() for line in answers_of(right, question_type=kind)]
    study = results(before, after)
    assert best_floor(study.answers, "side") == ("majority", pytest.approx(0.3))
    answer = answer_floors(study)
    assert answer.verdict == "undecided" and "side" in answer.sentence and "modality" not in answer.sentence


def test_a_type_without_a_floor_is_not_shown_to_be_above_one():
    study = results(answers_of(9), answers_of(27))
    study.answers = study.answers.model_copy(update={"floors": {}, "views": {}})
    answer = answer_floors(study)
    assert answer.verdict == "unchanged" and "0 of 0" not in answer.doubt


def test_answers_that_loop_are_said_with_their_cause():
    looping = answers_of(0, wrong="cec " * 8, ended=False, longest_run=8)
    assert answer_loops(results(answers_of(0), answers_of(20))).verdict == "improved"
    answer = answer_loops(results(answers_of(0), looping))
    assert answer.verdict == "worse" and tells(answer.sentence, "100.0%")


def test_answers_that_loop_and_end_are_not_said_to_have_no_end():
    """Of 30 answers all end, and 20 hold a word eight times: 66.7 % repeat themselves, none ran to the limit."""
    looping = [
        line | ({"answer": "cec " * 8, "longest_run": 8} if line["answer"] == "mri" else {}) for line in answers_of(10)
    ]
    answer = answer_loops(results(answers_of(0), looping))
    assert answer.verdict == "worse" and tells(answer.sentence, "0.0%", "66.7%")
    assert answer.word != answer_loops(results(answers_of(0), [line | {"ended": False} for line in looping])).word


def test_scores_are_shown_in_percent_and_differences_in_points():
    assert show_score(Score(estimate=0.738, low=0.7104, high=0.765, level=0.95)) == "73.8% (71.0 to 76.5%)"
    assert show_score(Score(estimate=0.5, low=None, high=None, level=0.95)) == "50.0%"
    assert show_points(Score(estimate=-0.012, low=-0.03, high=0.01, level=0.95)) == "−1.2 points (−3.0 to +1.0)"


def test_an_interval_with_one_open_end_is_shown_unless_the_other_says_nothing():
    assert show_points(Score(estimate=-0.005, low=None, high=0.0008)) == "−0.5 points (at most +0.1)"
    assert show_score(Score(estimate=0.985, low=None, high=0.998)) == "98.5% (at most 99.8%)"
    assert show_score(Score(estimate=0.995, low=None, high=1.001)) == "99.5%"
    assert show_score(Score(estimate=0.005, low=-0.001, high=None)) == "0.5%"
    assert show_score(Score(estimate=0.02, low=0.011, high=None)) == "2.0% (at least 1.1%)"


def test_closed_and_open_questions_have_a_table_each():
    """Of 30 yes-or-no questions 9 and 24 are right, of 30 open ones 15 and 18."""
    closed = {"question_type": "abnormal", "kind": "yes/no", "reference": "yes", "wrong": "no"}
    before, after = ([*answers_of(right, **closed), *answers_of(opened)] for right, opened in ((9, 15), (24, 18)))
    tables = {table.caption: table for table in apart_tables(results(before, after))}
    rows = {name: [row for row in table.rows if row[0] != "all"] for name, table in tables.items()}
    assert [row[:2] for row in rows["Closed questions"]] == [("abnormal", "base"), ("abnormal", "adapted")]
    assert [row[2].split()[0] for row in rows["Closed questions"]] == ["30.0%", "80.0%"]
    assert [(row[0], row[2].split()[0]) for row in rows["Open questions"]] == [
        ("modality", "50.0%"),
        ("modality", "60.0%"),
    ]
    alone = apart_tables(results(answers_of(15), answers_of(18)))
    assert [table.caption for table in alone] == ["Open questions"]


def test_the_figure_holds_every_floor_and_both_models():
    drawn = answers_by_type.make_table(results(answers_of(9), answers_of(24)))
    percent = dict(zip(drawn["answered_by"], drawn["percent"], strict=True))
    assert percent == {"majority": 30, "before": 30, "after": 80} and set(drawn["cases"]) == {CASES}
    assert answers_by_type.draw(drawn).tips


def test_the_card_warns_and_names_the_floors():
    study = results(answers_of(9), answers_of(24))
    hub = ModelSettings(name="base", source="hub", path="owner/base", revision="0e9e" * 10)
    card = make_card("Ours", hub, "default", study.answers, metrics())
    assert f'from_pretrained("owner/base", revision="{"0e9e" * 10}")' in card
    assert "clinical use" in card and "| modality | exact match | 30.0% | 80.0% (" in card
    assert "30.0% (majority)" in card


def test_the_card_names_no_folder_of_the_machine_and_calls_a_toy_one():
    record = results(answers_of(9), answers_of(24)).answers
    own = ModelSettings(name="ours", source="folder", path="/home/someone/models/ours")
    card = make_card("Ours", own, "default", record, metrics())
    assert "`ours`" in card and "/home" not in card and 'from_pretrained("path/to/ours")' in card
    toy = make_card("Ours", ModelSettings(name="tiny", source="toy"), "default", record, metrics())
    assert "is a toy" in toy and "is a toy" not in card


@pytest.mark.parametrize(("size", "shown", "left_out"), [(100, 2, 0), (400, 1, 1)])
def test_pictures_that_the_page_has_no_room_for_are_counted(size, shown, left_out):
    picks = [Pick("best", case, (case,), 1.0, ()) for case in ("a", "b")]
    placed = list(fit_pictures(picks, {case: b"x" * size for case in ("a", "b")}, room=700))
    assert sum(len(pictures) for _, pictures, _ in placed) == shown
    assert sum(number for _, _, number in placed) == left_out


def test_runs_whose_answers_were_cut_are_told_in_words():
    study = results(answers_of(0), answers_of(20))
    bare = study.answers.default.model_copy(update={"settings": Run(quantization="none", answer_tokens=8)})
    study.answers = study.answers.model_copy(update={"runs": study.answers.runs | {"answer_tokens-8": bare}})
    study.runs = dict.fromkeys(study.answers.runs, SimpleNamespace(metrics=metrics()))
    table = loops.make_table(study)
    assert table["label"].to_list() == ["base model", "default run", "answer tokens 8"]
    assert "_" not in loops.summarize(table)


@pytest.mark.parametrize(
    ("cut", "without_end", "said"),
    [((0, 14), (0, 0), True), ((0, 14), (0, 63), False), ((0, 0), (0, 0), False)],
)
def test_cut_rows_that_made_no_loops_are_explained(cut, without_end, said):
    shares = pd.DataFrame(
        {"run": ["default", "bare"], "cut_percent": cut, "without_end_percent": without_end}, dtype=object
    )
    assert (loops.KNOWN_END in loops.explain(shares)) is said


def test_types_beyond_the_fourth_have_a_look_of_their_own():
    assert len({guard.look_of(place) for place in range(8)}) == 8
