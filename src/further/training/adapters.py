"""What is trained of a model: LoRA adapters in it, or all of it; and an account of that."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from bitsandbytes.nn import Params4bit
from peft import LoraConfig, get_peft_model

from further.models import Model
from further.records.training import Parameters
from further.settings import Run
from further.targets import choose_part, match_targets
from further.training.initialize import adapter_start, save_adapter, start_from_loss

# peft's names; LoftQ starts as the default does, and is filled in afterwards.
INITIALIZATIONS: dict[str, bool | str] = {"default": True, "gaussian": "gaussian", "pissa": "pissa", "loftq": True}

Save = Callable[[Path], None]


def train_adapter(model: Model, run: Run, folder: Path) -> Save:
    """Put a fresh LoRA adapter on a frozen base; the seed must have been set before.

    Returns:
        What saves the adapter.

    Raises:
        ValueError: If target_modules matches no linear layer.
    """
    network = model.network
    trained = _embeddings(network) if run.train_embeddings else None
    config = LoraConfig(
        task_type=model.peft_task,
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
    model.network = get_peft_model(network, config)
    if run.initialization == "loftq":
        start_from_loss(model, folder, run.compute_dtype)
    _recompute(model, run)
    return partial(save_adapter, model, run=run, start=adapter_start(model, run))


def _recompute(model: Model, run: Run) -> None:
    """Keep a layer's inputs only, and compute the rest of it again on the way back."""
    if run.gradient_checkpointing:
        # What a layer drew has to be drawn again. Where nothing is, the generator's state is not read: that forbids
        # recording a CUDA graph.
        draws = run.dropout > 0 or model.draws_numbers()
        model.base.activation_checkpointing_enable({"use_reentrant": False, "preserve_rng_state": draws})


def _targets(model: Model, target: str | list[str]) -> str | list[str]:
    """Linear layers by name; all of them in peft's own word."""
    everywhere = target == "all-linear" and model.adapted_parts is None
    names = match_targets(choose_part(model.linear_layers(), target, model.adapted_parts), target)
    return "all-linear" if everywhere else names


def _embeddings(network: Any) -> list[str]:
    """Names of the embeddings and, where it is not tied to them, of the head."""
    wanted = [network.get_input_embeddings()]
    if not network.config.tie_word_embeddings:
        wanted.append(network.get_output_embeddings())
    return [name for name, module in network.named_modules() if any(module is one for one in wanted)]


def count_parameters(network: torch.nn.Module) -> Parameters:
    """Count trained and total parameters; packed 4-bit weights count as the weights they stand for."""
    parameters = dict(network.named_parameters())
    sizes = {name: _size(values) for name, values in parameters.items()}
    names = sorted(name for name, values in parameters.items() if values.requires_grad)
    trainable, total = sum(sizes[name] for name in names), sum(sizes.values())
    return Parameters(trainable=trainable, total=total, share=trainable / total, names=tuple(names))


def _size(parameter: torch.nn.Parameter) -> int:
    state = parameter.quant_state if isinstance(parameter, Params4bit) else None
    return int(parameter.numel() if state is None else state.shape.numel())
