"""The page of a study of images. Importing this loads no plotting library."""

from pathlib import Path

IMAGE_FIGURES = sorted(["guard", *(path.stem for path in (Path(__file__).parent / "figures").glob("[a-z]*.py"))])
"""Names of the figures, each a module of `further.report.images.figures`; the guard's is that of every study."""
