"""The corpus on the page: what may have been lost leads, by paper."""

import pandas as pd

from further.report.sections.corpus import fill_corpus, losses_table, prose_table
from report.corpus_case import make_corpus, make_losses
from report.results_case import make_results


def test_the_five_papers_that_lost_most_prose_lead() -> None:
    rows = [(f"paper-{number}", 2, 50 * number, "sidebar") for number in range(1, 8)]
    rows += [("paper-1", 3, 1000, "caption"), ("paper-1", 2, 12, "sidebar")]
    table = prose_table(pd.DataFrame(rows, columns=["paper", "page", "num_words", "reason"]))
    assert table is not None
    assert [row[:2] for row in table.rows] == [
        ("paper-1", "1,062"), ("paper-7", "350"), ("paper-6", "300"), ("paper-5", "250"), ("paper-4", "200")
    ]  # fmt: skip
    assert table.rows[0][2:] == ("1,000 as caption, 62 as sidebar", "2, 3")


def test_papers_with_losses_lead_and_columns_without_any_are_left_out() -> None:
    table = losses_table(make_losses(a={"unknown_signs": 3}, b={}, c={"unknown_signs": 40, "unknown_at_numbers": 12}))
    assert table is not None and table.rows == (("c", "40", "12"), ("a", "3", ""))
    assert "2 of 2 papers" in table.caption
    flagged = {"unread_pages": [2, 3], "flagged": True}
    table = losses_table(make_losses(a={"unknown_signs": 30}, b=flagged, c={"unread_fonts": ["Math"]}))
    assert table is not None and [row[0] for row in table.rows] == ["b", "a", "c"]
    assert table.rows[0] == ("b", "2", "", "")


def test_without_losses_nothing_leads() -> None:
    assert prose_table(make_corpus().dropped_prose) is None and losses_table(make_losses(a={}, b={})) is None
    assert fill_corpus(make_results())["losses"] == []
    lost = pd.DataFrame([("a", 1, 312, "sidebar")], columns=["paper", "page", "num_words", "reason"])
    (table,) = fill_corpus(make_results(corpus=make_corpus(dropped_prose=lost)))["losses"]
    assert table.rows == (("a", "312", "312 as sidebar", "1"),)


def test_papers_are_counted_and_split() -> None:
    part = fill_corpus(make_results())
    assert all(number in part["counts"] for number in ("26 papers", "1 rejected", "25 used", "500", "40,000 tokens"))
    assert part["split"].rows[0] == ("train", "16", "12,920", "25,600")  # words 800 to 815, 1,600 tokens each
    assert part["rejected"].rows == (("broken.pdf", "damaged", "no page could be read", "0"),)


def test_a_thesis_that_holds_most_of_the_words_is_named() -> None:
    """Of 16 training papers, 800 to 815 words each, the first with as many as the other 15 or three times as many."""
    assert "article-00" not in str(fill_corpus(make_results())["counts"])
    for words, told in ((12_120, False), (36_360, True)):
        corpus = make_corpus()
        corpus.split.loc[0, "num_words"] = words
        said = str(fill_corpus(make_results(corpus=corpus))["counts"])
        assert ("article-00" in said) == ("75.0%" in said) == told
