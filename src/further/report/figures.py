"""Every figure of the report, each with the table it is drawn from."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from further.io import write_text
from further.report import FIGURES
from further.report.draw_cost import draw_cost_to_target
from further.report.draw_law import draw_scaling_law
from further.report.draw_ledger import draw_ledger
from further.report.draw_papers import draw_forgetting, draw_perplexity_by_paper
from further.report.draw_rules import draw_workflow
from further.report.draw_runs import draw_learning_curves, draw_quantization, draw_settings
from further.report.figure_texts import NOTHING_TO_DRAW
from further.report.inputs import ReportInputs
from further.report.style import Drawing, add_title, draw_sentence, house_style
from further.report.svg import write_svg
from further.report.tables import TABLES

DRAW: Mapping[str, Callable[[pd.DataFrame], Drawing]] = {
    "perplexity_by_paper": draw_perplexity_by_paper,
    "learning_curves": draw_learning_curves,
    "scaling_law": draw_scaling_law,
    "cost_to_target": draw_cost_to_target,
    "quantization": draw_quantization,
    "settings": draw_settings,
    "forgetting": draw_forgetting,
    "ledger": draw_ledger,
    "workflow": draw_workflow,
}


def draw_figures(inputs: ReportInputs, figures: Path, data: Path) -> None:
    """Draw every figure as `{name}.svg` and write its table as `{name}.csv`.

    Args:
        inputs: The study's results.
        figures: Folder of the SVG files.
        data: Folder of the CSV files.
    """
    for name in FIGURES:
        table = TABLES[name](inputs)
        write_text(data / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
        with house_style():
            drawing = draw_sentence(NOTHING_TO_DRAW[name]) if table.empty else DRAW[name](table)
            add_title(drawing.figure, FIGURES[name])
            write_svg(drawing, figures / f"{name}.svg")
