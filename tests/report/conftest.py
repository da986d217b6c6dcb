"""Fixtures of the report's tests: the small study of `study.py`, loaded and drawn once."""

from pathlib import Path

import pytest

from further.report.figures import draw_figures
from further.report.inputs import ReportInputs
from report.study import make_inputs


@pytest.fixture(scope="session")
def inputs() -> ReportInputs:
    return make_inputs()


@pytest.fixture(scope="session")
def drawn(inputs: ReportInputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with figures/ and data/ of the whole study."""
    folder = tmp_path_factory.mktemp("report")
    draw_figures(inputs, folder / "figures", folder / "data")
    return folder
