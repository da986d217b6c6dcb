"""The report stage: figures, each with its table, and one page for people. Importing this loads no plotting library."""

from pathlib import Path

FOLDERS = {"text": "figures", "images": "images/figures", "onemodel": "onemodel/figures"}
SHARED = {"images": ["guard"]}  # drawn by the figure of a study on text
FIGURES = {
    kind: sorted([path.stem for path in (Path(__file__).parent / folder).glob("[a-z]*.py")] + SHARED.get(kind, []))
    for kind, folder in FOLDERS.items()
}
"""Names of the figures by kind of study, each a module."""
