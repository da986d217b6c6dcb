"""Starts of an adapter that reach into the base, and saving it so that it fits the base that everybody has.

PiSSA trains A, B from the base's main directions and takes s·B0·A0 out of the base (s: LoRA's scale). Saved is the
adapter of twice the rank whose product is B·A − B0·A0: on the base as it was, it gives the trained model.

LoftQ starts B·A at what 4-bit weights lost. Such an adapter belongs on the 4-bit base; merged, it must go into those
weights and not into the originals, where what was lost would be added a second time. A file beside it says so.
"""

import math
from pathlib import Path

import bitsandbytes
import torch
from peft import get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from transformers.pytorch_utils import Conv1D

from further.io import read_json, write_json
from further.models import BASE_FILE, Model, Precision, load
from further.settings import Run

Weights = dict[str, torch.Tensor]


@torch.no_grad()
def start_from_loss(model: Model, folder: Path, compute_dtype: str) -> None:
    """LoftQ in one step: set B·A to the best approximation, of the adapter's rank, of what 4-bit weights lost.

    peft's own function runs on CUDA only and forgets LoRA's scale: at alpha = 2 · rank it corrects twice, which
    leaves as large an error as none (peft 0.21).

    Args:
        model: Adapter on a 4-bit base.
        folder: The base's folder; its weights are read a second time, at `compute_dtype`.

    Source:
        Li et al. 2023, LoftQ, algorithm 1 with T = 1: the quantized weights stay as they are, so that an adapter fits
        the base as everybody quantizes it.
    """
    originals = dict(load(folder, Precision("none", compute_dtype)).network.named_modules())
    for name, layer in model.base.named_modules():
        if hasattr(layer, "lora_A") and "default" in layer.lora_A:
            weight = layer.get_base_layer().weight
            kept = bitsandbytes.functional.dequantize_4bit(weight.data, weight.quant_state).float()
            lost = _weight_of(originals[name]).to(kept.device).float() - kept
            U, S, Vh = torch.linalg.svd(lost, full_matrices=False)
            rank = layer.r["default"]
            root = (S[:rank] / layer.scaling["default"]).sqrt()
            layer.lora_A["default"].weight.copy_(root[:, None] * Vh[:rank])
            layer.lora_B["default"].weight.copy_(U[:, :rank] * root)


def _weight_of(layer: torch.nn.Module) -> torch.Tensor:
    """Outputs × inputs, as quantized layers have it; GPT-2's own layers keep it the other way around."""
    weight = layer.get_parameter("weight")
    return weight.T if isinstance(layer, Conv1D) else weight


def adapter_start(model: Model, run: Run) -> Weights | None:
    """What PiSSA took out of the base, A0 and B0 by their names in the adapter's file; None for other starts."""
    if run.initialization != "pissa":
        return None
    state = get_peft_model_state_dict(model.network)
    return {
        name: values.detach().cpu().clone() for name, values in state.items() if "lora_A" in name or "lora_B" in name
    }


def save_adapter(model: Model, folder: Path, run: Run, start: Weights | None) -> None:
    """Save an adapter as safetensors, such that the base as it lies in its folder and the adapter give this model.

    Args:
        start: As `adapter_start` gave it before training.
    """
    config = model.network.peft_config["default"]
    config.target_modules = sorted(config.target_modules)  # a set, whose order differs between processes
    model.network.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)  # peft's empty form; the report stage writes the card
    if start is not None:
        _add_start(folder, start, run.rslora)
    if run.initialization == "loftq":
        write_json(folder / BASE_FILE, {"quantization": run.quantization})


def _add_start(folder: Path, start: Weights, rslora: bool) -> None:
    """Turn A, B into [A; A0], [B, −B0]: twice the rank, and alpha such that the scale stays."""
    file, config_file = folder / "adapter_model.safetensors", folder / "adapter_config.json"
    weights = load_file(file)
    for name, values in start.items():
        pair, side = ([weights[name], values], 0) if "lora_A" in name else ([weights[name], -values], 1)
        weights[name] = torch.cat(pair, dim=side).contiguous()
    save_file(weights, file, metadata={"format": "pt"})
    config = read_json(config_file)
    alpha = config["lora_alpha"] * (math.sqrt(2) if rslora else 2)
    write_json(config_file, config | {"r": 2 * config["r"], "lora_alpha": alpha, "init_lora_weights": True})
