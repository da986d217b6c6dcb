"""What is saved, on a base loaded anew, is the model that was trained; merging keeps it, and ties stay tied."""

import json

import pytest
import torch
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from further.models import Precision, load, load_adapted, load_merged
from further.training.adapters import train_adapter
from further.training.examples import make_batch
from further.training.rows import TextRows
from training.settings import RUN


@pytest.fixture
def batch(rows):
    return make_batch(TextRows(rows), range(3))


@pytest.fixture(scope="module")
def untied_folder(tmp_path_factory):
    """A model whose head has weights of its own."""
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("untied")
    config = {"vocab_size": 300, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
    LlamaForCausalLM(LlamaConfig(**config, num_attention_heads=4, tie_word_embeddings=False)).save_pretrained(folder)
    return folder


def logits(model, batch):
    with torch.no_grad():
        return model.network.eval()(input_ids=batch["input_ids"], use_cache=False).logits


def train_and_save(base_folder, folder, batch, **settings):
    """A few steps on one batch; returns the trained model and where its adapter lies."""
    run = RUN | settings
    torch.manual_seed(0)
    model = load(base_folder, Precision(run.quantization, run.compute_dtype))
    save = train_adapter(model, run, base_folder)
    trained = [values for values in model.network.train().parameters() if values.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-2)
    for _ in range(4):
        optimizer.zero_grad()
        (TextRows.sum_loss(model, batch) / 96).backward()
        optimizer.step()
    save(folder)
    return model, folder


VARIANTS = [
    {},
    {"rslora": True},
    {"dora": True},
    {"initialization": "gaussian"},
    {"initialization": "pissa"},
    {"initialization": "pissa", "rslora": True},
    {"initialization": "pissa", "dora": True},
    {"initialization": "pissa", "train_embeddings": True},
    {"train_embeddings": True},
    {"quantization": "int8"},
    {"quantization": "nf4"},
    {"quantization": "nf4", "dora": True},
    {"quantization": "nf4", "train_embeddings": True},
    {"quantization": "nf4", "initialization": "loftq"},
    {"quantization": "nf4", "initialization": "loftq", "rslora": True},
    {"target_modules": r".*layers\.1\.mlp\..*"},
    {"target_modules": ["q_proj", "mlp.up_proj"]},
]


def name(settings):
    return "-".join(map(str, settings.values())) or "plain"


@pytest.mark.parametrize("settings", VARIANTS, ids=name)
def test_a_saved_adapter_on_a_fresh_base_is_the_trained_model(model_folder, tmp_path, batch, settings):
    model, adapter = train_and_save(model_folder, tmp_path / "adapter", batch, **settings)
    fresh = load_adapted(model_folder, adapter, Precision(settings.get("quantization", "none"), "float32"))
    base = load(model_folder, Precision(settings.get("quantization", "none"), "float32"))
    trained = logits(model, batch)
    torch.testing.assert_close(logits(fresh, batch), trained, rtol=1e-3, atol=1e-3)
    assert (trained - logits(base, batch)).abs().max() > 0.1  # or it would have been easy


@pytest.mark.parametrize("settings", [one for one in VARIANTS if "quantization" not in one], ids=name)
def test_a_merged_model_has_the_adapters_logits(model_folder, tmp_path, batch, settings):
    model, adapter = train_and_save(model_folder, tmp_path / "adapter", batch, **settings)
    merged = load_merged(model_folder, adapter, "float32")
    torch.testing.assert_close(logits(merged, batch), logits(model, batch), rtol=1e-3, atol=1e-3)


def test_at_bfloat16_merging_rounds_and_a_quantized_base_differs_more(model_folder, tmp_path, batch):
    """The merged model is another one than the adapter on 4-bit weights: scored apart, so that it shows."""
    _, adapter = train_and_save(model_folder, tmp_path / "adapter", batch, quantization="nf4", compute_dtype="bfloat16")
    merged = logits(load_merged(model_folder, adapter, "bfloat16"), batch).float()
    unmerged = logits(load_adapted(model_folder, adapter, Precision("none", "bfloat16")), batch).float()
    quantized = logits(load_adapted(model_folder, adapter, Precision("nf4", "bfloat16")), batch).float()
    rounding, both = (merged - unmerged).abs().mean(), (merged - quantized).abs().mean()
    assert 0 < rounding < 0.05 * unmerged.abs().mean()
    assert both > 2 * rounding


def test_at_bfloat16_pissa_is_saved_up_to_rounding(model_folder, tmp_path, batch):
    """What was taken out of the base was rounded there, and is not in the adapter."""
    settings = {"initialization": "pissa", "compute_dtype": "bfloat16"}
    model, adapter = train_and_save(model_folder, tmp_path / "adapter", batch, **settings)
    trained = logits(model, batch).float()
    fresh = logits(load_adapted(model_folder, adapter, Precision("none", "bfloat16")), batch).float()
    base = logits(load(model_folder, Precision("none", "bfloat16")), batch).float()
    assert (fresh - trained).abs().mean() < 0.03 * (base - trained).abs().mean()


@pytest.mark.parametrize("rslora", [False, True])
def test_loftq_starts_nearer_to_the_full_weights_and_merges_into_the_quantized_ones(
    model_folder, tmp_path, batch, rslora
):
    """Also where LoRA's scale is not 1, which peft's own function takes no notice of."""
    run = RUN | {"quantization": "nf4", "initialization": "loftq", "rslora": rslora, "rank": 16, "alpha": 48}
    full = logits(load(model_folder, Precision("none", "float32")), batch)
    plain = logits(load(model_folder, Precision("nf4", "float32")), batch)
    model = load(model_folder, Precision("nf4", "float32"))
    train_adapter(model, run, model_folder)
    started = logits(model, batch)
    assert (started - full).norm() < 0.8 * (plain - full).norm()
    model, adapter = train_and_save(model_folder, tmp_path / "adapter", batch, **run.model_dump())
    merged = load_merged(model_folder, adapter, "float32")
    torch.testing.assert_close(logits(merged, batch), logits(model, batch), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"dora": True},
        {"initialization": "pissa"},
        {"quantization": "nf4"},
        {"quantization": "nf4", "initialization": "loftq"},
    ],
    ids=name,
)
def test_layers_that_keep_inputs_times_outputs_are_saved_and_merged(tmp_path, batch, settings):
    """GPT-2's; quantized, they are linear layers as all others."""
    base_folder, quantization = tmp_path / "gpt2", settings.get("quantization", "none")
    torch.manual_seed(1)
    shape = {"vocab_size": 300, "n_positions": 64, "n_embd": 64, "n_layer": 2, "n_head": 2, "initializer_range": 0.1}
    GPT2LMHeadModel(GPT2Config(**shape)).save_pretrained(base_folder)
    model, adapter = train_and_save(base_folder, tmp_path / "adapter", batch, **settings)
    fresh = load_adapted(base_folder, adapter, Precision(quantization, "float32"))
    torch.testing.assert_close(logits(fresh, batch), logits(model, batch), rtol=1e-3, atol=1e-3)
    merged, loftq = load_merged(base_folder, adapter, "float32"), settings.get("initialization") == "loftq"
    unmerged = load_adapted(base_folder, adapter, Precision(quantization if loftq else "none", "float32"))
    torch.testing.assert_close(logits(merged, batch), logits(unmerged, batch), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("initialization", ["default", "gaussian", "pissa"])
@pytest.mark.parametrize("dora", [False, True])
def test_before_the_first_step_the_model_is_the_base(model_folder, batch, initialization, dora):
    run = RUN | {"initialization": initialization, "dora": dora}
    model = load(model_folder, Precision("none", "float32"))
    train_adapter(model, run, model_folder)
    base = logits(load(model_folder, Precision("none", "float32")), batch)
    torch.testing.assert_close(logits(model, batch), base, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("train_embeddings", [False, True])
@pytest.mark.parametrize("tokens_added", [0, 20])
def test_tied_weights_survive_a_merge(model_folder, tmp_path, batch, train_embeddings, tokens_added):
    """With trained or resized embeddings a merge may leave the head behind (peft #2777)."""
    base_folder = model_folder
    if tokens_added:
        base_folder = tmp_path / "resized"
        base = AutoModelForCausalLM.from_pretrained(model_folder)
        base.resize_token_embeddings(300 + tokens_added)
        base.save_pretrained(base_folder)
    model, adapter = train_and_save(base_folder, tmp_path / "adapter", batch, train_embeddings=train_embeddings)
    merged = load_merged(base_folder, adapter, "float32")
    assert merged.head.weight is merged.network.get_input_embeddings().weight
    assert len(merged.head.weight) == 300 + tokens_added
    merged.network.save_pretrained(tmp_path / "merged")
    loaded = load(tmp_path / "merged", Precision("none", "float32"))
    assert loaded.head.weight is loaded.network.model.embed_tokens.weight
    torch.testing.assert_close(logits(loaded, batch), logits(model, batch), rtol=1e-3, atol=1e-3)
    moved = (loaded.head.weight - load(base_folder, Precision("none", "float32")).head.weight).abs().max()
    assert (moved > 0) == train_embeddings


def test_a_head_of_its_own_is_trained_beside_the_embeddings(untied_folder, tmp_path, batch):
    model, adapter = train_and_save(untied_folder, tmp_path / "adapter", batch, train_embeddings=True)
    merged = load_merged(untied_folder, adapter, "float32")
    torch.testing.assert_close(logits(merged, batch), logits(model, batch), rtol=1e-3, atol=1e-3)
    base = load(untied_folder, Precision("none", "float32"))
    for part in ("get_input_embeddings", "get_output_embeddings"):
        assert not torch.equal(getattr(merged.network, part)().weight, getattr(base.network, part)().weight)
    assert not torch.equal(merged.network.get_input_embeddings().weight, merged.head.weight)


def test_pissa_is_saved_as_plain_lora_of_twice_the_rank(model_folder, tmp_path, batch):
    for rslora, alpha in ((False, 16), (True, 8 * 2**0.5)):
        _, adapter = train_and_save(model_folder, tmp_path / f"{rslora}", batch, initialization="pissa", rslora=rslora)
        config = json.loads((adapter / "adapter_config.json").read_text())
        assert (config["r"], config["init_lora_weights"]) == (8, True)
        assert config["lora_alpha"] == pytest.approx(alpha)
        assert len(set(config["target_modules"])) == 14  # of two layers of a Llama
        assert config["target_modules"] == sorted(config["target_modules"])  # as every process writes them
