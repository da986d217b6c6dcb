"""Models at a precision, with or without an adapter; shared by training and evaluation."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, GenerationConfig, PreTrainedModel

from further import quantizer  # noqa: F401 - before peft or a quantized model import bitsandbytes
from further.io import read_json

QUANTIZATIONS = ("none", "int8", "nf4")
BASE_FILE = "base.json"  # beside an adapter that belongs on a quantized base only


def load_base(folder: Path, quantization: str, compute_dtype: str, attention: str | None = None) -> PreTrainedModel:
    """Load a causal language model from a local folder, frozen, on the GPU where there is one.

    Embeddings, norms and head keep `compute_dtype` at every quantization: peft's `prepare_model_for_kbit_training`
    would cast them to fp32, which doubles the 2 GiB that they take in an 8B Llama.

    Args:
        folder: Hugging Face folder with safetensors; its own code is never run.
        quantization: none, int8 (LLM.int8) or nf4 (double quantization).
        compute_dtype: float32 or bfloat16.
        attention: sdpa or eager, which both keep packed documents apart; None: the model's own (Gemma 2 has no sdpa).

    Raises:
        ValueError: If the quantization is not known, or the model's logits are not `head_of` on its hidden states.
    """
    dtype: torch.dtype = getattr(torch, compute_dtype)
    model = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=dtype,
        attn_implementation=attention,
        quantization_config=_quantization_config(quantization, dtype),
        device_map={"": 0 if torch.cuda.is_available() else "cpu"},
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
    )
    # With its cache a model attends across packed documents without a word (transformers 5.23).
    model.config.use_cache = False
    # generate() takes what it is not told from here: a model may bring a temperature or a repetition penalty.
    model.generation_config = GenerationConfig()
    _keep_4bit_layout(model)
    model.requires_grad_(False).eval()
    _check_head(model)
    return model


def _keep_4bit_layout(model: PreTrainedModel) -> None:
    """Stop bitsandbytes (0.50) from repacking 4-bit weights at the first forward pass in evaluation mode.

    On CPUs with AVX512-BF16 it does so for good, and the repacked layers pass no gradient to what lies below them: a
    validation loss in the middle of a run would end the training of all but the last layer, with a warning at most.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def _quantization_config(quantization: str, dtype: torch.dtype) -> BitsAndBytesConfig | None:
    if quantization == "none":
        return None
    if quantization == "int8":
        return BitsAndBytesConfig(load_in_8bit=True)
    if quantization == "nf4":
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
    raise ValueError(f"quantization is {quantization!r}; allowed: {', '.join(QUANTIZATIONS)}")


def load_tokenizer(folder: Path) -> Any:
    """Load the tokenizer of a local folder as transformers has it; its own code is never run."""
    return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def load_adapted(folder: Path, adapter: Path, quantization: str, compute_dtype: str) -> Any:
    """Load a base and the adapter trained on it, for scoring."""
    from peft import PeftModel

    return PeftModel.from_pretrained(
        load_base(folder, quantization, compute_dtype), adapter, local_files_only=True
    ).eval()


def load_merged(folder: Path, adapter: Path, compute_dtype: str) -> Any:
    """Load a base at full precision with the adapter added into its weights.

    An adapter that holds what 4-bit weights lost goes into those weights, not into the originals.
    """
    from peft import PeftModel

    base = load_base(folder, _base_of(adapter), compute_dtype)
    if _base_of(adapter) != "none":
        base.dequantize(dtype=getattr(torch, compute_dtype))
    return PeftModel.from_pretrained(base, adapter, local_files_only=True).merge_and_unload().eval()


def _base_of(adapter: Path) -> str:
    """Quantization of the only base that an adapter fits; none where it fits all."""
    file = adapter / BASE_FILE
    return str(read_json(file)["quantization"]) if file.is_file() else "none"


def decode(model: Any, input_ids: torch.Tensor, position_ids: torch.Tensor | None = None) -> torch.Tensor:
    """Last hidden states, before the head: what a loss in chunks starts from.

    Args:
        model: A causal language model, or one with an adapter.
        input_ids: Token ids, (B, T).
        position_ids: Positions, (B, T); where they restart, attention does (no cache, no attention mask).

    Returns:
        (B, T, D).
    """
    core = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden: torch.Tensor = core.base_model(input_ids=input_ids, position_ids=position_ids, use_cache=False)[0]
    return hidden


def head_of(model: Any) -> torch.nn.Module:
    """What turns hidden states into logits: the output layer, and the scale or cap that some families put after it.

    Gemma 2 caps its logits at ±30 and Cohere and Granite scale theirs; the output layer alone gave a Gemma 2 a
    perplexity of 854 where its own logits give 511.
    """
    core = model.get_base_model() if hasattr(model, "get_base_model") else model
    head: torch.nn.Module = core.get_output_embeddings()
    config = core.config.get_text_config()
    cap, factor = getattr(config, "final_logit_softcapping", None), getattr(config, "logit_scale", None)
    divisor = getattr(config, "logits_scaling", None)
    if cap is None and factor is None and divisor is None:
        return head
    return torch.nn.Sequential(head, _LogitScale((factor or 1.0) / (divisor or 1.0), cap))


class _LogitScale(torch.nn.Module):
    """Logits times a factor, then pressed smoothly into ±cap."""

    def __init__(self, factor: float, cap: float | None) -> None:
        super().__init__()
        self.factor, self.cap = factor, cap

    def forward(self, logits: torch.Tensor) -> torch.Tensor:
        scaled = logits if self.factor == 1 else logits * self.factor
        return scaled if self.cap is None else torch.tanh(scaled / self.cap) * self.cap


@torch.no_grad()
def _check_head(model: PreTrainedModel) -> None:
    """Refuse a model whose own logits are something else than its head on its last hidden states."""
    ids = torch.tensor([[0, 1, 2]], device=model.device)
    own, ours = model(input_ids=ids, use_cache=False).logits.float(), head_of(model)(decode(model, ids)).float()
    difference = float((own - ours).abs().max())
    if not difference <= 0.01 * float(own.abs().max()):
        raise ValueError(
            f"{model.config.model_type}: logits of this family differ from its output layer's by {difference:.3g}, "
            f"the largest is {float(own.abs().max()):.3g}: it changes them in a way that is not known here"
        )


@torch.no_grad()
def check_isolation(model: PreTrainedModel) -> None:
    """Refuse a model whose packed documents see each other, which training on would not show.

    Families without attention (Mamba), with convolutions beside it (LFM2) or with masks of their own (OPT, Falcon)
    take no notice of positions that restart. Two rows differ in their first document only:

        ids         0 1 2 3 | 4 5 6 7       positions   0 1 2 3 | 0 1 2 3
                    8 9 ...  | 4 5 6 7

    Both are in one forward pass, as LLM.int8 chooses its outlier columns over all of its rows.

    Args:
        model: As loaded, before weights are sharded.

    Raises:
        ValueError: If the second document's hidden states differ by more than 1 % of the largest.
    """
    second = torch.arange(4, 8)
    ids = torch.stack([torch.cat([first, second]) for first in (torch.arange(4), torch.arange(8, 12))])
    positions = torch.arange(4).repeat(2, 2)
    one, other = decode(model, ids.to(model.device), positions.to(model.device))[:, 4:].float()
    if not float((one - other).abs().max()) <= 0.01 * float(one.abs().max()):
        raise ValueError(
            f"{model.config.model_type}: documents packed into one row would see each other, as models of this family "
            "take no notice of positions that restart: set training.packing: false"
        )
