"""A folder with a model's config.json, of which the plan reads nothing else."""

import json

import pytest


@pytest.fixture
def folder(tmp_path):
    def save(config):
        (tmp_path / "config.json").write_text(json.dumps(config))
        return tmp_path

    return save
