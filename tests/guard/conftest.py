"""The folder of answers that a tiny model gave, where it is there."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "vision"


@pytest.fixture(scope="session")
def shared_vision():
    if not SHARED.is_dir():
        pytest.skip("no folder ../shared/vision beside the checkout: the answers of a real model are not checked")
    return SHARED
