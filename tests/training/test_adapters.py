"""Where adapters sit, how they start, and that they alone are trained, on a tiny real model."""

import math

import pytest
import torch
from peft import get_peft_model_state_dict

from facts import naming
from further.training.adapters import count_parameters, train_adapter
from training.settings import adapt


def lora_layers(model):
    return {name: layer for name, layer in model.network.named_modules() if hasattr(layer, "lora_A")}


@pytest.mark.parametrize(("rslora", "scale"), [(False, 12 / 9), (True, 12 / 3)])
def test_rslora_divides_alpha_by_the_root_of_the_rank(model_folder, rslora, scale):
    layers = lora_layers(adapt(model_folder, rank=9, alpha=12, rslora=rslora))
    assert {layer.scaling["default"] for layer in layers.values()} == {scale}


@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_dora_trains_a_magnitude_for_every_output(train, quantization):
    weights, outcome = train(dora=True, quantization=quantization)
    magnitudes = {name: values for name, values in weights.items() if "magnitude" in name}
    assert len(magnitudes) == 2 * 7
    assert magnitudes["base_model.model.model.layers.0.mlp.up_proj.lora_magnitude_vector"].shape == (128,)
    at_start = adapt_magnitudes(train.folder, quantization)
    assert all((magnitudes[name] - at_start[name]).abs().max() > 0 for name in magnitudes)
    assert outcome.parameters.trainable == sum(values.numel() for values in weights.values())


def adapt_magnitudes(folder, quantization):
    state = get_peft_model_state_dict(adapt(folder, dora=True, quantization=quantization).network)
    return {name: values for name, values in state.items() if "magnitude" in name}


def test_starts_differ_as_they_should(model_folder):
    layers = {
        start: next(iter(lora_layers(adapt(model_folder, initialization=start)).values()))
        for start in ("default", "gaussian", "pissa")
    }
    A = {start: layer.lora_A["default"].weight for start, layer in layers.items()}
    assert A["default"].abs().max() <= 1 / math.sqrt(64) < A["gaussian"].abs().max()  # uniform to ±1/√inputs
    assert float(A["gaussian"].detach().std()) == pytest.approx(1 / 4, rel=0.25)  # normal with deviation 1/rank
    assert all(layers[start].lora_B["default"].weight.abs().max() == 0 for start in ("default", "gaussian"))
    base = layers["default"].get_base_layer().weight
    product = layers["pissa"].lora_B["default"].weight @ A["pissa"] * (8 / 4)
    U, S, Vh = torch.linalg.svd(base)
    torch.testing.assert_close(product, U[:, :4] * S[:4] @ Vh[:4], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(layers["pissa"].get_base_layer().weight + product, base, rtol=1e-4, atol=1e-5)


def test_embeddings_are_trained_only_where_asked(model_folder):
    assert not any("embed" in name for name in count_parameters(adapt(model_folder).network).names)
    count = count_parameters(adapt(model_folder, train_embeddings=True).network)
    assert [name for name in count.names if "lora" not in name] == [
        "base_model.model.model.embed_tokens.modules_to_save.default.weight"
    ]
    assert count.trainable == count_parameters(adapt(model_folder).network).trainable + 300 * 64


@pytest.mark.parametrize(
    ("target", "modules"),
    [
        ("attention", 8),
        ("all-linear", 14),
        (["q_proj", "mlp.up_proj"], 4),
        (r".*layers\.1\.mlp\..*", 3),
        (".*", 14),  # never the head, never a norm
    ],
)
def test_adapters_sit_where_they_are_asked_for(model_folder, target, modules):
    model = adapt(model_folder, target_modules=target)
    assert len(lora_layers(model)) == modules
    assert not hasattr(model.head, "lora_A")


@pytest.mark.parametrize("target", [["q_proj", "qproj"], "q_proj", ["lm_head"], ["embed_tokens"], r".*\.attn\..*"])
def test_a_target_that_matches_nothing_is_refused_before_training(model_folder, target):
    with pytest.raises(ValueError, match=naming("training.target_modules", "down_proj")):
        adapt(model_folder, target_modules=target)


@pytest.mark.parametrize("settings", [{}, {"train_embeddings": True}, {"target_modules": "attention"}, {"dora": True}])
def test_weights_before_and_after_differ_exactly_where_they_are_trained(train, settings):
    before, after = {}, {}

    def prepare(model, *arguments):
        save = train_adapter(model, *arguments)
        before.update({name: values.clone() for name, values in model.network.named_parameters()})
        after.update(model.network.named_parameters())
        return save

    _, outcome = train(prepare=prepare, learning_rate=1e-2, **settings)
    changed = sorted(name for name, values in after.items() if not torch.equal(values, before[name]))
    assert changed == list(outcome.parameters.names)


@pytest.mark.parametrize("quantization", ["none", "int8", "nf4"])
def test_embeddings_norms_and_head_keep_their_precision(model_folder, quantization):
    """peft's prepare_model_for_kbit_training casts them to fp32: 2 GiB become 3.9 in an 8B Llama."""
    model = adapt(model_folder, quantization=quantization, compute_dtype="bfloat16")
    kept = {
        name: values.dtype
        for name, values in model.network.named_parameters()
        if "lora" not in name and ("embed" in name or "norm" in name or "head" in name)
    }
    assert (
        set(kept.values()) == {torch.bfloat16} and len(kept) == 1 + 2 * 2 + 1
    )  # tied head; two norms a layer, one after
    assert model.head.weight.dtype == torch.bfloat16
