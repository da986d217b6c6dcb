"""Hidden states and head give the model's own logits, whatever a family does to them, or the model is refused."""

import pytest
import torch
from transformers import (
    CohereConfig,
    CohereForCausalLM,
    FalconH1Config,
    FalconH1ForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    GraniteConfig,
    GraniteForCausalLM,
)

from further.models import decode, head_of, load_base

SHAPE = {
    "vocab_size": 50,
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "initializer_range": 0.5,
    "pad_token_id": 0,
}


@pytest.mark.parametrize(
    ("config", "family"),
    [
        (Gemma2Config(**SHAPE, head_dim=8, final_logit_softcapping=3.0), Gemma2ForCausalLM),
        (CohereConfig(**SHAPE, logit_scale=0.25), CohereForCausalLM),
        (GraniteConfig(**SHAPE, logits_scaling=4.0), GraniteForCausalLM),
    ],
)
def test_capped_and_scaled_logits_are_the_models_own(tmp_path, config, family):
    torch.manual_seed(0)
    family(config).save_pretrained(tmp_path)
    model, ids = load_base(tmp_path, "none", "float32"), torch.tensor([[5, 6, 7, 8]])
    hidden = decode(model, ids)
    own = model(input_ids=ids, use_cache=False).logits
    torch.testing.assert_close(head_of(model)(hidden), own)
    assert (own - model.get_output_embeddings()(hidden)).abs().max() > 0.1  # the output layer alone is something else


def test_a_family_that_changes_its_logits_in_another_way_is_refused(tmp_path):
    """Falcon-H1 multiplies them by a setting of its own."""
    torch.manual_seed(0)
    config = FalconH1Config(**SHAPE, lm_head_multiplier=3.0, mamba_d_ssm=16, mamba_n_heads=2, mamba_d_head=8)
    FalconH1ForCausalLM(config).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match=r"falcon_h1: logits .* differ from its output layer's by"):
        load_base(tmp_path, "none", "float32")
