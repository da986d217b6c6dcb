import shutil

import numpy as np
import pytest
from safetensors.torch import load_file

from further.tokens.chunks import lay_out
from further.tokens.tokenizer import special_tokens
from further.training.adapters import train_adapter
from further.training.recipe import Recipe, Task
from further.training.rows import TextRows
from further.training.run import train_run
from training.settings import RUN


@pytest.fixture(scope="session")
def documents():
    generator = np.random.default_rng(0)
    return [generator.integers(2, 40, size).tolist() for size in (30, 75, 11, 120, 60)]


@pytest.fixture(scope="session")
def shallow_folder(tmp_path_factory, model_folder):
    """The model with its first layer only: what takes long takes half as long."""
    from transformers import AutoModelForCausalLM

    folder = tmp_path_factory.mktemp("shallow")
    model = AutoModelForCausalLM.from_pretrained(model_folder, num_hidden_layers=1)
    model.save_pretrained(folder)
    for file in model_folder.glob("tokenizer*"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def rows(model_folder, documents):
    return lay_out(documents, 32, special_tokens(model_folder), packing=True)


@pytest.fixture
def train(model_folder, documents, tmp_path):
    """Train a run in a folder of its own; returns adapter weights and outcome."""

    def run(
        name="run", micro_batch=4, minutes=60.0, folder=model_folder, held_out=None, kind=TextRows,
        prepare=train_adapter, **settings,
    ):  # fmt: skip
        chosen = RUN.model_copy(update=settings)  # beyond the limits of a study file, too
        sets = (documents, documents if held_out is None else held_out)
        rows, validation = (lay_out(one, 32, special_tokens(folder), chosen.packing) for one in sets)
        adapter = tmp_path / name / "adapter"
        task = Task(
            name, adapter, tmp_path / name / "checkpoints", minutes, {"settings": chosen.model_dump()}, threads=1
        )
        recipe = Recipe(folder, chosen, micro_batch, kind(rows), TextRows(validation), prepare)
        outcome = train_run(recipe, task)
        return load_file(adapter / "adapter_model.safetensors"), outcome

    run.folder = model_folder
    return run
