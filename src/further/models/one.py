"""The small model from scratch behind the interface of `further.models`: one stack, or an encoder with a decoder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import torch
from transformers import GenerationConfig

from further.models.base import Batch, Model
from further.models.encoder_decoder import cut_rows
from further.models.masks import see
from further.models.one_network import OneConfig, OneNetwork, WordHead
from further.models.precision import Precision

PREFIX, ENCODER_DECODER = "prefix", "encoder_decoder"
LAYOUTS = (ENCODER_DECODER, PREFIX)
HIDDEN = "hidden_"  # before a modality's key in a batch: pieces of it that are not to be seen


class OneModel(Model):
    """Words and other modalities, in a batch of rows as `further.vision.batches` makes it, one question each."""

    peft_task = None  # type: ignore[assignment]  # peft needs none for a network that it does not generate with
    faster_paths = ()

    @classmethod
    def accepts(cls, config: Mapping[str, Any]) -> bool:
        """Folders that `further.onemodel.folders` wrote."""
        return config.get("model_type") == OneConfig.model_type

    @classmethod
    def load(cls, folder: Path, precision: Precision) -> Self:
        """Read a local folder.

        Raises:
            ValueError: If it is to be quantized, which a model of this size is not.
        """
        if precision.quantization != "none":
            raise ValueError(f"training.quantization: {precision.quantization} is for large models; set none")
        options = precision.load_options()
        for name in ("attn_implementation", "quantization_config"):
            del options[name]
        return cls(OneNetwork.from_pretrained(folder, **options).requires_grad_(False).eval())

    def encode(self, batch: Batch) -> torch.Tensor:
        """Last hidden states in the places of the row, (B, T, D)."""
        network = self.base
        if network.config.layout == PREFIX:
            seen_BTT = see(batch["groups"], batch["branches"], batch["blocks"])
            hidden: torch.Tensor = network.read(self._vectors(batch, batch["input_ids"]), seen_BTT)
            return hidden
        halves = cut_rows(batch)
        memory = self.encode_source(batch, halves.source_BS, halves.is_source_BS)
        written = network.write(network.words_of(halves.target_BA), memory, halves.is_source_BS)
        return halves.put_back(written)

    def encode_source(self, batch: Batch, ids_BS: torch.Tensor, is_there_BS: torch.Tensor) -> torch.Tensor:
        """Prompts through the encoder, (B, S, D)."""
        seen = is_there_BS[:, None, :] | torch.eye(ids_BS.shape[1], dtype=torch.bool, device=ids_BS.device)
        memory: torch.Tensor = self.base.read(self._vectors(batch, ids_BS), seen)
        return memory

    def _vectors(self, batch: Batch, ids_BT: torch.Tensor) -> torch.Tensor:
        keys = [part.key for part in self.base.embed.values()]
        values = {key: batch[key] for key in keys if key in batch}
        hidden = {key: batch[HIDDEN + key] for key in keys if HIDDEN + key in batch}
        vectors: torch.Tensor = self.base.vectors_of(ids_BT, values, hidden)
        return vectors

    def predict_pieces(self, batch: Batch, modality: str) -> tuple[torch.Tensor, torch.Tensor]:
        """What masked pre-training predicts of each piece of a modality, and what is there, (items, tokens, numbers).

        One item of the modality stands in each row.
        """
        network, part = self.base, self.base.embed[modality]
        halves = cut_rows(batch)
        memory = self.encode_source(batch, halves.source_BS, halves.is_source_BS)
        places = halves.source_BS == network.config.modalities[modality]["token"]
        pieces = memory[places].unflatten(0, (-1, part.num_tokens))
        return network.predict[modality](pieces), part.cut(batch[part.key])

    @property
    def head(self) -> torch.nn.Module:
        """All words."""
        return WordHead(self.base)

    @torch.no_grad()
    def generate(self, batch: Batch, config: GenerationConfig) -> torch.Tensor:
        """Greedy continuations of prompts of one length, (B, new tokens); the encoder reads each prompt once."""
        ids_BT, head, row = batch["input_ids"], self.head, dict(batch)
        start = ids_BT.shape[1]
        is_there, is_over = torch.ones_like(ids_BT, dtype=torch.bool), torch.zeros_like(ids_BT[:, 0], dtype=torch.bool)
        has_decoder = self.base.config.layout == ENCODER_DECODER
        memory = self.encode_source(batch, ids_BT, is_there) if has_decoder else None
        for _ in range(config.max_new_tokens):
            if memory is not None:
                hidden = self.base.write(self.base.words_of(ids_BT[:, start - 1 :]), memory, is_there)
            else:
                # The prompt is one block, which sees itself both ways; what was written is none.
                zeros = torch.zeros_like(ids_BT)
                blocks = torch.where(torch.arange(ids_BT.shape[1], device=ids_BT.device) < start, zeros, -1)
                row |= {"input_ids": ids_BT, "groups": zeros, "branches": zeros, "blocks": blocks}
                hidden = self.encode(row)
            word = torch.where(is_over, config.pad_token_id, head(hidden[:, -1]).argmax(dim=-1))
            ids_BT = torch.cat([ids_BT, word[:, None]], dim=1)
            is_over = is_over | (word == config.eos_token_id)
            if bool(is_over.all()):
                break
        return ids_BT[:, start:]
