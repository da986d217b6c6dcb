"""Layers that are computed again on their way back: the same gradients, dropout drawn again, sharded or not."""

import pytest
import torch
from torch import distributed
from transformers import GPT2Config, GPT2LMHeadModel, OPTConfig, OPTForCausalLM

from further.models import Precision, load
from further.models.adapted import compute_in_own_type
from further.training.examples import make_batch
from further.training.rows import TextRows
from further.training.sharding import shard_blocks
from training.settings import adapt


@pytest.fixture
def batch(rows):
    return make_batch(TextRows(rows), range(4))


def gradients(model, batch):
    network = model.network.train()
    network.zero_grad()
    with torch.no_grad():  # B starts at zero, and with it every gradient of A
        for name, parameter in network.named_parameters():
            if "lora_B" in name:
                parameter.fill_(0.01)
    torch.manual_seed(1)  # of dropout
    TextRows.sum_loss(model, batch).backward()
    return {name: values.grad.clone() for name, values in network.named_parameters() if values.requires_grad}


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        torch.testing.assert_close(found[name], values, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("quantization", ["none", "int8", "nf4"])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_gradient_checkpointing_gives_the_same_gradients(model_folder, batch, quantization, dropout):
    settings = {"quantization": quantization, "dropout": dropout}
    plain = gradients(adapt(model_folder, **settings), batch)
    model = adapt(model_folder, **settings, gradient_checkpointing=True)
    inner, calls = model.base.model.layers[0].self_attn, []
    inner.register_forward_hook(lambda *arguments: calls.append(1))
    recomputed = gradients(model, batch)
    assert len(calls) == 2  # forward, and again on the way back
    assert all(values.abs().max() > 0 for values in plain.values())
    assert_same(recomputed, plain)


SHAPE = {"vocab_size": 300, "max_position_embeddings": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
DROPPING = {  # a tenth of everything
    GPT2LMHeadModel: GPT2Config(**SHAPE, n_embd=32),  # by modules
    OPTForCausalLM: OPTConfig(**SHAPE, hidden_size=32, word_embed_proj_dim=32, ffn_dim=64),  # by functions
}


@pytest.mark.parametrize("kind", DROPPING)
def test_dropout_of_the_bases_own_is_drawn_again(tmp_path, batch, kind):
    kind(DROPPING[kind]).save_pretrained(tmp_path)
    plain = gradients(adapt(tmp_path), batch)
    recomputed = gradients(adapt(tmp_path, gradient_checkpointing=True), batch)
    assert_same(recomputed, plain)
    assert load(tmp_path, Precision("none", "float32")).draws_numbers()


def test_a_base_without_dropout_draws_nothing(model_folder):
    model = load(model_folder, Precision("none", "float32"))
    assert not model.draws_numbers()
    assert not model.network.training
    model.base.config.attention_dropout = 0.1
    for layer in model.base.model.layers:
        layer.self_attn.attention_dropout = 0.1
    assert model.draws_numbers()


@pytest.fixture
def alone(tmp_path):
    """A process group of this process only."""
    distributed.init_process_group("gloo", f"file://{tmp_path}/rendezvous", rank=0, world_size=1)
    yield
    distributed.destroy_process_group()


@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_adapters_in_their_own_forward_pass_work_on_sharded_weights(
    alone, model_folder, batch, quantization, checkpointing
):
    """FSDP gives a 4-bit weight back without the state that it was quantized with."""
    settings = {"quantization": quantization, "gradient_checkpointing": checkpointing}
    plain = gradients(adapt(model_folder, **settings), batch)
    model = adapt(model_folder, **settings)
    shard_blocks(model)
    assert compute_in_own_type(model.network) == 14
    assert_same(gradients(model, batch), plain)
