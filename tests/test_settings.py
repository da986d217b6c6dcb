"""The model of a study file, and what is generated from it."""

from pathlib import Path

import pytest

from further.settings import Settings, Sweep
from further.settings.__main__ import insert_table, make_schema
from further.study import read_files, read_study

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("file", ["config.yaml", "study.yaml", "lunarc.yaml"])
def test_every_shipped_study_is_valid(file):
    read_study(read_files([ROOT / "config" / file]))


def test_table_and_schema_are_those_of_the_settings():
    readme = (ROOT / "config/README.md").read_text()
    assert insert_table(readme) == readme, "python -m further.settings config"
    assert make_schema() == (ROOT / "config/schema.json").read_text(), "python -m further.settings config"


def test_every_key_says_what_it_does():
    for section, field in Settings.model_fields.items():
        for name, key in getattr(field.annotation, "model_fields", {}).items():
            assert key.description and key.description[-1] in ".", f"{section}.{name}"


def test_no_study_inherits_the_demonstration():
    """Prompts, targets, prices and sweeps are the demonstration's own."""
    settings = read_study({}).settings
    assert (settings.evaluation.prompts, settings.scaling.targets, settings.sweeps) == (None, [], {})
    assert settings.cost.price_per_gpu_hour == 0


def test_every_setting_of_a_run_can_be_swept_but_the_precision_it_is_scored_at(config):
    assert config["training"].keys() - Sweep.model_fields.keys() == {"compute_dtype", "checkpoint_minutes"}
