"""Tiny real things that several stages' tests share: a tokenizer trained here, a two-layer Llama."""

import json
import os
from pathlib import Path

import pytest
import yaml
from hypothesis import settings

settings.register_profile("further", deadline=None)  # times on a shared machine say nothing of the code
settings.load_profile("further")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


def pytest_configure(config):
    """Tests run on the processor whatever the machine has, unless those for a GPU are asked for: `pytest -m gpu`.

    Before torch is imported, and for all processes that a test starts.
    """
    if "gpu" not in config.option.markexpr.replace("not gpu", ""):
        os.environ["CUDA_VISIBLE_DEVICES"] = ""


FINISHED = [f"tests/workflow/test_{name}.py" for name in ("end_to_end", "reruns", "sent_reports", "survival")]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """On several processes one file's tests stay together, and so do all of the one finished study."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return FINISHED[0] if file in FINISHED else file

    return Scheduling(config, log)


def pytest_collection_modifyitems(config, items):
    """There the longest begin, so that at the end no process waits for them."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.path.parent.name != "workflow")


def pytest_runtest_setup(item):
    if item.get_closest_marker("gpu") is not None:
        import torch

        if not torch.cuda.is_available():
            pytest.skip("needs CUDA: pytest -m gpu on a machine that has it")


SENTENCES = [
    "The heart of a donor is kept cold while it travels.",
    "Rejection is graded on a biopsy of the right ventricle.",
    "A pump may carry the patient until a heart is found.",
    "Exercise is safe after transplantation and helps the heart.",
]


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    """A Hugging Face folder: byte-level BPE of 300 ids with BOS and EOS, Llama of two layers."""
    folder = tmp_path_factory.mktemp("model")
    save_tokenizer(folder)
    save_model(folder)
    return folder


def save_tokenizer(folder):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(SENTENCES * 5, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def save_model(folder):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=300,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=128,
        bos_token_id=0,
        eos_token_id=1,
        tie_word_embeddings=True,
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        # Wider than the usual start, so that what stands before a token matters to the tests.
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter.mul_(4)
    model.save_pretrained(folder)


@pytest.fixture
def config():
    """The demonstration's file with twenty runs."""
    read = yaml.safe_load((Path(__file__).parents[1] / "config/config.yaml").read_text())
    read["training"] |= {"quantization": "nf4", "gradient_accumulation_steps": 1, "batch_tokens": 1024}
    read["sweeps"] = {
        "data": {"fraction": [0.0625, 0.125, 0.25, 0.5, 1.0], "seed": [0, 1, 2]},
        "quantization": {"quantization": ["none", "int8", "nf4"]},
        "target_modules": {"target_modules": ["attention", "all-linear"]},
        "context": {"context": [128, 256]},
        "gradient_accumulation_steps": {"gradient_accumulation_steps": [1, 4]},
    }
    return read
