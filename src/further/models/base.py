"""What training, scoring and generation need of a model, whatever its family."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import torch
from transformers import GenerationConfig
from transformers.pytorch_utils import Conv1D

from further.models.precision import Precision

Batch = Mapping[str, torch.Tensor]


class Model(ABC):
    """A network of one family (`further.models` says how another is added).

    Attributes:
        network: transformers' model, or peft's around it once it has an adapter.
        adapted_parts: Beginnings of the names of the layers that adapters sit on, unless a setting names others; None:
            all but the head.
        faster_paths: Of `training.kernels`, those that the family computes the same with.
        loss_in_place: A kernel for `further.training.loss`, where the model was given one; None: torch's functions.
    """

    peft_task = "CAUSAL_LM"
    adapted_parts: tuple[str, ...] | None = None
    faster_paths: tuple[str, ...] = ("adapters", "documents", "fused", "graphs", "offload")
    loss_in_place: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = None

    def __init__(self, network: Any) -> None:
        """Keep the network."""
        self.network = network

    @classmethod
    @abstractmethod
    def accepts(cls, config: Mapping[str, Any]) -> bool:
        """Whether a model with this config.json is of the family."""

    @classmethod
    @abstractmethod
    def load(cls, folder: Path, precision: Precision) -> Self:
        """Read a local folder; frozen and in evaluation mode."""

    @abstractmethod
    def encode(self, batch: Batch) -> torch.Tensor:
        """Last hidden states of the positions that have labels, (B, T, D): what a loss in chunks starts from."""

    @property
    @abstractmethod
    def head(self) -> torch.nn.Module:
        """What turns hidden states into logits, everything counted that the family does to them."""

    def encode_images(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Images as the language model reads them, (images, tokens, D), projected; of families that read any.

        Args:
            pixel_values: As the model's image processor makes them, (images, 3, height, width).
        """
        output = self.base.get_image_features(pixel_values.to(self.device, self.base.dtype))
        features: torch.Tensor = output.pooler_output
        return features

    def generate(self, batch: Batch, config: GenerationConfig) -> torch.Tensor:
        """Ids of the continuations, (B, new tokens), of prompts of one length, with an attention_mask."""
        ids: torch.Tensor = self.network.generate(**batch, generation_config=config)
        return ids[:, batch["input_ids"].shape[1] :]

    def prepare(self, batch: Batch) -> Batch:
        """A batch on the processor, with what `encode` would have to wait for on the GPU."""
        return batch

    def draws_numbers(self) -> bool:
        """Whether random numbers may change a forward pass in training, as dropout of the base's own does."""
        return True

    def attend_within_documents(self) -> bool:
        """Let attention pass over other documents of a row instead of masking them; whether the family can."""
        return False

    def check_packing(self) -> None:
        """Refuse a model whose documents would see each other in one row.

        Raises:
            ValueError: If they would, or if that is not known of the family.
        """
        raise ValueError(f"{self.kind}: rows of several documents are not known here: set training.packing: false")

    def linear_layers(self) -> list[str]:
        """Full names of the linear layers, but for the head."""
        return [
            name
            for name, module in self.base.named_modules()
            if isinstance(module, torch.nn.Linear | Conv1D) and module is not self.base.get_output_embeddings()
        ]

    def compile(self) -> None:
        """Let torch compile what `encode` calls."""
        self.base.base_model.compile()

    @property
    def base(self) -> Any:
        """transformers' model without what peft put around it; an adapter's layers are in it."""
        return self.network.get_base_model() if hasattr(self.network, "get_base_model") else self.network

    @property
    def kind(self) -> str:
        """The family's name in config.json."""
        return str(self.base.config.model_type)

    @property
    def config(self) -> dict[str, Any]:
        """config.json."""
        settings: dict[str, Any] = self.base.config.to_dict()
        return settings

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        device: torch.device = next(self.network.parameters()).device
        return device
