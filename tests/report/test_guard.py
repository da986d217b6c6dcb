"""When a person answers: the answer, the section and the figure, from results of the guard's own code."""

from pathlib import Path

import pytest
from lxml import html

from facts import tells
from further.guard.schemas import guarded_schema
from further.io import write_table
from further.report.answers.guard import answer_guard, find_worst
from further.report.figures.guard import FIGURE, make_table
from further.report.guard import Guarded, read_guard
from further.report.page import Kind, Section, write_page
from further.report.results import TextResults
from further.report.sections.guard import (
    elsewhere_table,
    fill_guard,
    promise_table,
    ranking_table,
    reason_table,
    say_elsewhere,
    topic_table,
    tried_table,
)
from further.report.wording import DESCRIBE
from report.answers_case import check
from report.guard_case import make_elsewhere, make_nothing, make_two_types
from report.page_case import make_page
from report.results_case import make_results, make_settings


@pytest.mark.parametrize(
    ("wrong", "verdict", "numbers"),
    [  # Clopper and Pearson of 4, 0 and 16 in 40
        (4, "improved", "10.0% (2.8 to 23.7%)"),
        (0, "improved", "0.0% (0.0 to 8.8%)"),
        (16, "worse", "40.0% (24.9 to 56.7%)"),
    ],
)
def test_a_promise_is_broken_where_the_test_cases_exclude_it(wrong: int, verdict: str, numbers: str) -> None:
    answer = check(answer_guard(make_results(guard=make_two_types(wrong))), verdict, numbers)
    assert ("9.1%" in answer.word) is (verdict == "improved")  # 4 of 44
    assert "10%" in answer.doubt and "95%" in answer.doubt


def test_a_promise_that_another_clinic_s_cases_broke_is_said_first(tmp_path: Path) -> None:
    """40 of 44 test cases given; 16 of 40 wrong elsewhere, where the scores are as before."""
    guard = make_elsewhere()
    assert tells(check(answer_guard(make_results(guard=guard)), "improved").doubt, "Another", "side")
    table = elsewhere_table(guard)
    assert table is not None and table.rows == (
        ("side", "90.9%", "100.0%", "16 of 40", "40.0% (24.9 to 56.7%)", "broken", "no"),
    )
    assert tells(say_elsewhere(guard), "1 of 1", "(side)", "not", "side")
    page = make_page(make_results(guard=guard), tmp_path)
    assert "16 of 40" in page.xpath("//div[@id='guard']")[0].text_content()
    assert elsewhere_table(make_two_types()) is None and say_elsewhere(make_two_types()) == ""


def test_without_a_promise_a_person_always_answers() -> None:
    guard = make_nothing()
    assert "too few cases" in check(answer_guard(make_results(guard=guard)), "undecided", "29").doubt
    assert find_worst(guard) is None


def test_tables_hold_what_the_guard_counted() -> None:
    guard = make_two_types()
    promised = {row[0]: row[1:] for row in promise_table(guard).rows}
    assert promised["side"][1:5] == ("60", "60", "60", "0") and promised["organ"][1:4] == ("20", "20", "0")
    assert "too few cases" in promised["organ"][0]
    assert tried_table(guard).rows == (("side", "44", "40", "4 of 40", "10.0% (2.8 to 23.7%)", "4", "3 of 4"),)
    assert [row[2:] for row in reason_table(guard).rows] == [("1", "1", "1"), ("3", "3", "3")]
    assert topic_table(guard).rows == (("malignancy", "1"),)


def test_ranking_by_hand() -> None:
    """Two answers, the surer one right: 0 of 1 and 1 of 2 wrong, a mean of 1/4. By chance 1/2, and (1/4 + 1/2) / 2."""
    assert ranking_table(make_nothing()).rows == (("side", "2", "0.250", "0.500", "0.250", "0.250", "0.375", "0.250"),)


def test_the_figure_marks_the_guard_s_own_threshold() -> None:
    """43 answers that only the score can defer; 40 of them reach the threshold."""
    table = make_table(make_results(guard=make_two_types()))
    (chosen,) = table[table["chosen"]].to_dict("records")
    assert (chosen["given"], chosen["wrong"]) == (40, 4) and chosen["given_share"] == pytest.approx(40 / 43)
    last = table.iloc[-1]
    assert (last["given"], last["wrong"]) == (43, 7)
    assert make_table(make_results()).empty


def test_the_section_is_there_with_a_guard_alone(tmp_path: Path) -> None:
    page = make_page(make_results(guard=make_two_types()), tmp_path / "with")
    (section,) = page.xpath("//div[@id='guard']")
    assert section.xpath(".//figure/@id") == ["figure-guard"] and "<b>left</b>" in section.text_content()
    assert {heading.text_content().split()[0] for heading in section.iter("h4")} == {"Given", "Handed"}
    assert len(page.find_class("answer")) == 6
    page = make_page(make_results(), tmp_path / "without")
    assert fill_guard(make_results()) is None and answer_guard(make_results()) is None
    assert not page.xpath("//div[@id='guard'] | //figure[@id='figure-guard']")
    assert len(page.find_class("answer")) == 5


def test_the_example_of_a_caption_has_a_question_too() -> None:
    guard = make_two_types()
    guard = Guarded(guard.record, guard.answers.assign(question=""))
    part = fill_guard(make_results(guard=guard))
    assert part is not None and {example["question"] for example in part["examples"]} == {DESCRIBE}


@pytest.mark.parametrize("domain", [None, "medical"])
def test_medical_advice_is_spoken_of_in_a_medical_study_alone(domain: str | None) -> None:
    part = fill_guard(make_results(guard=make_two_types(), settings=make_settings(study={"domain": domain})))
    assert part is not None and part["is_medical"] is (domain == "medical")


def test_the_guard_s_files_are_read_where_they_are_given(tmp_path: Path) -> None:
    guard = make_nothing()
    guard.record.save(tmp_path / "guard.json")
    schema = guarded_schema(["mean_logprob"])
    write_table(tmp_path / "guarded.parquet", guard.answers.assign(caption=None).to_dict("records"), schema)
    read = read_guard({"guard": str(tmp_path / "guard.json"), "guarded": str(tmp_path / "guarded.parquet")})
    assert isinstance(read, Guarded) and read.record == guard.record and len(read.answers) == 22
    assert read_guard({}) is None


def test_any_kind_of_study_shows_its_guard_by_the_same_parts(tmp_path: Path) -> None:
    kind = Kind[TextResults](
        answers=(answer_guard,),
        figures=(FIGURE,),
        sections=(Section("guard", "When a person answers", fill_guard),),
    )
    settings = make_settings(study={"domain": "medical"})
    write_page(kind, make_results(settings=settings, guard=make_two_types()), tmp_path)
    page = html.document_fromstring((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert len(page.find_class("answer")) == 1 and page.xpath("//details//figure/@id") == ["figure-guard"]
    assert "Not medical advice" in page.xpath("string(//div[@id='guard'])")
