"""Every option of a run does what its name says, on a tiny real model."""

import math
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import get_args

import pytest
import torch
from peft import get_peft_model_state_dict
from transformers import OPTConfig, OPTForCausalLM

from facts import naming
from further.models import Precision, load
from further.settings import Run
from further.tokens.chunks import lay_out
from further.tokens.tokenizer import special_tokens
from further.training import optimizer as optimizers
from further.training.adapters import count_parameters, train_adapter
from further.training.examples import make_batch, mean_loss
from further.training.hardware import peak_memory_mb, used_memory_mb
from further.training.loop import add_gradients
from further.training.rows import TextRows
from training.settings import RUN


def adapt(folder, **settings):
    run = RUN | settings
    torch.manual_seed(0)
    model = load(folder, Precision(run.quantization, run.compute_dtype, run.attention))
    train_adapter(model, run, folder)
    return model


def lora_layers(model):
    return {name: layer for name, layer in model.network.named_modules() if hasattr(layer, "lora_A")}


def gradients(model, batch):
    network = model.network.train()
    network.zero_grad()
    with torch.no_grad():  # B starts at zero, and with it every gradient of A
        for name, parameter in network.named_parameters():
            if "lora_B" in name:
                parameter.fill_(0.01)
    TextRows.sum_loss(model, batch).backward()
    return {name: values.grad.clone() for name, values in network.named_parameters() if values.requires_grad}


@pytest.fixture
def batch(rows):
    return make_batch(TextRows(rows), range(4))


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


def test_dropout_changes_the_losses_from_the_second_step_on(train):
    without, with_dropout = (train(f"d{dropout}", dropout=dropout)[1].history for dropout in (0.0, 0.5))
    assert with_dropout[0]["loss_nats"] == pytest.approx(without[0]["loss_nats"], rel=1e-6)  # B is zero
    assert with_dropout[3]["loss_nats"] != without[3]["loss_nats"]


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


def test_bfloat16_trains(train):
    _, outcome = train(compute_dtype="bfloat16", epochs=4, learning_rate=5e-3)
    assert outcome.history[-1]["loss_nats"] < outcome.history[0]["loss_nats"] - 0.1


def test_memory_before_and_after_loading_stands_with_the_times(train):
    _, outcome = train()
    memory = [getattr(outcome.timing, name) for name in ("memory_before_mb", "memory_loaded_mb", "peak_memory_mb")]
    assert min(memory[:2]) > 50 and max(memory[:2]) <= memory[2], memory


def test_memory_in_use_is_measured():
    before = used_memory_mb()
    held = torch.ones(64 * 2**20 // 4)
    assert used_memory_mb() - before == pytest.approx(64, abs=8)
    assert peak_memory_mb() >= before + 56
    del held


def test_attention_implementations_train_alike(train):
    sdpa, eager = (train(name, attention=name)[1].history for name in ("sdpa", "eager"))
    assert [row["loss_nats"] for row in eager] == pytest.approx([row["loss_nats"] for row in sdpa], rel=1e-4)


@pytest.mark.parametrize("quantization", ["none", "int8", "nf4"])
def test_gradient_checkpointing_gives_the_same_gradients(model_folder, batch, quantization):
    plain = gradients(adapt(model_folder, quantization=quantization), batch)
    model = adapt(model_folder, quantization=quantization, gradient_checkpointing=True)
    inner, calls = model.base.model.layers[0].self_attn, []
    inner.register_forward_hook(lambda *arguments: calls.append(1))
    recomputed = gradients(model, batch)
    assert len(calls) == 2  # forward, and again on the way back
    assert all(values.abs().max() > 0 for values in plain.values())
    for name, values in plain.items():
        torch.testing.assert_close(recomputed[name], values, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("packing", [True, False])
@pytest.mark.parametrize("micro_batch", [2, 8])
def test_eight_rows_give_one_gradient_however_they_are_cut(model_folder, documents, packing, micro_batch):
    """Unequal numbers of labels a row: a mean of means is another gradient (transformers #34191)."""
    rows = TextRows(lay_out(documents, 40, special_tokens(model_folder), packing))
    labels = [int((rows[row]["labels"] != -100).sum()) for row in range(len(rows))]
    assert len(set(labels)) > 1
    found = []
    for size in (1, micro_batch):
        model = adapt(model_folder, packing=packing)
        torch.manual_seed(0)
        trained = {name: values for name, values in model.network.named_parameters() if values.requires_grad}
        for values in trained.values():
            torch.nn.init.normal_(values, std=0.05)
        batches = [make_batch(rows, range(start, min(start + size, len(rows)))) for start in range(0, len(rows), size)]
        loss = add_gradients(model, rows, batches, sum(labels))
        found.append((float(loss), {name: values.grad for name, values in trained.items()}))
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-5)
    for name, values in found[0][1].items():
        torch.testing.assert_close(found[1][1][name], values, rtol=1e-3, atol=1e-6)


def test_rows_that_are_not_packed_cost_no_padding(model_folder, documents):
    """Nothing after a row's last label reaches the model, and the loss is that of each document alone."""
    special = special_tokens(model_folder)
    apart = TextRows(lay_out(documents, 64, special, packing=False))
    model = load(model_folder, Precision("none", "float32"))
    seen = []
    model.network.model.register_forward_pre_hook(
        lambda module, _, inputs: seen.append(inputs["input_ids"].numel()), with_kwargs=True
    )
    loss = mean_loss(model, apart, 4)
    assert sum(seen) == sum(len(document) + 1 for document in documents)
    alone, count = 0.0, 0
    for document in documents:
        ids = [0, *document, 1]
        for start in range(0, len(ids) - 1, 64):
            part = torch.tensor([ids[start : start + 65]])
            alone += float(model.network(input_ids=part[:, :-1], labels=None).logits.log_softmax(-1)[0]
                           .gather(1, part[0, 1:, None]).sum().detach())  # fmt: skip
            count += part.shape[1] - 1
    assert loss == pytest.approx(-alone / count, rel=1e-5)


def test_unpacked_runs_see_the_same_tokens(train):
    outcomes = [train(str(packing), packing=packing)[1] for packing in (True, False)]
    assert outcomes[0].num_trained_tokens == outcomes[1].num_trained_tokens == 3 * (30 + 75 + 11 + 120 + 60 + 5)


def test_a_model_that_cannot_keep_packed_documents_apart_trains_without_packing_only(train, model_folder, tmp_path):
    config = OPTConfig(
        vocab_size=300,
        hidden_size=16,
        word_embed_proj_dim=16,
        ffn_dim=32,
        init_std=0.5,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=64,
    )
    OPTForCausalLM(config).save_pretrained(tmp_path / "opt")
    for file in model_folder.glob("tokenizer*"):
        shutil.copy(file, tmp_path / "opt")
    settings = {"folder": tmp_path / "opt", "target_modules": "all-linear"}
    with pytest.raises(ValueError, match=naming("opt", "training.packing: false")):
        train("packed", **settings)
    _, outcome = train("apart", **settings, packing=False, epochs=1)
    assert outcome.num_trained_tokens == 30 + 75 + 11 + 120 + 60 + 5


def offered_optimizers():
    return get_args(Run.model_fields["optimizer"].annotation)


@pytest.mark.parametrize("optimizer", offered_optimizers())
def test_every_optimizer_trains_with_the_state_it_is_named_for(train, model_folder, optimizer):
    _, outcome = train(optimizer=optimizer, rank=64, epochs=4, learning_rate=5e-3)
    assert outcome.history[-1]["loss_nats"] < outcome.history[0]["loss_nats"] - 0.1
    model = adapt(model_folder, optimizer=optimizer, rank=64)
    made = optimizers.make_optimizer(model.network, RUN | {"optimizer": optimizer})
    for values in model.network.parameters():
        values.grad = torch.ones_like(values) if values.requires_grad else None
    made.step()
    tensors, _ = optimizers.take_state(made)
    kinds = {values.dtype for name, values in tensors.items() if name.endswith((".exp_avg", ".state1"))}
    assert kinds == {torch.uint8 if "8bit" in optimizer else torch.float32}


def can_compile():
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a.cpp"
        source.write_text("#include <vector>\nint main() { return 0; }\n")
        try:
            made = subprocess.run([os.environ.get("CXX", "g++"), source, "-o", Path(folder) / "a"], capture_output=True)
        except FileNotFoundError:
            return False
        return made.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not can_compile(), reason="torch.compile needs a C++ compiler on the CPU, and there is none")
def test_a_compiled_run_has_the_same_losses(train, shallow_folder):
    import torch._dynamo.utils as dynamo

    settings = {"folder": shallow_folder, "epochs": 1, "quantization": "nf4", "target_modules": ["up_proj"]}
    plain = train("plain", **settings)[1]
    dynamo.counters.clear()
    compiled = train("compiled", compile=True, **settings)[1]
    assert dynamo.counters["stats"]["unique_graphs"] > 0
    assert [row["loss_nats"] for row in compiled.history] == pytest.approx(
        [row["loss_nats"] for row in plain.history], rel=1e-3
    )
    assert compiled.validation_loss_nats == pytest.approx(plain.validation_loss_nats, rel=1e-3)
