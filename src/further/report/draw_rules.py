"""Picture of the workflow: which rule needs the files of which."""

from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path as Curve

from further.report.layers import Place, lay_out, reduce_edges
from further.report.style import COLORS, Drawing, new_figure

LAYER_INCHES = 0.44
HALF_BOX = 0.2  # of a layer's height, from a name's middle to where arrows end


def draw_workflow(table: pd.DataFrame) -> Drawing:
    """Rules from top to bottom, an arrow from each to those that need its files.

    Args:
        table: Columns rule, needed_by. An arrow that follows from others is not drawn.
    """
    layout = lay_out(reduce_edges(list(table[["rule", "needed_by"]].itertuples(index=False, name=None))))
    drawing, (axes,) = new_figure(LAYER_INCHES * layout.num_layers + 0.1)
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(layout.num_layers - 0.5, -0.5)
    for route in layout.routes.values():
        _arrow(axes, route)
    for name, (across, depth) in layout.places.items():
        box = {"boxstyle": "round,pad=0.25", "facecolor": "none", "edgecolor": COLORS["muted"], "linewidth": 0.8}
        axes.text(across, depth, name, ha="center", va="center", fontsize=8, bbox=box, zorder=3)
    return drawing


def _arrow(axes: Axes, route: list[Place]) -> None:
    """A curve through the places of a route, from below its first name to above its last."""
    points = [(across, float(depth)) for across, depth in route]
    points[0] = (points[0][0], points[0][1] + HALF_BOX)
    points[-1] = (points[-1][0], points[-1][1] - HALF_BOX - 0.06)
    vertices, codes = [points[0]], [Curve.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (y0 + y1) / 2
        vertices += [(x0, middle), (x1, middle), (x1, y1)]
        codes += [Curve.CURVE4] * 3
    arrow = FancyArrowPatch(
        path=Curve(vertices, codes), arrowstyle="-|>", mutation_scale=7, color=COLORS["after"], lw=0.9, zorder=1
    )
    axes.add_patch(arrow)
