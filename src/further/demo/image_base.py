"""The tiny base model of the embedded image study: a PaliGemma trained from scratch on drawn slices, in minutes.

With transformers' own initialization and AdamW it learns nothing from images in that time: after 500 steps it tells CT
from MRI no better than chance. With initial weights four times as large, and Muon, it does so in 250 steps.
"""

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from transformers import PaliGemmaConfig, PaliGemmaForConditionalGeneration, SiglipImageProcessorPil

from further.demo.clinics import FIRST
from further.demo.muon import Muon
from further.demo.phantom_questions import QUESTIONS, lay_out, save_tokenizer
from further.demo.phantoms import SIDE, draw_phantoms
from further.demo.steps import StepLines, final_loss, rise_and_fall
from further.models.image_text import ImageText
from further.tokens.packing import IGNORED
from further.vision.prompts import make_prompter

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ImageBaseSettings:
    """Settings of the tiny PaliGemma and its training; the defaults are those of the embedded study.

    Attributes:
        width: Of vision tower and decoder; 4-bit quantization wants a multiple of 64.
        patch: Pixels of a patch's side; 16 image tokens of a slice.
        vision_layers, language_layers: Blocks.
        num_heads: Attention heads of both.
        spread: Standard deviation of the first weights.
        num_slices: Different slices to train on, at most.
        questions_per_image: Drawn for each image of a step.
        matrix_learning_rate: Peak of the layers' matrices (Muon).
        other_learning_rate: Peak of embeddings, norms and biases (AdamW).
        warmup_steps: Until the peak; then a cosine to 0.
    """

    width: int = 128
    patch: int = 8
    vision_layers: int = 3
    language_layers: int = 2
    num_heads: int = 4
    spread: float = 0.08
    num_slices: int = 4_000
    images_per_step: int = 16
    questions_per_image: int = 4
    num_steps: int = 600
    matrix_learning_rate: float = 0.02
    other_learning_rate: float = 5e-3
    warmup_steps: int = 30
    seed: int = 0


def train_image_base(folder: Path, settings: ImageBaseSettings) -> dict[str, Any]:
    """Train a tokenizer and a tiny PaliGemma on slices of the first clinic, and save both as a Hugging Face folder.

    On one kind of processor the same settings, library versions and number of torch threads give the same weights, bit
    for bit. A processor with instructions for bfloat16 trains in it, others in float32.

    Returns:
        num_parameters, num_steps, num_slices, final_train_loss_nats (mean of the last twentieth of the steps).

    Raises:
        ValueError: If the loss is not finite.
    """
    number = min(settings.num_slices, settings.num_steps * settings.images_per_step)
    slices = draw_phantoms(number, FIRST, settings.seed + 1_000)  # not those of a study
    network = make_network(settings, save_tokenizer(folder))
    network.save_pretrained(folder)  # untrained: the prompter reads its config.json
    SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE}).save_pretrained(folder)
    questions = lay_out([phantom for phantom, _ in slices], make_prompter(folder))
    losses = _train(ImageText(network), np.stack([picture for _, picture in slices]), questions, settings)
    network.save_pretrained(folder)
    return {
        "num_parameters": network.num_parameters(),
        "num_steps": settings.num_steps,
        "num_slices": number,
        "final_train_loss_nats": final_loss(losses),
    }


def make_network(settings: ImageBaseSettings, vocab_size: int) -> PaliGemmaForConditionalGeneration:
    """An untrained PaliGemma; weights drawn with the settings' seed."""
    width = settings.width
    sizes = {"hidden_size": width, "intermediate_size": 2 * width, "num_attention_heads": settings.num_heads}
    vision = {"model_type": "siglip_vision_model", "num_hidden_layers": settings.vision_layers, "image_size": SIDE}
    vision |= {"patch_size": settings.patch, "vision_use_head": False}
    text = {"model_type": "gemma", "num_hidden_layers": settings.language_layers, "vocab_size": vocab_size}
    text |= {"num_key_value_heads": settings.num_heads, "head_dim": width // settings.num_heads}
    special = {"pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2}
    config = PaliGemmaConfig(
        vision_config=sizes | vision,
        text_config=sizes | text | special | {"max_position_embeddings": 1024},
        image_token_index=3,
        projection_dim=width,
        hidden_size=width,
        **special,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = PaliGemmaForConditionalGeneration(config)
        with torch.no_grad():
            for parameter in network.parameters():
                if parameter.dim() >= 2:
                    parameter.normal_(0, settings.spread)
    return network


def _train(
    model: ImageText, pictures: NDArray[np.uint8], questions: dict[str, Tensor], settings: ImageBaseSettings
) -> list[float]:
    """Train in place; return the loss of every step in nats per answer token."""
    dtype = torch.bfloat16 if has_fast_bfloat16() else torch.float32
    network = model.network.train()
    LOG.info("training %d parameters in %s on %d threads", network.num_parameters(), dtype, torch.get_num_threads())
    optimizers = _make_optimizers(network, settings, dtype)
    peaks = [settings.matrix_learning_rate, settings.other_learning_rate]
    losses: list[float] = []
    lines = StepLines("base model", "answer token", settings.num_steps)
    for step, batch in enumerate(_batches(pictures, questions, settings)):
        with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            loss = _mean_loss(model, batch, settings.questions_per_image)
        network.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for optimizer, peak in zip(optimizers, peaks, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = peak * rise_and_fall(step, settings.warmup_steps, settings.num_steps)
            optimizer.step()
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            raise ValueError(f"the loss is {losses[-1]} at step {step + 1}; lower the learning rates")
        lines.note(step + 1, losses[-1])
    network.eval()
    return losses


def has_fast_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 matrices in hardware; without, they are far slower than float32."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "amx_tile", "bf16"))


def _make_optimizers(
    network: torch.nn.Module, settings: ImageBaseSettings, dtype: torch.dtype
) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of linear layers, AdamW for all else: embeddings, patches, norms, biases."""
    # The head is a linear layer, but its matrix is tied to the embeddings: AdamW's.
    linear = {id(module.weight) for module in network.modules() if isinstance(module, torch.nn.Linear)}
    tied = id(network.get_input_embeddings().weight)  # type: ignore[operator]
    matrices = [p for p in network.parameters() if id(p) in linear and id(p) != tied]
    others = [p for p in network.parameters() if id(p) not in linear or id(p) == tied]
    return [
        Muon(matrices, settings.matrix_learning_rate, momentum=0.95, dtype=dtype),
        torch.optim.AdamW(others, settings.other_learning_rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def _batches(
    pictures: NDArray[np.uint8], questions: dict[str, Tensor], settings: ImageBaseSettings
) -> Iterator[dict[str, Tensor]]:
    """One batch a step: images, (I, 3, side, side), and some questions of each, (I × questions, T)."""
    generator = np.random.default_rng(settings.seed)
    for _ in range(settings.num_steps):
        chosen = generator.choice(len(pictures), settings.images_per_step, replace=False)
        kinds = np.stack(
            [generator.permutation(len(QUESTIONS))[: settings.questions_per_image] for _ in range(len(chosen))]
        )
        rows, columns = torch.from_numpy(chosen)[:, None], torch.from_numpy(kinds)
        batch = {name: values[rows, columns].flatten(0, 1) for name, values in questions.items()}
        pixels = torch.from_numpy(pictures[chosen]).float().div(127.5).sub(1)
        yield batch | {"pixel_values": pixels[:, None].expand(-1, 3, -1, -1).contiguous()}


def _mean_loss(model: ImageText, batch: dict[str, Tensor], questions_per_image: int) -> Tensor:
    features = model.encode_images(batch.pop("pixel_values"))
    batch["image_features"] = features.repeat_interleave(questions_per_image, dim=0)
    learned = batch["labels"] != IGNORED
    logits = model.head(model.encode(batch)[learned])
    return functional.cross_entropy(logits.float(), batch["labels"][learned])
