"""LoRA adapters: where they sit, and an account of what is trained."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers.pytorch_utils import Conv1D

from further.settings import Run
from further.targets import match_targets
from further.training.initialize import start_from_loss

# peft's names; LoftQ starts as the default does, and is filled in afterwards.
INITIALIZATIONS: dict[str, bool | str] = {"default": True, "gaussian": "gaussian", "pissa": "pissa", "loftq": True}


@dataclass(frozen=True)
class ParameterCount:
    """What is trained: numbers of parameters, and the names of the trained tensors."""

    trainable: int
    total: int
    share: float
    names: list[str]

    def as_dict(self) -> dict[str, Any]:
        """For the metrics file."""
        return asdict(self)


def add_adapter(model: Any, run: Run, folder: Path) -> PeftModel:
    """Put a fresh LoRA adapter on a frozen base; the seed must have been set before.

    Args:
        model: As loaded by `further.models.load_base`.
        run: Run target_modules, train_embeddings, rank, alpha, rslora, dora, initialization, dropout,
            gradient_checkpointing and compute_dtype.
        folder: Where the base was loaded from.

    Raises:
        ValueError: If target_modules matches no linear layer.
    """
    trained = _embeddings(model) if run.train_embeddings else None
    config = LoraConfig(
        task_type="CAUSAL_LM",
        target_modules=_targets(model, run.target_modules),
        modules_to_save=trained,
        # Without it a merge leaves a tied head at the base's weights (peft #2777).
        ensure_weight_tying=trained is not None and len(trained) == 1,
        r=run.rank,
        lora_alpha=run.alpha,
        use_rslora=run.rslora,
        use_dora=run.dora,
        init_lora_weights=INITIALIZATIONS[run.initialization],
        lora_dropout=run.dropout,
        bias="none",
    )
    if run.gradient_checkpointing:
        model.enable_input_require_grads()
    adapted = get_peft_model(model, config)
    if run.initialization == "loftq":
        start_from_loss(adapted, folder, run.compute_dtype)
    return adapted


def _targets(model: Any, target: str | list[str]) -> str | list[str]:
    """Linear layers by name; all of them in peft's own word."""
    layers = [
        name
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear | Conv1D) and module is not model.get_output_embeddings()
    ]
    names = match_targets(layers, target)
    return "all-linear" if target == "all-linear" else names


def _embeddings(model: Any) -> list[str]:
    """Names of the embeddings and, where it has weights of its own, of the head."""
    wanted = [model.get_input_embeddings()]
    if not model.config.tie_word_embeddings:
        wanted.append(model.get_output_embeddings())
    return [name for name, module in model.named_modules() if any(module is one for one in wanted)]


def count_parameters(model: PeftModel) -> ParameterCount:
    """Count trained and total parameters; packed 4-bit weights count as the weights they stand for."""
    trainable, total = model.get_nb_trainable_parameters()
    names = sorted(name for name, parameter in model.named_parameters() if parameter.requires_grad)
    return ParameterCount(trainable, total, trainable / total, names)
