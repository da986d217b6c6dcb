"""LoRA adapters: where they sit, and an account of what is trained."""

from dataclasses import asdict, dataclass
from typing import Any

from peft import LoraConfig, PeftModel, get_peft_model

TARGET_MODULES: dict[str, str | list[str]] = {
    "attention": ["q_proj", "k_proj", "v_proj", "o_proj"],
    "all-linear": "all-linear",  # every linear layer but the head
}


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


def add_adapter(model: Any, run: dict[str, Any]) -> PeftModel:
    """Put a fresh LoRA adapter on a frozen base; the seed must have been set before.

    Args:
        model: As loaded by `further.models.load_base`.
        run: Settings target_modules, rank, alpha, dropout, gradient_checkpointing.
    """
    config = LoraConfig(
        task_type="CAUSAL_LM",
        target_modules=TARGET_MODULES[run["target_modules"]],
        r=run["rank"],
        lora_alpha=run["alpha"],
        lora_dropout=run["dropout"],
        bias="none",
    )
    if run["gradient_checkpointing"]:
        model.enable_input_require_grads()
    return get_peft_model(model, config)


def count_parameters(model: PeftModel) -> ParameterCount:
    """Count trained and total parameters; packed 4-bit weights count as the weights they stand for."""
    trainable, total = model.get_nb_trainable_parameters()
    names = sorted(name for name, parameter in model.named_parameters() if parameter.requires_grad)
    return ParameterCount(trainable, total, trainable / total, names)
