"""Fixtures of the report's tests: the small study of `results_case.py` with a guard, and its page, drawn once."""

from pathlib import Path

import pytest

from further.report.kind import TEXT
from further.report.page import write_page
from further.report.results import TextResults
from report.guard_case import make_two_types
from report.results_case import make_results


@pytest.fixture(scope="session")
def results() -> TextResults:
    return make_results(guard=make_two_types())


@pytest.fixture(scope="session")
def drawn(results: TextResults, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page of the whole study, its figures/ and data/."""
    folder = tmp_path_factory.mktemp("report")
    write_page(TEXT, results, folder)
    return folder
