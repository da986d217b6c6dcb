"""The scaling law over cases: loss of the test's reference answers against tokens of the training answers."""

import pandas as pd

from further.report.drawing.figure import ANSWERS, Figure
from further.report.figures import scaling_law
from further.report.images.results import ImageResults


def make_table(results: ImageResults) -> pd.DataFrame:
    """Everything that the figure shows, one row per thing drawn, as in the figure of a study of text."""
    base = results.answers.default.base_nats_per_token
    return scaling_law.tabulate(results, base)


FIGURE = Figure(
    "case_law", ANSWERS, "Loss of the reference answers against the amount of data", make_table,
    scaling_law.draw, scaling_law.summarize, scaling_law.explain,
    nothing=scaling_law.FIGURE.nothing, lines=scaling_law.FIGURE.lines,
)  # fmt: skip
