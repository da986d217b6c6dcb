"""Counts against peft's own, on the shapes of an 8B model without its weights."""

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from further.plan.shape import shape_of
from further.plan.targets import is_target, place_adapter
from further.targets import PRESETS
from plan.shapes import LLAMA_8B

CHOICES = ["attention", "all-linear", ["v_proj", "mlp.down_proj"], r"model\.layers\.(0|31)\..*_proj"]


@pytest.mark.parametrize("targets", CHOICES)
def test_an_8b_llama_is_counted_as_peft_counts_it(targets):
    known = {key: value for key, value in LLAMA_8B.items() if key != "model_type"}
    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig(**known))
        modules = PRESETS["attention"] if targets == "attention" else targets
        adapted = get_peft_model(model, LoraConfig(r=16, target_modules=modules, task_type="CAUSAL_LM"))
    trainable, total = adapted.get_nb_trainable_parameters()
    shape = shape_of(LLAMA_8B)
    adapter = place_adapter(shape, RUN | {"target_modules": targets, "rank": 16})
    assert adapter.parameters == trainable
    assert shape.total_parameters + adapter.parameters == total


def test_by_hand():
    # q and o: 4096 + 4096; k and v: 4096 + 1024; 32 blocks, rank 16
    assert place_adapter(shape_of(LLAMA_8B), "attention", 16).parameters == 32 * 16 * (2 * 8192 + 2 * 5120)


def test_a_regular_expression_matches_whole_names_and_a_list_their_ends():
    name = "model.layers.10.mlp.up_proj"
    assert is_target(name, r".*\.mlp\..*") and not is_target(name, "up_proj")
    assert is_target(name, ["up_proj"]) and is_target(name, [name]) and not is_target(name, ["p_proj"])


def test_targets_that_name_nothing_are_refused():
    with pytest.raises(ValueError, match="'nothing' names no linear layer of a llama"):
        place_adapter(shape_of(LLAMA_8B), "nothing", 8)
    with pytest.raises(ValueError, match=r"'\(' is no regular expression"):
        place_adapter(shape_of(LLAMA_8B), "(", 8)
