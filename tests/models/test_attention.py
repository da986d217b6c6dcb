"""Families without sdpa compute with eager attention, whatever a run asks for."""

import pytest
import torch
from transformers import BloomConfig, BloomForCausalLM, Gemma2Config, Gemma2ForCausalLM, GPTNeoConfig, GPTNeoForCausalLM

from further.models import Precision, load

SHAPE = {"vocab_size": 64, "hidden_size": 32, "num_attention_heads": 4, "pad_token_id": 0}
WITHOUT_SDPA = {
    BloomForCausalLM: BloomConfig(**SHAPE, n_layer=2),
    Gemma2ForCausalLM: Gemma2Config(
        **SHAPE, intermediate_size=64, num_hidden_layers=2, num_key_value_heads=2, head_dim=8
    ),
    GPTNeoForCausalLM: GPTNeoConfig(**SHAPE, num_layers=2, attention_types=[[["global"], 2]]),
}


@pytest.mark.parametrize("kind", WITHOUT_SDPA)
def test_a_family_without_sdpa_is_loaded_with_eager_attention(tmp_path, kind):
    torch.manual_seed(0)
    kind(WITHOUT_SDPA[kind]).save_pretrained(tmp_path)
    asked, own = (load(tmp_path, Precision("none", "float32", attention)) for attention in ("sdpa", None))
    ids = {"input_ids": torch.arange(20).reshape(2, 10)}
    assert asked.base.config._attn_implementation == "eager"
    torch.testing.assert_close(asked.encode(ids), own.encode(ids))
