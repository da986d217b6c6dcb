"""Precision of a model: how its frozen weights are quantized, and what it computes in."""

from dataclasses import dataclass
from typing import Any

import torch
from transformers import BitsAndBytesConfig, GenerationConfig, PreTrainedModel

from further import quantizer  # noqa: F401 - before a quantized model imports bitsandbytes

QUANTIZATIONS = ("none", "int8", "nf4")


@dataclass(frozen=True)
class Precision:
    """How a model is loaded.

    Embeddings, norms and head keep `compute_dtype` at every quantization: peft's `prepare_model_for_kbit_training`
    would cast them to fp32, which doubles the 2 GiB that they take in an 8B Llama.

    Attributes:
        quantization: none, int8 (LLM.int8) or nf4 (double quantization).
        compute_dtype: float32 or bfloat16.
        attention: sdpa or eager, which both keep packed documents apart; None: the model's own (Gemma 2 has no sdpa).
    """

    quantization: str
    compute_dtype: str
    attention: str | None = None

    @property
    def dtype(self) -> torch.dtype:
        """What `compute_dtype` names."""
        dtype: torch.dtype = getattr(torch, self.compute_dtype)
        return dtype

    def load_options(self, kept: list[str] | None = None) -> dict[str, Any]:
        """Keywords of `from_pretrained`: this precision, this process's device, and nothing but local safetensors.

        Args:
            kept: Parts of the model that are never quantized; None: the head alone.

        Raises:
            ValueError: If the quantization is not known.
        """
        return {
            "dtype": self.dtype,
            "attn_implementation": self.attention,
            "quantization_config": self._quantization_config(kept),
            # Placed while it is read: an 8B model in bfloat16 would first take 16 GB of the machine's memory.
            "device_map": {"": torch.cuda.current_device() if torch.cuda.is_available() else "cpu"},
            "use_safetensors": True,
            "local_files_only": True,
            "trust_remote_code": False,
        }

    def _quantization_config(self, kept: list[str] | None) -> BitsAndBytesConfig | None:
        if self.quantization == "none":
            return None
        if self.quantization == "int8":
            return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=kept)
        if self.quantization == "nf4":
            return BitsAndBytesConfig(
                load_in_4bit=True,
                bnb_4bit_quant_type="nf4",
                bnb_4bit_use_double_quant=True,
                bnb_4bit_compute_dtype=self.dtype,
                llm_int8_skip_modules=kept,
            )
        raise ValueError(f"quantization is {self.quantization!r}; allowed: {', '.join(QUANTIZATIONS)}")


def freeze(network: PreTrainedModel) -> None:
    """Leave a loaded network without gradients, in evaluation mode, and without ways of its own to generate."""
    # generate() takes what it is not told from here: a model may bring a temperature or a repetition penalty.
    network.generation_config = GenerationConfig()
    # On CPUs with AVX512-BF16, bitsandbytes (0.50) repacks 4-bit weights at the first forward pass in evaluation mode,
    # for good, and repacked layers pass no gradient to what lies below them: a validation loss in the middle of a run
    # would end the training of all but the last layer, with a warning at most.
    for module in network.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    network.requires_grad_(False).eval()
