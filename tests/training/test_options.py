"""Every option of a run does what its name says, on a tiny real model."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import get_args

import pytest
import torch
from transformers import OPTConfig, OPTForCausalLM

from facts import naming
from further.models import Precision, load
from further.settings import Run
from further.tokens.chunks import lay_out
from further.tokens.tokenizer import special_tokens
from further.training import optimizer as optimizers
from further.training.examples import make_batch, mean_loss
from further.training.hardware import peak_memory_mb, used_memory_mb
from further.training.loop import add_gradients
from further.training.rows import TextRows
from training.settings import RUN, adapt


def test_dropout_changes_the_losses_from_the_second_step_on(train):
    without, with_dropout = (train(f"d{dropout}", dropout=dropout)[1].history for dropout in (0.0, 0.5))
    assert with_dropout[0]["loss_nats"] == pytest.approx(without[0]["loss_nats"], rel=1e-6)  # B is zero
    assert with_dropout[3]["loss_nats"] != without[3]["loss_nats"]


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


def test_an_earlier_run_of_the_process_leaves_no_setting_behind(model_folder):
    """bitsandbytes keeps the 32 bits of embeddings by the number of the parameter, for all optimizers."""
    kinds = []
    for settings in ({"train_embeddings": True}, {}):
        run = RUN | {"optimizer": "adamw_8bit", "rank": 64} | settings
        model = adapt(model_folder, **run.model_dump())
        made = optimizers.make_optimizer(model.network, run)
        for values in model.network.parameters():
            values.grad = torch.ones_like(values) if values.requires_grad else None
        made.step()
        tensors, _ = optimizers.take_state(made)
        kinds.append([values.dtype for name, values in tensors.items() if name.endswith(".state1")])
    assert [kind.count(torch.float32) for kind in kinds] == [1, 0]


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
