"""A small model's folder takes tokenizer and image token of its base, whatever the base's family calls it."""

import json

import pytest

from further.io import read_json
from further.onemodel.folders import make_model
from further.settings.onemodel import OneModelSettings
from models.tiny import IMAGE, make_tokenizer


@pytest.mark.parametrize("name", ["image_token_index", "image_token_id"])
def test_the_image_token_is_the_bases(tmp_path, name):
    base = tmp_path / "base"
    base.mkdir()
    make_tokenizer(base)
    (base / "config.json").write_text(json.dumps({name: IMAGE}))
    settings = OneModelSettings(width=16, layers=2, heads=2, image_side=16, patch=8)
    make_model(tmp_path / "small", base, "encoder_decoder", settings, 64, 0)
    config = read_json(tmp_path / "small" / "config.json")
    assert config["image_token_index"] == config["modalities"]["image"]["token"] == IMAGE
    assert config["modalities"]["image"]["num_tokens"] == 4  # 16 pixels by 8, squared
