"""The plan of image–text models: their parameters, where adapters sit, and what rows of questions have to compute."""

import json

import pytest

from facts import naming
from further.plan.early import refuse_early
from further.plan.flops import forward_flops, training_flops
from further.plan.shape import read_shape, shape_of
from further.plan.targets import place_adapter
from further.settings import HardwareSettings, Run
from further.vision.demands import check_contexts, find_window_notes, uses_pixels
from models.tiny import KINDS, make_model, save_model

RUN = Run(rank=8, compute_dtype="bfloat16", context=512, batch_tokens=4096)
PALIGEMMA = {  # google/paligemma-3b-pt-224, as its config.json has it
    "model_type": "paligemma",
    "text_config": {
        "model_type": "gemma", "hidden_size": 2048, "intermediate_size": 16384, "num_attention_heads": 8,
        "num_hidden_layers": 18, "num_key_value_heads": 1, "vocab_size": 257216,
    },
    "vision_config": {
        "model_type": "siglip_vision_model", "hidden_size": 1152, "intermediate_size": 4304,
        "num_hidden_layers": 27, "patch_size": 14,
    },
}  # fmt: skip


def test_paligemma_has_as_many_parameters_as_published_and_peft_counts():
    shape = shape_of(PALIGEMMA)
    # 2,923,335,408 are published for Keras' weights, whose vocabulary is 64 tokens shorter.
    assert shape.total_parameters == 2_923_335_408 + 64 * 2048
    for target, share in (("attention", 0.00063), ("all-linear", 0.00334)):
        adapter = place_adapter(shape, RUN | {"target_modules": target})
        assert adapter.parameters / (shape.total_parameters + adapter.parameters) == pytest.approx(share, abs=5e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_of_tiny_models_are_counted_exactly(kind, tmp_path):
    network = make_model(kind)
    save_model(tmp_path, kind)
    assert read_shape(tmp_path).total_parameters == network.num_parameters()
    names = {name for name, _ in network.named_modules()}
    assert {linear.name for linear in read_shape(tmp_path).linears} <= names


def test_logits_of_answers_alone_cost_that_fraction_of_the_head():
    shape = shape_of(PALIGEMMA)
    adapter = place_adapter(shape, RUN)
    whole, tenth = (forward_flops(shape, adapter, 1, 512, part) for part in (1.0, 0.1))
    assert whole - tenth == pytest.approx(0.9 * 2 * 257216 * 2048)
    whole, none = (training_flops(shape, adapter, 1, 512, False, part) for part in (1.0, 0.0))
    assert whole - none == pytest.approx(4 * 257216 * 2048)  # forward, and the gradient of its input


def test_a_context_that_images_fill_is_refused(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(PALIGEMMA))
    check_contexts(tmp_path, {"default": RUN}, 1)
    with pytest.raises(ValueError, match=naming("training.context", 256, "1 images", 256)):
        check_contexts(tmp_path, {"default": RUN | {"context": 256, "batch_tokens": 2048}}, 1)
    with pytest.raises(ValueError, match=naming("training.context", 512, "2 images", 512)):
        check_contexts(tmp_path, {"default": RUN}, 2)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    with pytest.raises(ValueError, match=naming("llama")):
        check_contexts(tmp_path, {"default": RUN}, 1)


def test_windows_that_context_or_generation_make_shorter_are_told(tmp_path):
    def tell(new_tokens, **changes):
        return find_window_notes(tmp_path, {"default": RUN | changes}, 1, new_tokens)

    assert tell(600, answer_tokens=512) == []  # no model yet: what its images take is not known
    (tmp_path / "config.json").write_text(json.dumps(PALIGEMMA))
    assert tell(160) == []
    assert tell(160, answer_tokens=76) == []
    assert [note.split(":")[0] for note in tell(160, answer_tokens=512)] == [
        "training.answer_tokens", "answers.new_tokens",
    ]  # fmt: skip
    assert len(tell(513, answer_tokens=512)) == 1
    assert tell(600, answer_tokens=252) == []  # 256 + 252 + 4 = 512
    assert len(tell(600, answer_tokens=253)) == 1


def test_a_run_that_trains_the_tower_is_not_held_against_the_memory_of_one_that_does_not(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(PALIGEMMA))
    tower = RUN | {"target_modules": r".*vision_tower.*(q_proj|v_proj)"}
    assert uses_pixels(tower) and not uses_pixels(RUN)
    small = HardwareSettings(gpu_memory_gb=2.0)
    refuse_early(tmp_path, {"tower": tower}, small, None)
    with pytest.raises(ValueError, match=naming("hardware.gpu_memory_gb", 2)):
        refuse_early(tmp_path, {"default": RUN}, small, None)
