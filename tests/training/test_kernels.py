"""The faster paths of a GPU give what the plain ones give; here on the processor, where all but two can run."""

import pytest
import torch
from torch.nn import functional
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PhimoeConfig,
    PhimoeForCausalLM,
    Qwen2MoeConfig,
    Qwen2MoeForCausalLM,
)
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from further.models import Precision, adapted, fused, load
from further.models.adapted import compute_in_own_type
from further.models.causal import _LogitScale
from further.models.documents import NAME, find_bounds
from further.plan.memory import ON_GPU
from further.training import offload
from further.training.examples import make_batch
from further.training.graphs import Graphs
from further.training.kernels import speed_up
from further.training.loop import add_gradients
from further.training.loss import CHUNK, sum_cross_entropy
from further.training.rows import TextRows
from training.settings import RUN
from training.settings import adapt as start


@pytest.fixture
def batch(rows):
    return make_batch(TextRows(rows), range(4))


def adapt(folder, **settings):
    """A model whose adapter changes something: B starts at zero, and with it every gradient of A."""
    model = start(folder, **settings)
    with torch.no_grad():
        for name, parameter in model.network.named_parameters():
            if "lora_B" in name:
                parameter.normal_(0, 0.02)
    return model


def loss_and_gradients(model, batch):
    model.network.train().zero_grad()
    loss = TextRows.sum_loss(model, model.prepare(batch))
    loss.backward()
    return loss.detach(), {n: p.grad.clone() for n, p in model.network.named_parameters() if p.requires_grad}


def assert_alike(found, expected, tolerance):
    """Loss and gradients, each tensor's error against its largest entry."""
    torch.testing.assert_close(found[0], expected[0], rtol=tolerance, atol=0)
    assert found[1].keys() == expected[1].keys()
    for name, values in expected[1].items():
        assert float((found[1][name] - values).abs().max()) <= tolerance * float(values.abs().max()), name


@pytest.mark.parametrize("quantization", ["none", "nf4", "int8"])
@pytest.mark.parametrize(
    "settings", [{}, {"gradient_checkpointing": False}, {"rslora": True, "target_modules": "attention"}]
)
def test_adapters_in_their_own_forward_pass_give_pefts_gradients(model_folder, batch, quantization, settings):
    settings = {"compute_dtype": "float32", "quantization": quantization} | settings
    expected = loss_and_gradients(adapt(model_folder, **settings), batch)
    model = adapt(model_folder, **settings)
    layers = 4 if "target_modules" in settings else 7
    assert compute_in_own_type(model.network) == 2 * layers
    assert_alike(loss_and_gradients(model, batch), expected, 1e-5)


def test_adapters_in_bfloat16_are_as_near_to_fp32_as_pefts(model_folder, batch):
    exact = loss_and_gradients(adapt(model_folder, compute_dtype="float32"), batch)[1]
    peft, own = (adapt(model_folder, compute_dtype="bfloat16") for _ in range(2))
    compute_in_own_type(own.network)
    errors = []
    for model in (peft, own):
        found = loss_and_gradients(model, batch)[1]
        assert {values.dtype for values in found.values()} == {torch.float32}
        errors.append(sum(float((found[name] - exact[name]).norm() / exact[name].norm()) for name in exact))
    assert errors[1] <= 1.5 * errors[0]


def test_dropout_and_dora_keep_their_meaning(model_folder, batch):
    model = adapt(model_folder, compute_dtype="float32", dropout=0.5)
    without = adapt(model_folder, compute_dtype="float32")
    assert compute_in_own_type(model.network) == 14
    dropped, kept = (loss_and_gradients(one, batch)[0] for one in (model, without))
    assert dropped != kept
    model.network.eval(), without.network.eval()
    torch.testing.assert_close(TextRows.sum_loss(model, batch), TextRows.sum_loss(without, batch))
    assert compute_in_own_type(adapt(model_folder, dora=True).network) == 0


def test_bounds_of_documents_are_drawn_as_described():
    positions = torch.tensor([[0, 1, 2, 0, 1], [0, 1, 2, 3, 0]])
    assert find_bounds(positions).tolist() == [0, 3, 5, 9, 10, 10, 10, 10, 10]
    one_row_of_nine = torch.zeros(1, 9, dtype=torch.long)
    assert find_bounds(one_row_of_nine).tolist() == [*range(9), *[9] * 8]


@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_attention_within_documents_gives_what_the_mask_gives(model_folder, batch, quantization):
    masked, apart = (adapt(model_folder, compute_dtype="float32", quantization=quantization) for _ in range(2))
    assert apart.attend_within_documents()
    assert apart.base.config._attn_implementation == NAME
    assert "bounds" in apart.prepare(batch) and "bounds" not in masked.prepare(batch)
    assert_alike(loss_and_gradients(apart, batch), loss_and_gradients(masked, batch), 1e-5)


@pytest.mark.parametrize(
    ("config", "kind"), [(MistralConfig, MistralForCausalLM), (Gemma3TextConfig, Gemma3ForCausalLM)]
)
def test_windows_and_fewer_keys_than_queries_are_kept(tmp_path, config, kind):
    torch.manual_seed(0)
    shape = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "head_dim": 8}
    shape |= {"num_attention_heads": 4, "num_key_value_heads": 2, "sliding_window": 3}
    kind(config(**shape, pad_token_id=0)).save_pretrained(tmp_path)
    masked, apart = (load(tmp_path, Precision("none", "float32", "sdpa")) for _ in range(2))
    assert apart.attend_within_documents()
    batch = {
        "input_ids": torch.arange(40).reshape(2, 20),
        "position_ids": torch.cat([torch.arange(9), torch.arange(11)]).repeat(2, 1),
    }
    torch.testing.assert_close(apart.encode(batch), masked.encode(batch), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("config", "kind"), [(Qwen2MoeConfig, Qwen2MoeForCausalLM), (PhimoeConfig, PhimoeForCausalLM)])
def test_a_window_that_the_mask_alone_knows_keeps_the_mask(tmp_path, config, kind):
    """Eight positions, that a model is tried with, lie within any real window."""
    shape = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2, "num_experts": 2}
    shape |= {"num_attention_heads": 4, "num_key_value_heads": 2, "sliding_window": 16, "use_sliding_window": True}
    kind(config(**shape, max_window_layers=2, num_experts_per_tok=1, pad_token_id=0)).save_pretrained(tmp_path)
    model = load(tmp_path, Precision("none", "float32", "sdpa"))
    assert not model.attend_within_documents()
    assert model.base.config._attn_implementation == "sdpa"


def test_rows_of_one_document_may_come_without_positions(model_folder):
    masked, apart = (load(model_folder, Precision("none", "float32", "sdpa")) for _ in range(2))
    assert apart.attend_within_documents()
    ids = torch.arange(2, 22).reshape(2, 10)
    torch.testing.assert_close(
        apart.encode({"input_ids": ids}), masked.encode({"input_ids": ids}), rtol=1e-5, atol=1e-5
    )


def test_attention_that_sees_other_documents_is_refused(model_folder, monkeypatch):
    def see_all(module, query, key, value, mask, cu_seq_lens_q=None, **others):
        return sdpa_attention_forward(module, query, key, value, mask, **others)

    monkeypatch.setitem(ALL_ATTENTION_FUNCTIONS._global_mapping, NAME, see_all)
    model = load(model_folder, Precision("none", "bfloat16", "sdpa"))
    assert not model.attend_within_documents()
    assert model.base.config._attn_implementation == "sdpa"


def test_attention_with_dropout_keeps_the_mask(tmp_path):
    """A probe that draws nothing shows nothing of it."""
    shape = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2}
    LlamaForCausalLM(LlamaConfig(**shape, num_attention_heads=4, attention_dropout=0.1)).save_pretrained(tmp_path)
    assert not load(tmp_path, Precision("none", "float32", "sdpa")).attend_within_documents()


def test_a_model_with_another_attention_keeps_it(model_folder):
    model = load(model_folder, Precision("none", "float32", "eager"))
    assert not model.attend_within_documents()
    assert model.base.config._attn_implementation == "eager"


def test_loss_and_gradient_in_chunks_are_those_of_all_logits(monkeypatch):
    torch.manual_seed(0)
    head, hidden = torch.nn.Linear(8, 30, bias=False).requires_grad_(False), torch.randn(2 * CHUNK + 5, 8)
    labels = torch.randint(0, 30, (len(hidden),))
    labels[::7] = -100
    one, other = (hidden.clone().requires_grad_() for _ in range(2))
    expected = functional.cross_entropy(head(one), labels, reduction="sum") / 3
    expected.backward()
    found = sum_cross_entropy(other, head, labels) / 3
    found.backward()
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(other.grad, one.grad)
    with torch.no_grad():
        torch.testing.assert_close(sum_cross_entropy(hidden, head, labels) / 3, expected.detach())


@pytest.mark.parametrize("config", [LlamaConfig, MistralConfig, Gemma3TextConfig, PhimoeConfig])
def test_fused_layers_are_left_out_for_an_activation_that_they_do_not_compute(config):
    assert fused.has_usual_activation(config()) and fused.has_usual_activation(config(hidden_size=64))
    assert not fused.has_usual_activation(config(hidden_act="relu", hidden_activation="relu"))
    assert fused.has_usual_activation(Gemma3TextConfig(hidden_act="gelu"))  # in its files, and read by nobody


def replace_by_gradient(logits, labels):
    used = labels != -100
    loss = -logits.float().log_softmax(-1)[used, labels[used]].sum()
    logits.copy_(logits.float().softmax(-1) * used[:, None])
    logits[used, labels[used]] -= 1
    return loss


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    ("spoil", "is_used"),
    [
        (lambda loss, gradient: loss, True),
        (lambda loss, gradient: loss * 2, False),
        (lambda loss, gradient: (gradient[0].mul_(2), loss)[1], False),
        (lambda loss, gradient: (gradient[1].fill_(1e-3), loss)[1], False),
        (lambda loss, gradient: (gradient.fill_(torch.nan), loss)[1], False),
    ],
    ids=["right", "loss", "gradient", "skipped label", "no number"],
)
def test_a_kernel_of_the_loss_is_used_if_it_gives_torchs_loss_and_gradient(monkeypatch, spoil, is_used, dtype):
    kernel = lambda logits, labels: spoil(replace_by_gradient(logits, labels), logits.view(2, -1))  # noqa: E731
    monkeypatch.setattr(fused, "replace_by_gradient", kernel)
    assert (fused.find_loss(torch.nn.Linear(4, 300, dtype=dtype)) is not None) == is_used


@pytest.mark.parametrize("cap", [None, 3.0])
def test_a_loss_in_place_of_logits_gives_the_same(cap):
    torch.manual_seed(0)
    layer, hidden = torch.nn.Linear(8, 30, bias=False).requires_grad_(False), torch.randn(2 * CHUNK + 5, 8)
    head = layer if cap is None else torch.nn.Sequential(layer, _LogitScale(0.5, cap))
    labels = torch.randint(0, 30, (len(hidden),))
    labels[::7] = -100
    one, other = (hidden.clone().requires_grad_() for _ in range(2))
    expected, found = sum_cross_entropy(one, head, labels), sum_cross_entropy(other, head, labels, replace_by_gradient)
    (expected / 3).backward(), (found / 3).backward()
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(other.grad, one.grad)
    with torch.no_grad():
        torch.testing.assert_close(sum_cross_entropy(hidden, head, labels, replace_by_gradient), expected.detach())


def test_a_trained_head_gets_its_gradient():
    torch.manual_seed(0)
    head, hidden = torch.nn.Linear(8, 30, bias=False), torch.randn(CHUNK + 5, 8, requires_grad=True)
    labels = torch.randint(0, 30, (len(hidden),))
    sum_cross_entropy(hidden, head, labels).backward()
    found = head.weight.grad.clone()
    head.weight.grad = None
    functional.cross_entropy(head(hidden), labels, reduction="sum").backward()
    torch.testing.assert_close(found, head.weight.grad)


def test_gradients_added_in_place_are_those_of_the_backward_pass(model_folder, batch):
    plain, placed = (adapt(model_folder) for _ in range(2))
    batches = [{key: values[rows] for key, values in batch.items()} for rows in (slice(0, 2), slice(2, 4))]
    loss = add_gradients(plain, TextRows, batches, 7.0)
    trained = [p for p in placed.network.parameters() if p.requires_grad]
    graphs = Graphs(lambda one: TextRows.sum_loss(placed, one), trained)
    torch.testing.assert_close(add_gradients(placed, TextRows, batches, 7.0, graphs), loss)
    for one, other in zip(plain.network.parameters(), placed.network.parameters(), strict=True):
        if one.requires_grad:
            torch.testing.assert_close(other.grad, one.grad)
    graphs.zero()
    assert all(one.grad is place and not place.any() for one, place in zip(trained, graphs.places, strict=True))


def test_a_processor_runs_without_them(model_folder):
    model = adapt(model_folder)
    assert speed_up(model, RUN) == []
    assert model.base.config._attn_implementation == "sdpa"


def test_the_last_product_of_a_recomputed_layer_is_not_made_again(model_folder, batch, monkeypatch):
    products = []
    monkeypatch.setattr(adapted, "linear", lambda x, weight, *bias: products.append(1) or functional.linear(x, weight))
    model = adapt(model_folder, quantization="none", gradient_checkpointing=True)
    num_layers, linear_layers = 2, 7
    assert compute_in_own_type(model.network) == num_layers * linear_layers
    loss_and_gradients(model, batch)
    assert len(products) == num_layers * (linear_layers + linear_layers - 1)


def test_the_plan_knows_how_many_inputs_stay_on_the_gpu():
    assert ON_GPU == offload.LAST + offload.UNDER_WAY
