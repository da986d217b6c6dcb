"""Figures of many rows, wide scales and targets side by side: readable, and they say what they leave out."""

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from facts import tells
from further.records.questions import Group
from further.report.drawing.figure import draw_figure
from further.report.drawing.style import house_style, new_figure, number_ticks
from further.report.figures import other_settings, questions, scaling_law
from report.law_case import make_law, make_points, make_target
from report.probes_case import make_answered, make_asked
from report.results_case import DEFAULT, make_comparison, make_results, make_run


@pytest.mark.parametrize(("high", "ticks"), [(300, ["200", "300"]), (9000, ["100", "1000"]), (1e30, ["100"])])
def test_a_wide_logarithmic_axis_has_the_ticks_of_one(high: float, ticks: list[str]) -> None:
    with house_style():
        drawing, (axes,) = new_figure(2)
        axes.set_xscale("log")
        axes.set_xlim(90, high)
        number_ticks(axes.xaxis)
        drawing.figure.canvas.draw()
        shown = [text.get_text() for text in axes.get_xticklabels() if 90 <= text.get_position()[0] <= high]
        assert set(ticks) <= set(shown) and 2 <= len(shown) <= 8
        places = [text.get_window_extent() for text in axes.get_xticklabels() if text.get_text() in shown]
        assert all(left.x1 < right.x0 for left, right in pairwise(sorted(places, key=lambda place: place.x0)))


@pytest.mark.parametrize("span", [1.25, 2.0, 16.0])
def test_the_ticks_of_the_law_s_cost_axis_are_few_and_apart(span: float) -> None:
    """A linear scale's ticks stood on it where the sizes spanned less than a decade: nine of them at a span of 1.25."""
    sizes = {point.size: 26_000 * span ** (np.log(point.size) / np.log(16)) for point in make_points() if point.size}
    points = tuple(point.model_copy(update={"num_unique_tokens": sizes[point.size]}) for point in make_points())
    table = scaling_law.make_table(make_results(law=make_law(points=points, band=(), targets=())))
    with house_style():
        drawing = scaling_law.draw(table)
        drawing.figure.draw_without_rendering()
        (above,) = drawing.figure.axes[0].child_axes
        low, high = above.get_xlim()
        places = [text.get_window_extent() for text in above.get_xticklabels() if low <= text.get_position()[0] <= high]
    assert 2 <= len(places) <= 6
    assert all(right.x0 - left.x1 > left.height for left, right in pairwise(places))


def test_of_300_settings_and_60_topics_the_figures_show_40(tmp_path: Path) -> None:
    answered = make_answered(2, 1, 3, 10)
    topics = tuple(Group(name=f"topic {place}", accuracy=answered, accuracy_norm=None) for place in range(60))
    runs = {f"rank-{rank}": make_run(DEFAULT | {"rank": rank}) for rank in range(9, 309)}
    comparison = make_comparison(runs=make_comparison().runs | runs)
    results = make_results(comparison=comparison, asked=make_asked(topics=topics))
    for figure in (other_settings.FIGURE, questions.FIGURE):
        shown = draw_figure(figure, results, tmp_path)
        height = float(
            ElementTree.parse(tmp_path / "figures" / f"{figure.name}.svg").getroot().get("viewBox").split()[3]
        )
        assert height < 16 * 72 and len(shown.summary) < 800
        assert tells(shown.reading, 40) and len(pd.read_csv(tmp_path / "data" / f"{figure.name}.csv")) > 60
    assert not tells(" ".join(other_settings.explain(other_settings.make_table(make_results()))), 40)


def test_rows_that_only_draw_a_line_are_in_the_csv_and_leave_the_table_to_what_was_measured(tmp_path: Path) -> None:
    band = [{**make_law().band[0].model_dump(), "num_tokens": 1e5 + place} for place in range(61)]
    shown = draw_figure(scaling_law.FIGURE, make_results(law=make_law(band=band)), tmp_path)
    kinds = pd.read_csv(tmp_path / "data" / "scaling_law.csv")["kind"]
    assert (kinds == "curve").sum() == 61
    assert shown.table is not None and len(shown.table.rows) == (~kinds.isin(["curve", "extrapolation"])).sum() > 0


def test_targets_close_to_each_other_are_told_apart_in_the_legend(tmp_path: Path) -> None:
    targets = tuple(make_target(value, "perplexity", float(np.log(value)), "undecided") for value in (130, 131, 200))
    table = scaling_law.make_table(make_results(law=make_law(targets=targets)))
    with house_style():
        axes = scaling_law.draw(table).figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["perplexity 130: undecided", "perplexity 200: undecided"]
    assert "perplexity 131: undecided" in axes.get_legend_handles_labels()[1]
