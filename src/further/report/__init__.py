"""The report stage: figures, each with its table, and one page for people. Importing this loads no plotting library."""

from pathlib import Path

FIGURES = sorted(path.stem for path in (Path(__file__).parent / "figures").glob("[a-z]*.py"))
"""Names of the figures of a study on text, each a module of `further.report.figures`."""
