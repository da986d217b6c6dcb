"""Tables for people: numbers as they stand elsewhere on the page, and no column that is empty in every row."""

import pandas as pd

from further.report.shown_table import show_filled, show_frame


def test_a_frame_shows_signs_and_thousands_as_the_page_does_and_nothing_for_what_is_missing() -> None:
    frame = pd.DataFrame({"run": ["a", None], "num_tokens": [12345, 7], "change": [-0.123456, float("nan")]})
    table = show_frame("Runs", frame)
    assert table.header == ("run", "num tokens", "change")
    assert table.rows == (("a", "12,345", "−0.12346"), ("", "7", ""))
    assert table.is_number == (False, True, True)


def test_columns_that_are_empty_in_every_row_are_left_out() -> None:
    table = show_filled("Costs", ["run", "time", "cost"], [["a", "", "1"], ["b", "", ""]], first_number=1)
    assert (table.header, table.rows) == (("run", "cost"), (("a", "1"), ("b", "")))
    assert table.is_number == (False, True)
