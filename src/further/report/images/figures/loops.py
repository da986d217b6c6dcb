"""Answers that do not end or repeat themselves, against the training rows that were cut without an EOS."""

import pandas as pd

from further.evaluation.answers.loops import PRESENT
from further.records.answers import LoopCounts
from further.report.drawing.figure import Figure
from further.report.drawing.style import COLORS, Drawing, legend_above, name_rows, new_figure, shorten
from further.report.images.results import ImageResults
from further.report.varied_runs import DEFAULT, say_settings
from further.report.wording import fixed

MEASURES = {
    "cut_percent": ("training rows cut without EOS", "s", "muted"),
    "without_end_percent": ("answers without end", "o", "alert"),
    "repetitive_percent": ("more repetitive than references", "D", "after"),
    "with_run_percent": ("a phrase four times in a row", "^", "other"),
}
COLUMNS = ["run", "label", *MEASURES, "num_steps", "still_learning", "cause"]
OWN = {"answer_tokens", "cut_answers"}
KNOWN_END = (
    "Here rows were cut, and answers end all the same: the base model had learned to end answers of this kind, and cut "
    "rows teach nothing about what follows the cut."
)


def make_table(results: ImageResults) -> pd.DataFrame:
    """One row for the base, and for each run that differs from the default one in how answers are cut at most."""
    record = results.answers
    base = record.base_loops
    rows: list[list[object]] = [["base", "base model", None, *_shares(base), None, None, ""]]
    for name, run in record.runs.items():
        values = record.differing(name)
        if set(values) <= OWN:
            steps, cause, label = results.runs[name].metrics.num_steps, run.cause, say_settings(values) or DEFAULT
            rows.append([name, label, 100 * cause.cut_fraction, *_shares(run.loops), steps])
            rows[-1] += [cause.still_learning, cause.cause]
    return pd.DataFrame(rows, columns=COLUMNS)


def _shares(loops: LoopCounts) -> list[float]:
    return [100 * share.estimate for share in (loops.without_end, loops.repetitive, loops.with_run)]


def draw(table: pd.DataFrame) -> Drawing:
    """A row for each run, a marker for each measure."""
    drawing, (axes,) = new_figure(1.5 + 0.42 * len(table))
    offsets = (-0.24, -0.08, 0.08, 0.24)
    for offset, (column, (label, marker, color)) in zip(offsets, MEASURES.items(), strict=True):
        rows = table.dropna(subset=[column])
        face = "none" if column == "cut_percent" else COLORS[color]
        (line,) = axes.plot(
            rows[column].astype(float), rows.index + offset, marker, color=COLORS[color], mfc=face, ms=5.5, label=label
        )
        drawing.tip(line, [f"{row['label']}: {fixed(row[column], 1)}% {label}" for _, row in rows.iterrows()])
    name_rows(axes, [shorten(str(label), 36) for label in table["label"]], "% of the answers, or of the training rows")
    axes.set_xlim(-2, 102)
    legend_above(axes, 2)
    return drawing


def summarize(table: pd.DataFrame) -> str:
    """Where answers do not end, and how many rows were cut there."""
    worst = table.loc[table["without_end_percent"].astype(float).idxmax()]
    return (
        f"The most answers without an end: {fixed(worst['without_end_percent'], 1)}%, {worst['label']}. "
        f"The default run: {fixed(table.loc[table['run'] == 'default', 'without_end_percent'].iloc[0], 1)}%."
    )


def explain(table: pd.DataFrame) -> list[str]:
    """Both causes, which multiply."""
    said = [
        "Two causes multiply: training rows that were cut without an EOS, and too little training.",
        "An answer that ran to the limit has no end. One measure alone misses a part: runs of a phrase miss whole "
        "sentences that come again.",
    ]
    return [*said, KNOWN_END] if _ends_all_the_same(table) else said


def _ends_all_the_same(table: pd.DataFrame) -> bool:
    """Whether rows were cut, the base ends its answers, and every run still does."""
    cut = table["cut_percent"].fillna(0).astype(float).max() > 0
    return bool(cut and table["without_end_percent"].astype(float).max() < 100 * PRESENT)


FIGURE = Figure(
    "loops", "loops", "Answers that do not end, and why", make_table, draw, summarize, explain,
    nothing="No answer was written.",
)  # fmt: skip
