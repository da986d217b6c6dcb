"""Words, recited paragraphs and shared texts, as the page tells them."""

from further.report.sections.learned import fill_learned, memorization_table, say_excluded, say_memorization
from report.results_case import make_comparison, make_memorization, make_recited, make_results


def test_words_stand_with_change_agreeing_papers_and_occurrences() -> None:
    rose, fell = fill_learned(make_results())["words"]
    assert rose.rows[0] == ("allograft", "−1.50", "4 of 5", "41") and fell.rows == (("class", "+0.75", "4 of 5", "6"),)


def test_recited_paragraphs_by_text_and_model() -> None:
    rows = {row[0]: row[1:] for row in memorization_table(make_memorization()).rows}
    assert rows["papers trained on, after"] == ("200", "3.5% (0.0% to 5.0%)", "2.25", "24")
    assert rows["held-out papers, after"] == ("200", "0.0% (0.0% to 5.0%)", "0.750", "6")
    unknown = make_recited(0, 0.0, 0).model_copy(
        update={"share": None, "mean_match_tokens": None, "max_match_tokens": None, "low": None, "high": None}
    )
    heldout = make_memorization().heldout.model_copy(update={"num_paragraphs": 0, "base": unknown})
    row = {row[0]: row[1:] for row in memorization_table(make_memorization(heldout=heldout)).rows}
    assert row["held-out papers, before"] == ("0", "not known", "not known", "not known")


def test_it_is_said_how_many_are_recited_and_whether_more_than_of_other_papers() -> None:
    said = say_memorization(make_memorization())
    assert "first 32 tokens" in said and "next 24" in said and "7 of 200" in said and "p = 0.0070" in said
    assert "not measurably more often" in say_memorization(make_memorization(p_value_train_heldout=0.4))
    train = make_memorization().train.model_copy(update={"adapted": make_recited(0, 0.1, 2)})
    assert "p =" not in say_memorization(make_memorization(train=train))


def test_paragraphs_of_few_papers_are_not_trusted() -> None:
    assert "5 papers trained on and 7 held-out papers" in say_memorization(make_memorization(num_papers=5))
    assert "Too few" not in say_memorization(make_memorization(num_papers=6))


def test_shared_texts_are_counted() -> None:
    said = say_excluded(make_comparison().excluded)
    assert "1 duplicate paper" in said and "3 paragraphs" in said  # two of the test papers, one of validation
    nothing = dict.fromkeys(("repeated paragraph", "also in test", "also in validation"), 0)
    excluded = make_comparison().excluded.model_copy(update={"paragraphs": nothing, "duplicate_papers": 0})
    assert "0" not in say_excluded(excluded)


def test_what_was_switched_off_is_none() -> None:
    part = fill_learned(make_results(terms=None, memorization=None))
    assert part["words"] is None and part["recited"] is None
