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
    Lfm2Config,
    Lfm2ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    OPTConfig,
    OPTForCausalLM,
)

from facts import naming
from further.models import Precision, load

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
    model, ids = load(tmp_path, Precision("none", "float32")), torch.tensor([[5, 6, 7, 8]])
    hidden = model.encode({"input_ids": ids})
    own = model.network(input_ids=ids, use_cache=False).logits
    torch.testing.assert_close(model.head(hidden), own)
    alone = model.network.get_output_embeddings()(hidden)
    assert (own - alone).abs().max() > 0.1  # the output layer alone is something else


def test_a_family_that_changes_its_logits_in_another_way_is_refused(tmp_path):
    """Falcon-H1 multiplies them by a setting of its own."""
    torch.manual_seed(0)
    config = FalconH1Config(**SHAPE, lm_head_multiplier=3.0, mamba_d_ssm=16, mamba_n_heads=2, mamba_d_head=8)
    FalconH1ForCausalLM(config).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match=r"falcon_h1\b.*\blogits\b"):
        load(tmp_path, Precision("none", "float32"))


FAMILIES = {
    "llama": (LlamaForCausalLM, LlamaConfig(**SHAPE)),
    "opt": (OPTForCausalLM, OPTConfig(vocab_size=50, hidden_size=16, word_embed_proj_dim=16, ffn_dim=32, init_std=0.5,
                                      num_hidden_layers=1, num_attention_heads=2)),
    "lfm2": (Lfm2ForCausalLM, Lfm2Config(**SHAPE, layer_types=["conv"], block_ff_dim=32)),
}  # fmt: skip


@pytest.mark.parametrize("quantization", ["none", "int8", "nf4"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_whose_packed_documents_see_each_other_is_refused(tmp_path, family, quantization):
    """Against the definition: the second of two documents in a row, and the same document alone."""
    torch.manual_seed(0)
    kind, config = FAMILIES[family]
    kind(config).save_pretrained(tmp_path)
    model, state = load(tmp_path, Precision(quantization, "float32")), torch.get_rng_state()
    ids, positions = torch.tensor([[5, 6, 7, 8, 9, 5, 6, 7, 8, 9]]), torch.arange(5).repeat(1, 2)
    alone = model.encode({"input_ids": ids[:, 5:], "position_ids": positions[:, 5:]})
    packed = model.encode({"input_ids": ids, "position_ids": positions})[:, 5:]
    apart = float((alone - packed).abs().max()) < 1e-4
    assert apart == (family == "llama")
    if apart:
        model.check_packing()
    else:
        with pytest.raises(ValueError, match=naming(family, "training.packing: false")):
            model.check_packing()
    assert torch.equal(torch.get_rng_state(), state)
