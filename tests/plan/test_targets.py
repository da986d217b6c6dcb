"""Counts against peft's own, on the shapes of an 8B model without its weights."""

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from facts import naming
from further.models.causal import CausalText
from further.plan.shape import shape_of
from further.plan.targets import place_adapter
from further.training.adapters import count_parameters, train_adapter
from plan.measured import RUN
from plan.shapes import LLAMA_8B

CHOICES = ["attention", "all-linear", ["v_proj", "mlp.down_proj"], r"model\.layers\.(0|31)\..*_proj"]


def counted_by_peft(tmp_path, run, **config):
    """Trained and total parameters of an 8B Llama; tensors without values."""
    known = {key: value for key, value in (LLAMA_8B | config).items() if key != "model_type"}
    with torch.device("meta"):
        model = CausalText(LlamaForCausalLM(LlamaConfig(**known)).requires_grad_(False))
        train_adapter(model, run, tmp_path)
        counts = count_parameters(model.network)
    return counts.trainable, counts.total


def planned(run, **config):
    shape = shape_of(LLAMA_8B | config)
    adapter = place_adapter(shape, run)
    return adapter.parameters, shape.total_parameters + adapter.parameters


@pytest.mark.parametrize("targets", CHOICES)
def test_an_8b_llama_is_counted_as_peft_counts_it(tmp_path, targets):
    run = RUN | {"target_modules": targets, "rank": 16}
    assert planned(run) == counted_by_peft(tmp_path, run)


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("embeddings", [False, True])
def test_magnitudes_and_trained_embeddings_are_counted_as_peft_counts_them(tmp_path, embeddings, tied):
    run = RUN | {"target_modules": "attention", "rank": 16, "dora": True, "train_embeddings": embeddings}
    config = {"tie_word_embeddings": tied}
    assert planned(run, **config) == counted_by_peft(tmp_path, run, **config)


def test_by_hand():
    shape, run = shape_of(LLAMA_8B), RUN | {"target_modules": "attention", "rank": 16}
    # q and o: 4096 + 4096; k and v: 4096 + 1024; 32 blocks, rank 16
    assert place_adapter(shape, run).parameters == 32 * 16 * (2 * 8192 + 2 * 5120)
    # one magnitude per output: 4096 of q and o, 1024 of k and v
    assert place_adapter(shape, run | {"dora": True}).magnitudes == 32 * (2 * 4096 + 2 * 1024)
    # embeddings and a head of its own, 128256 × 4096 each; tied, one of the two
    whole = place_adapter(shape, run | {"train_embeddings": True})
    tied = place_adapter(shape_of(LLAMA_8B | {"tie_word_embeddings": True}), run | {"train_embeddings": True})
    assert (whole.copied, tied.copied) == (2 * 128256 * 4096, 128256 * 4096)
    assert whole.first < (0, 0)  # all blocks stand behind something trained


def test_targets_that_name_nothing_are_refused():
    with pytest.raises(ValueError, match=naming("training.target_modules", "nothing", "down_proj")):
        place_adapter(shape_of(LLAMA_8B), RUN | {"target_modules": "nothing"})
    with pytest.raises(ValueError, match=naming("training.target_modules", "lm_head", "down_proj")):
        place_adapter(shape_of(LLAMA_8B), RUN | {"target_modules": ["lm_head"]})
