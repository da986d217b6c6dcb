"""What is written into a figure stays inside it."""

import pytest

from further.report.drawing.style import add_title, house_style, legend_above, new_figure

LONG = "the choices of an answer without its question"


@pytest.mark.parametrize(("names", "columns"), [(["a", "b", "c"], 3), (["a", LONG, LONG], 1), ([LONG] * 5, 1)])
def test_a_legend_has_as_many_columns_as_the_figure_takes(names, columns):
    with house_style():
        drawing, (axes,) = new_figure(2)
        for name in names:
            axes.plot([0, 1], [0, 1], label=name)
        axes.set_yticks([0], [LONG])
        legend_above(axes, columns=3)
        drawing.figure.canvas.draw()
        legend = axes.get_legend()
        assert legend._ncols == columns
        assert 0 <= legend.get_window_extent().x0 < legend.get_window_extent().x1 <= drawing.figure.bbox.width


@pytest.mark.parametrize(("title", "points"), [("Short", 11), (f"{LONG}, and {LONG}", None)])
def test_a_long_title_is_set_smaller(title, points):
    with house_style():
        drawing, _ = new_figure(2)
        add_title(drawing.figure, title)
        (written,) = drawing.figure.texts
        assert written.get_window_extent().x1 <= drawing.figure.bbox.width
        assert written.get_fontsize() == points if points else written.get_fontsize() < 11
