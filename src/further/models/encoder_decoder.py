"""Rows of questions for an encoder with a decoder: the prompt is read by one, the answer written by the other.

    row        image image where ? NL | left  EOS          labels stand where they are predicted:
    labels       -     -    -    - left  EOS                one at the last token of the prompt, one at `left`
    encoder    image image where ? NL
    decoder                        NL   left               the prompt's last token is what an answer starts from
    blocks       0     0    0    0  0    -1

The rows, their labels and the loss stay those of `further.vision.rows`: hidden states come back in the row's places.
T5Gemma 2 and Florence-2 start an answer from a token of their own instead of the prompt's last. Images come as for
`further.models.image_text`: features computed once, or pixels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from transformers import AutoModelForImageTextToText, GenerationConfig
from transformers.modeling_outputs import BaseModelOutput

from further.model_folder import ENCODER_DECODERS
from further.models.base import Batch, Model
from further.models.causal import scale_logits
from further.models.precision import Precision, freeze

NEVER_QUANTIZED = [
    *("model.encoder.vision_tower", "model.encoder.multi_modal_projector"),  # T5Gemma 2
    *("model.vision_tower", "model.multi_modal_projector"),  # Florence-2
    "lm_head",
]


@dataclass(frozen=True)
class Halves:
    """Rows cut in two.

    Attributes:
        source_BS: Ids of the prompts, filled up at their ends.
        is_source_BS: What of them is there.
        target_BA: Ids that the decoder reads, filled up at their ends.
        places_BT: For each position of a row, its place in the decoder; 0 for those of the prompt.
    """

    source_BS: torch.Tensor
    is_source_BS: torch.Tensor
    target_BA: torch.Tensor
    places_BT: torch.Tensor

    def put_back(self, hidden_BAD: torch.Tensor) -> torch.Tensor:
        """The decoder's states in the places of the row, (B, T, D); what stands at prompts means nothing."""
        return hidden_BAD.gather(1, self.places_BT[..., None].expand(-1, -1, hidden_BAD.shape[-1]))


def cut_rows(batch: Batch) -> Halves:
    """Cut rows of one question each after their prompts, whose block is 0; that of all else is -1."""
    ids_BT = batch["input_ids"]
    is_prompt_BT = batch["blocks"] >= 0
    lengths_B1 = is_prompt_BT.sum(dim=1, keepdim=True)
    shortest, longest = int(lengths_B1.min()), int(lengths_B1.max())
    size = ids_BT.shape[1] - shortest + 1
    # The decoder begins at a prompt's last token. What it reads beyond a row's end is the row's last id again, to which
    # no place of the row leads.
    from_B1A = lengths_B1 - 1 + torch.arange(size, device=ids_BT.device)
    places_BT = torch.arange(ids_BT.shape[1], device=ids_BT.device) - (lengths_B1 - 1)
    return Halves(
        source_BS=torch.where(is_prompt_BT, ids_BT, 0)[:, :longest],
        is_source_BS=is_prompt_BT[:, :longest],
        target_BA=ids_BT.gather(1, from_B1A.clamp_max(ids_BT.shape[1] - 1)),
        places_BT=places_BT.clamp_min(0),
    )


class EncoderDecoder(Model):
    """Image–text models with an encoder and a decoder: T5Gemma 2 and Florence-2, in rows of one question each."""

    peft_task = "SEQ_2_SEQ_LM"
    adapted_parts = ("model.encoder.text_model.", "model.decoder.", "model.language_model.")
    faster_paths = ()

    @classmethod
    def accepts(cls, config: Mapping[str, Any]) -> bool:
        """The two families."""
        return config.get("model_type") in ENCODER_DECODERS

    @classmethod
    def load(cls, folder: Path, precision: Precision) -> Self:
        """Read a local folder; vision tower, projector and head keep their precision."""
        network = AutoModelForImageTextToText.from_pretrained(folder, **precision.load_options(NEVER_QUANTIZED))
        freeze(network)
        return cls(network)

    def encode(self, batch: Batch) -> torch.Tensor:
        """Last hidden states in the places of the row, (B, T, D)."""
        halves = cut_rows(batch)
        target_BA = halves.target_BA.clone()
        # Rows begin an answer with the prompt's last token; these families, with a token of their own.
        target_BA[:, 0] = self.start
        is_source_BS = halves.is_source_BS.long()
        hidden: torch.Tensor = self.base.base_model(
            encoder_outputs=self._read(halves.source_BS, is_source_BS, batch),
            attention_mask=is_source_BS,
            decoder_input_ids=target_BA,
            use_cache=False,
        ).last_hidden_state
        return halves.put_back(hidden)

    def _read(self, ids_BS: torch.Tensor, is_there_BS: torch.Tensor, batch: Batch) -> BaseModelOutput:
        """What the encoder makes of prompts, the features of their images in the places of the image's own token."""
        embedded = self.base.get_input_embeddings()(ids_BS)
        features = self.encode_images(batch["pixel_values"]) if "pixel_values" in batch else batch.get("image_features")
        if features is not None:
            embedded = put_images(embedded, ids_BS == self.base.config.image_token_id, features)
        within = self.base.base_model
        output: BaseModelOutput = getattr(within, "language_model", within).encoder(
            inputs_embeds=embedded, attention_mask=is_there_BS
        )
        return output

    @property
    def start(self) -> int:
        """The token that an answer starts from."""
        config = self.base.config.get_text_config(decoder=True)
        start = getattr(config, "decoder_start_token_id", None)
        return int(config.bos_token_id if start is None else start)

    @property
    def head(self) -> torch.nn.Module:
        """The output layer, and the cap that T5Gemma 2 may put after it."""
        return scale_logits(self.base.get_output_embeddings(), self.base.config.get_text_config(decoder=True))

    @torch.no_grad()
    def generate(self, batch: Batch, config: GenerationConfig) -> torch.Tensor:
        """Ids of the continuations, (B, new tokens), of prompts of one length."""
        ids_BT = batch["input_ids"]
        is_there_BT = torch.ones_like(ids_BT)
        found: torch.Tensor = self.network.generate(
            input_ids=ids_BT,
            attention_mask=is_there_BT,
            encoder_outputs=self._read(ids_BT, is_there_BT, batch),
            generation_config=with_start(config, self.start),
        )
        return found[:, 1:]


def put_images(embedded_BSD: torch.Tensor, is_image_BS: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """Embedded prompts with the features of their images, (images, tokens, D), in the places kept for them.

    Raises:
        ValueError: If there are more or fewer places.
    """
    places, tokens = int(is_image_BS.sum()), features.shape[0] * features.shape[1]
    if places != tokens:
        raise ValueError(f"{features.shape[0]} images of {features.shape[1]} tokens do not fill {places} places")
    return embedded_BSD.masked_scatter(is_image_BS[..., None], features.to(embedded_BSD.device, embedded_BSD.dtype))


def with_start(config: GenerationConfig, start: int) -> GenerationConfig:
    """The same way to generate, from a decoder's first token on."""
    return GenerationConfig(**{**config.to_dict(), "decoder_start_token_id": start, "bos_token_id": start})
