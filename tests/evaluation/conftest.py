"""A tiny base with a tiny adapter that changes it, and score tables as the scoring jobs write them."""

import pandas as pd
import pytest


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
            "begin_rule": "begin mark",
            "compute_dtype": "float32",
        }
        | columns
    )
