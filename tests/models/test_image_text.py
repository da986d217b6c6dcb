"""Image–text models: loaded, quantized and adapted in their language model only; text alone read from left to right."""

import math

import pytest
import torch

from facts import naming
from further.evaluation.scoring import score_documents
from further.models import Precision, load
from further.models.image_text import ImageText, choose_attention
from further.settings import Run
from further.training.adapters import count_parameters, train_adapter
from models.tiny import IMAGE, IMAGE_TOKENS, KINDS, PATCH, SIDE, make_config, save_model

RUN = Run(quantization="none", rank=8, alpha=16, compute_dtype="float32", gradient_checkpointing=False, context=64)
PIXELS = torch.linspace(-1, 1, 2 * 3 * SIDE * SIDE).view(2, 3, SIDE, SIDE)
LANGUAGE = [f"{part}_proj" for part in ("q", "k", "v", "o", "gate", "up", "down")]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {kind: save_model(tmp_path_factory.mktemp(kind), kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_each_family_loads_behind_the_one_interface(folders, kind):
    model = load(folders[kind], Precision("none", "float32", "sdpa"))
    assert isinstance(model, ImageText)
    assert not any(parameter.requires_grad for parameter in model.network.parameters())
    text = model.base.config.text_config._attn_implementation
    assert text == ("eager" if kind == "paligemma2" else "sdpa")
    model.check_packing()


def test_eager_and_unsaid_attention_stay_as_they_are():
    config = make_config("paligemma2").to_dict()
    assert [choose_attention(config, wanted) for wanted in (None, "eager")] == [None, "eager"]
    assert choose_attention(make_config("gemma3").to_dict(), "sdpa") == "sdpa"


@pytest.mark.parametrize("quantization", ["int8", "nf4"])
@pytest.mark.parametrize("kind", KINDS)
def test_vision_tower_projector_and_head_are_never_quantized(folders, kind, quantization):
    network = load(folders[kind], Precision(quantization, "float32")).network
    quantized = {
        name for name, module in network.named_modules() if type(module).__name__ in ("Linear4bit", "Linear8bitLt")
    }
    assert len(quantized) == 2 * 7
    assert all(name.startswith("model.language_model.layers") for name in quantized)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("attention", LANGUAGE[:4]),
        ("all-linear", LANGUAGE),
        (["q_proj", "v_proj"], ["q_proj", "v_proj"]),  # last names that the vision tower has, too
        (r".*[qv]_proj", ["q_proj", "v_proj"]),
    ],
)
def test_adapters_sit_on_the_language_model(folders, kind, target, names):
    model = load(folders[kind], Precision("none", "float32"))
    train_adapter(model, RUN | {"target_modules": target}, folders[kind])
    adapted = [name for name, layer in model.network.named_modules() if hasattr(layer, "lora_A")]
    assert len(adapted) == 2 * len(names) and all(".language_model." in name for name in adapted)
    assert {name.rsplit(".", 1)[-1] for name in adapted} == set(names)


def test_the_vision_tower_is_adapted_where_an_expression_names_it(folders):
    model = load(folders["paligemma"], Precision("none", "float32"))
    train_adapter(model, RUN | {"target_modules": r".*(vision_tower|language_model).*\.q_proj"}, folders["paligemma"])
    adapted = [name for name, layer in model.network.named_modules() if hasattr(layer, "lora_A")]
    assert len(adapted) == 3 and sum("vision_tower" in name for name in adapted) == 1


@pytest.mark.parametrize(("target", "share"), [("attention", 0.063), ("all-linear", 0.334)])
def test_shares_of_paligemma_3b_are_those_of_peft(target, share):
    """On the shapes alone, without a weight; 9,805,824 = 8 × 18 × (4096 + 2 × 2304 + 4096 + 3 × 18432)."""
    from transformers import AutoModelForImageTextToText, PaliGemmaConfig

    text = {"model_type": "gemma", "hidden_size": 2048, "intermediate_size": 16384, "num_attention_heads": 8,
            "num_hidden_layers": 18, "num_key_value_heads": 1, "vocab_size": 257216}  # fmt: skip
    vision = {"model_type": "siglip_vision_model", "hidden_size": 1152, "intermediate_size": 4304, "patch_size": 14,
              "num_attention_heads": 16, "num_hidden_layers": 27, "vision_use_head": False}  # fmt: skip
    with torch.device("meta"):
        model = ImageText(
            AutoModelForImageTextToText.from_config(
                PaliGemmaConfig(text_config=text, vision_config=vision, image_token_index=257152, projection_dim=2048)
            ).requires_grad_(False)
        )
        train_adapter(model, RUN | {"target_modules": target}, None)
    count = count_parameters(model.network)
    assert round(100 * count.share, 3) == share
    assert count.trainable == {"attention": 8 * 18 * (4096 + 2 * 2304 + 4096), "all-linear": 9_805_824}[target]


@pytest.mark.parametrize("kind", KINDS)
def test_features_computed_before_are_what_the_model_computes_of_pixels(folders, kind):
    model = load(folders[kind], Precision("none", "float32"))
    ids = torch.tensor([[IMAGE] * IMAGE_TOKENS + [2, 20, 21], [IMAGE] * IMAGE_TOKENS + [2, 22, 23]])
    with torch.no_grad():
        features = model.encode_images(PIXELS)
        assert features.shape == (2, IMAGE_TOKENS, 64)
        of_pixels = model.encode({"input_ids": ids, "pixel_values": PIXELS})
        of_features = model.encode({"input_ids": ids, "image_features": features})
        swapped = model.encode({"input_ids": ids, "image_features": features.flip(0)})
    torch.testing.assert_close(of_features, of_pixels)
    assert (swapped - of_pixels).abs().max() > 0.1
    assert math.isqrt(IMAGE_TOKENS) == SIDE // PATCH


@pytest.mark.parametrize("kind", KINDS)
def test_several_images_fill_their_places_in_order(folders, kind):
    model = load(folders[kind], Precision("none", "float32"))
    ids = torch.tensor([[IMAGE] * 2 * IMAGE_TOKENS + [2, 20]])
    with torch.no_grad():
        features = model.encode_images(PIXELS)
        both = model.encode({"input_ids": ids, "image_features": features})
        embedded = model.base.base_model.get_input_embeddings()(ids)
        embedded[0, : 2 * IMAGE_TOKENS] = features.flatten(0, 1)
        own = model.base.base_model.language_model
        mask = model._mask({}, torch.arange(ids.shape[1])[None])
        by_hand = own(inputs_embeds=embedded, attention_mask=mask, use_cache=False)[0]
    torch.testing.assert_close(both, by_hand, atol=1e-5, rtol=1e-4)  # positions from 0 or 1 rotate alike


@pytest.mark.parametrize("kind", KINDS)
def test_perplexity_of_text_does_not_see_the_future(folders, kind):
    """PaliGemma on sdpa, called with ids alone, reads both ways: its next token is told to it."""
    model = load(folders[kind], Precision("none", "float32", "sdpa"))
    document = list(range(20, 44))
    nats = score_documents(model, [document], 2, 32, 32, 32)[0]
    eager = load(folders[kind], Precision("none", "float32", "eager"))
    ids = torch.tensor([[2, *document]])
    with torch.no_grad():
        logits = eager.network(input_ids=ids, token_type_ids=None, use_cache=False).logits.float()
        told = model.network(input_ids=ids, use_cache=False).logits.float()
    expected, seen = (
        float(torch.nn.functional.cross_entropy(values[0, :-1], ids[0, 1:], reduction="sum"))
        for values in (logits, told)
    )
    assert nats == pytest.approx(expected, rel=1e-4)
    assert (abs(seen - expected) > 0.5) == (kind == "paligemma")


def test_a_row_beyond_paligemma_2s_window_is_refused(folders):
    model = load(folders["paligemma2"], Precision("none", "float32"))
    with pytest.raises(ValueError, match=naming(65, 64, "training.context")):
        model.encode({"input_ids": torch.full((1, 65), 20)})


def test_gemma_3s_own_window_is_kept(folders):
    model = load(folders["gemma3"], Precision("none", "float32"))
    ids = torch.randint(20, 200, (1, 100), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        own = model.network(input_ids=ids, use_cache=False).logits
        ours = model.head(model.encode({"input_ids": ids}))
    torch.testing.assert_close(ours, own, atol=1e-4, rtol=1e-4)


def test_another_family_of_images_is_refused_by_name(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "qwen2_5_vl", "vision_config": {}}')
    with pytest.raises(ValueError, match=naming("'qwen2_5_vl'", "paligemma, gemma3")):
        load(tmp_path, Precision("none", "float32"))
