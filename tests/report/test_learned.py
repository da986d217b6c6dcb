"""Words, recited paragraphs and shared texts, as the page tells them."""

from facts import tells
from further.report.sections.learned import fill_learned, memorization_table, say_excluded, say_memorization
from report.probes_case import make_memorization, make_recited
from report.results_case import make_comparison, make_results


def test_words_stand_with_change_agreeing_papers_and_occurrences() -> None:
    rose, fell = fill_learned(make_results())["words"]
    assert rose.rows[0] == ("allograft", "−1.50 (−1.75 to −1.25)", "4 of 5", "41") and fell.rows == (
        ("class", "+0.75 (+0.50 to +1.00)", "4 of 5", "6"),
    )


def test_recited_paragraphs_by_text_and_model() -> None:
    _, train, _, heldout = memorization_table(make_memorization()).rows  # each before and after
    assert train[1:] == ("200", "3.5% (0.0 to 5.0%)", "2.25", "24")
    assert heldout[1:] == ("200", "0.0% (0.0 to 5.0%)", "0.750", "6")
    unknown = make_recited(0, 0.0, 0).model_copy(
        update={"share": None, "mean_match_tokens": None, "max_match_tokens": None, "low": None, "high": None}
    )
    heldout = make_memorization().heldout.model_copy(update={"num_paragraphs": 0, "base": unknown})
    row = memorization_table(make_memorization(heldout=heldout)).rows[2]
    assert row[1:] == ("0", "not known", "not known", "not known")


def test_it_is_said_how_many_are_recited_and_whether_more_than_of_other_papers() -> None:
    said = say_memorization(make_memorization())
    assert tells(said, 32, 24, "7 of 200", "p = 0.0070")
    told = {p: say_memorization(make_memorization(p_value_train_heldout=p)) for p in (0.04, 0.06)}
    assert not tells(told[0.04], "not", "p = 0.040") and tells(told[0.06], "not", "p = 0.060")
    train = make_memorization().train.model_copy(update={"adapted": make_recited(0, 0.1, 2)})
    assert "p =" not in say_memorization(make_memorization(train=train))


def test_paragraphs_of_few_papers_are_not_trusted() -> None:
    few, enough = (say_memorization(make_memorization(num_papers=number)) for number in (5, 6))
    assert few.startswith(enough) and tells(few.removeprefix(enough), "5 papers", "7 held-out", 6)


def test_shared_texts_are_counted() -> None:
    said = say_excluded(make_comparison().excluded)
    assert "1 duplicate paper" in said and "3 paragraphs" in said  # two of the test papers, one of validation
    nothing = dict.fromkeys(("repeated paragraph", "also in test", "also in validation"), 0)
    excluded = make_comparison().excluded.model_copy(update={"paragraphs": nothing, "duplicate_papers": 0})
    assert "0" not in say_excluded(excluded)
    assert "1 such paragraph." in say_excluded(excluded.model_copy(update={"shared_paragraphs_left": 1}))


def test_what_was_switched_off_is_none() -> None:
    part = fill_learned(make_results(terms=None, memorization=None))
    assert part["words"] is None and part["recited"] is None
