"""Models that answer questions about images: PaliGemma 1 and 2, Gemma 3 (MedGemma).

A batch has input_ids, (B, T), with an image's own token in each place that one of its features fills; what
`further.models.masks` says of who sees whom; and image_features, (images, tokens, D), or pixel_values of as many
images, in the order in which their places stand in the rows. A batch of text alone is read from left to right.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from transformers import AutoModelForImageTextToText, GenerationConfig
from transformers.modeling_outputs import BaseModelOutputWithPooling

from further.io import read_json
from further.models.base import Batch
from further.models.causal import CausalText, has_sdpa
from further.models.masks import groups_of_text, see, to_mask, within
from further.models.precision import Precision

log = logging.getLogger(__name__)

NEVER_QUANTIZED = ["model.vision_tower", "model.multi_modal_projector", "lm_head"]
"""A list given clears transformers' own exception of the head, so it stands here too (transformers #45674)."""


@dataclass(frozen=True)
class Family:
    """How a family reads a row.

    Attributes:
        prompt_sees_itself: Whether image and prompt are one block, so that the image sees the question; else each
            image is a block of its own.
        first_position: Of a row, as the family counts.
        mask_by_layer: Whether the model takes a mask for each kind of its layers.
    """

    prompt_sees_itself: bool
    first_position: int
    mask_by_layer: bool


FAMILIES = {
    "paligemma": Family(prompt_sees_itself=True, first_position=1, mask_by_layer=False),
    "gemma3": Family(prompt_sees_itself=False, first_position=0, mask_by_layer=True),
}


class ImageText(CausalText):
    """A vision tower, a projector, and a decoder that reads image features among its tokens."""

    adapted_parts = ("model.language_model.",)
    # Its masks are no documents, and a graph records no choice of labeled positions.
    faster_paths = ("adapters", "offload")

    @classmethod
    def accepts(cls, config: Mapping[str, Any]) -> bool:
        """Every configuration with a vision tower; `load` says which of them are known."""
        return "vision_config" in config

    @classmethod
    def load(cls, folder: Path, precision: Precision) -> Self:
        """Read a local folder; vision tower, projector and head keep their precision.

        Raises:
            ValueError: If the family is not known, or its logits are not its `head` on its hidden states.
        """
        config = read_json(folder / "config.json")
        find_family(config)
        options = precision.load_options(NEVER_QUANTIZED)
        options["attn_implementation"] = choose_attention(config, precision.attention)
        return cls._freeze(AutoModelForImageTextToText.from_pretrained(folder, **options))

    @property
    def family(self) -> Family:
        """How the model reads a row."""
        return FAMILIES[self.kind]

    def encode(self, batch: Batch) -> torch.Tensor:
        """Last hidden states, (B, T, D)."""
        ids_BT = batch["input_ids"]
        positions_BT = batch.get("position_ids")
        if positions_BT is None:
            positions_BT = torch.arange(ids_BT.shape[1], device=ids_BT.device).expand_as(ids_BT)
        hidden: torch.Tensor = self.base.base_model(
            input_ids=ids_BT,
            attention_mask=self._mask(batch, positions_BT),
            position_ids=positions_BT + self.family.first_position,
            use_cache=False,
            **_images(batch),
        )[0]
        return hidden

    def _mask(self, batch: Batch, positions_BT: torch.Tensor) -> Any:
        """One mask, or one for each kind of layer.

        Raises:
            ValueError: If positions go beyond a sliding window that the model takes no mask of its own for.
        """
        if "groups" in batch:
            seen_BTT = see(batch["groups"], batch["branches"], batch["blocks"])
        else:
            groups_BT = groups_of_text(positions_BT)
            seen_BTT = see(groups_BT, torch.zeros_like(groups_BT), torch.full_like(groups_BT, -1))
        dtype = self.base.dtype
        window: int | None = getattr(self.base.config.get_text_config(), "sliding_window", None)
        if self.family.mask_by_layer and window is not None:
            near_BTT = seen_BTT & within(positions_BT, window)
            return {"full_attention": to_mask(seen_BTT, dtype), "sliding_attention": to_mask(near_BTT, dtype)}
        if window is not None and positions_BT.shape[1] > window and int(positions_BT.max()) >= window:
            raise ValueError(
                f"{self.kind}: {int(positions_BT.max()) + 1} positions are more than the model's sliding window of "
                f"{window}, beyond which it is not known here: lower training.context"
            )
        return to_mask(seen_BTT, dtype)

    @torch.no_grad()
    def generate(self, batch: Batch, config: GenerationConfig) -> torch.Tensor:
        """Ids of the continuations, (B, new tokens), of prompts of one length, seen as in training.

        Without token types PaliGemma reads a prompt in three ways, by what is padded and how attention is computed.
        """
        blocks_BT = batch.get("blocks", torch.full_like(batch["input_ids"], -1))
        # transformers' token types are of two kinds: PaliGemma's 0 is the prompt, Gemma 3's 1 is an image.
        types_BT = (blocks_BT < 0) if self.family.prompt_sees_itself else (blocks_BT >= 0)
        ids_BT: torch.Tensor = self.network.generate(
            input_ids=batch["input_ids"],
            attention_mask=torch.ones_like(batch["input_ids"]),
            token_type_ids=types_BT.long(),
            generation_config=config,
            **_images(batch),
        )
        return ids_BT[:, batch["input_ids"].shape[1] :]

    def _own_logits(self, ids_BT: torch.Tensor) -> torch.Tensor:
        types_BT = torch.full_like(ids_BT, int(self.family.prompt_sees_itself))  # text alone, from left to right
        logits: torch.Tensor = self.network(input_ids=ids_BT, token_type_ids=types_BT, use_cache=False).logits
        return logits


def _images(batch: Batch) -> dict[str, Any]:
    """A batch's images, as transformers takes them."""
    if "image_features" in batch:
        return {"mm_encoder_outputs": {"image": BaseModelOutputWithPooling(pooler_output=batch["image_features"])}}
    return {"pixel_values": batch["pixel_values"]} if "pixel_values" in batch else {}


def find_family(config: Mapping[str, Any]) -> Family:
    """How the family of a config.json reads a row.

    Raises:
        ValueError: If it is not known here.
    """
    kind = config.get("model_type")
    if kind not in FAMILIES:
        raise ValueError(f"image–text models of the family {kind!r} are not known here; known: {', '.join(FAMILIES)}")
    return FAMILIES[str(kind)]


def choose_attention(config: Mapping[str, Any], wanted: str | None) -> Any:
    """The attention that is wanted (None: each part's own), but for a decoder that has no sdpa: one for each part."""
    text_type = config["text_config"].get("model_type", "gemma")
    if wanted != "sdpa" or has_sdpa(text_type):
        return wanted
    log.info("%s has no sdpa: its attention is eager, that of the vision tower sdpa", text_type)
    return {"text_config": "eager", "vision_config": "sdpa"}
