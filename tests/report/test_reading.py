"""How to read a figure: nothing is explained that the figure does not hold."""

from pathlib import Path

import pandas as pd
import pytest

from further.report import FIGURES
from further.report.draw_law import draw_scaling_law
from further.report.figure_reading import explain_figure
from further.report.inputs import ReportInputs
from further.report.law import law_table
from further.report.style import house_style
from further.report.svg import write_svg
from further.report.tables import TABLES
from report.law_case import make_law


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_explained_in_sentences(inputs: ReportInputs, name: str) -> None:
    said = explain_figure(name, TABLES[name](inputs))
    assert said[0].isupper() and said.endswith(".") and ".." not in said


def without(table: pd.DataFrame, column: str, *values: str) -> pd.DataFrame:
    return table[~table[column].isin(values)]


@pytest.mark.parametrize(
    ("name", "column", "values", "words"),
    [
        ("scaling_law", "kind", ["curve", "extrapolation"], "line is the fitted law"),
        ("scaling_law", "kind", ["extrapolation"], "dashed"),
        ("scaling_law", "kind", ["asymptote"], "limit c"),
        ("scaling_law", "kind", ["prediction"], "foretold"),
        ("scaling_law", "kind", ["target"], "targets"),
        ("cost_to_target", "kind", ["forecast"], "Diamonds"),
        ("cost_to_target", "kind", ["target"], "target"),
        ("quantization", "subject", ["merged"], "merged"),
        ("settings", "setting", ["seed"], "luck"),
    ],
)
def test_what_is_not_drawn_is_not_explained(
    inputs: ReportInputs, name: str, column: str, values: list[str], words: str
) -> None:
    table = TABLES[name](inputs)
    assert words in explain_figure(name, table)
    assert words not in explain_figure(name, without(table, column, *values))


def test_one_run_without_validation_has_no_diamonds_and_no_stronger_lines(inputs: ReportInputs) -> None:
    table = TABLES["learning_curves"](inputs)
    said = explain_figure("learning_curves", table)
    assert all(word in said for word in ("diamonds", "stronger", "seed"))
    alone = table[table["run"] == "default"].assign(validation_loss_nats=float("nan"))
    assert explain_figure("learning_curves", alone) == "Lines are the training loss as it was logged."


def test_a_paper_that_got_worse_and_a_replayed_share_are_explained_where_they_are(inputs: ReportInputs) -> None:
    papers, forgotten = TABLES["perplexity_by_paper"](inputs), TABLES["forgetting"](inputs)
    assert "dashed" not in explain_figure("perplexity_by_paper", papers)
    assert "dashed" in explain_figure("perplexity_by_paper", papers.assign(difference_nats_per_token=0.1))
    assert "panel" not in explain_figure("forgetting", forgotten)
    assert "panel" in explain_figure("forgetting", forgotten.assign(replay_fraction=range(len(forgotten))))


def test_a_limit_that_the_data_do_not_give_has_no_inset_and_is_explained_as_such(tmp_path: Path) -> None:
    for known in (True, False):
        table = law_table(make_law() | {"c_identified": known})
        with house_style():
            write_svg(draw_scaling_law(table), tmp_path / "law.svg")
        assert ("both scales log" in (tmp_path / "law.svg").read_text()) is known
        assert ("which the data do not say" in explain_figure("scaling_law", table)) is not known
