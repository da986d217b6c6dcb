"""A tiny base with a tiny adapter that changes it, and score tables as the scoring jobs write them."""

import pandas as pd
import pytest

from further.records.training import Metrics, Parameters
from further.settings import BootstrapSettings, ProbeSettings, Run

BOOTSTRAP = BootstrapSettings(bootstrap=500, seed=0)
PROBE = ProbeSettings(
    window=32,
    stride=16,
    batch_tokens=64,
    compute_dtype="float32",
    bootstrap=200,
    seed=0,
    quantization="none",
    memorization_paragraphs=10,
    memorization_prefix_tokens=4,
    memorization_new_tokens=6,
    terms=3,
    term_occurrences=2,
)


@pytest.fixture(scope="session")
def adapter(model_folder, tmp_path_factory):
    """An adapter on all linear layers, its second matrix random instead of zero."""
    import torch
    from peft import LoraConfig, get_peft_model

    from further.models import Precision, load

    folder = tmp_path_factory.mktemp("adapter")
    torch.manual_seed(1)
    model = get_peft_model(
        load(model_folder, Precision("none", "float32")).network,
        LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"),
    )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.3)
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def adapted(model_folder, adapter):
    from further.models import Precision, load_adapted

    return load_adapted(model_folder, adapter, Precision("none", "float32"))


def make_scores(nats, tokens, *, first=0, **columns):
    """A score table of papers `paper-0` on; the text's hash stands for the text."""
    names = [f"paper-{first + number}" for number in range(len(nats))]
    return pd.DataFrame(
        {
            "subject": "base",
            "run": None,
            "base": "digest of the base",
            "quantization": "nf4",
            "text_set": "papers",
            "split": "test",
            "document": names,
            "nats": nats,
            "num_tokens": tokens,
            "num_words": [count // 2 for count in tokens],
            "num_bytes": [count * 4 for count in tokens],
            "sha256": [f"hash of {name}" for name in names],
            "window": 256,
            "stride": 128,
            "begin_id": 0,
            "begin_rule": "BOS",
            "compute_dtype": "float32",
        }
        | columns
    )


def make_metrics(name, **settings):
    """What a run measured of itself, of no interest here, and its settings."""
    return Metrics(
        run=name,
        settings=Run(**settings),
        papers=("paper-9",),
        num_papers=1,
        num_unique_tokens=100,
        num_replay_tokens=0,
        num_dropped_tokens=0,
        num_trained_tokens=100,
        num_steps=1,
        stopped_early=False,
        packing_efficiency=1.0,
        final_train_loss_nats=3.0,
        validation_loss_nats=3.0,
        parameters=Parameters(trainable=1, total=10, share=0.1, names=("lora",)),
    )
