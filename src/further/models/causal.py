"""Causal language models on text: Llama, Mistral, Qwen, Gemma and their kin."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import torch
from transformers import AutoModelForCausalLM
from transformers.models.auto import MODEL_MAPPING
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from further.io import read_json
from further.memory import is_out_of_memory
from further.models.base import Batch, Model
from further.models.documents import NAME as WITHIN_DOCUMENTS
from further.models.documents import find_bounds
from further.models.precision import Precision, freeze

log = logging.getLogger(__name__)

BOUNDS = "bounds"  # of documents in a batch
HALF = (torch.bfloat16, torch.float16)  # that torch's attention within documents computes in on a GPU


class CausalText(Model):
    """A decoder that reads tokens from left to right.

    A batch has input_ids, (B, T), and may have position_ids, (B, T): where they restart, attention does.
    """

    @classmethod
    def accepts(cls, config: Mapping[str, Any]) -> bool:
        """Every configuration: transformers itself refuses what is no causal language model."""
        return True

    @classmethod
    def load(cls, folder: Path, precision: Precision) -> Self:
        """Read a local folder.

        Raises:
            ValueError: If the model's logits are not its `head` on its hidden states.
        """
        options = precision.load_options()
        if precision.attention == "sdpa" and not has_sdpa(kind := read_json(folder / "config.json").get("model_type")):
            log.info("%s has no sdpa: its attention is eager", kind)
            options["attn_implementation"] = "eager"
        return cls._freeze(AutoModelForCausalLM.from_pretrained(folder, **options))

    @classmethod
    def _freeze(cls, network: Any) -> Self:
        # With its cache a model attends across packed documents without a word (transformers 5.23).
        network.config.use_cache = False
        freeze(network)
        model = cls(network)
        model.check_head()
        return model

    def encode(self, batch: Batch) -> torch.Tensor:
        """Last hidden states, (B, T, D); no cache and no attention mask, so that positions keep documents apart."""
        positions = batch.get("position_ids")
        hidden: torch.Tensor = self.base.base_model(
            input_ids=batch["input_ids"], position_ids=positions, use_cache=False, **self._bounds(batch)
        )[0]
        return hidden

    def prepare(self, batch: Batch) -> Batch:
        """With bounds of its documents where attention asks for them; finding them on a GPU would wait for it."""
        bounds = self._bounds(batch) if "length" not in batch else {}
        return {**batch, BOUNDS: bounds["cu_seq_lens_q"]} if bounds else batch

    def _bounds(self, batch: Batch) -> dict[str, torch.Tensor]:
        """What attention within documents takes; nothing elsewhere."""
        positions = batch.get("position_ids")
        if positions is None or self.base.config._attn_implementation != WITHIN_DOCUMENTS:
            return {}
        return {"cu_seq_lens_q": batch[BOUNDS] if BOUNDS in batch else find_bounds(positions)}

    @torch.no_grad()
    def draws_numbers(self) -> bool:
        """Whether random numbers change a forward pass in training. Tried, as settings of dropout have many names."""
        ids = torch.arange(12, device=self.device)[None]
        found = []
        self.network.train()
        # The generator's state says less: on a GPU, attention may move it on without dropout.
        with torch.random.fork_rng([self.device] if self.device.type == "cuda" else []):
            for seed in range(2):
                torch.manual_seed(seed)
                found.append(self.encode({"input_ids": ids}))
        self.network.eval()
        return not torch.equal(*found)

    def attend_within_documents(self) -> bool:
        """Let attention pass over other documents of a row instead of masking them.

        Returns:
            Whether that gives the hidden states of documents in rows of their own, as near as the mask does; if not,
            the mask stays.
        """
        network, before = self.base, self.base.config._attn_implementation
        if before != "sdpa" or (self.device.type == "cuda" and network.dtype not in HALF):
            return False
        if self.draws_numbers():  # of attention, too, perhaps, which has no dropout within documents
            return False
        probe, alone = self._probe_packing()
        masked, expected = self._try_encode(probe), self._try_encode(alone)
        network.set_attn_implementation(WITHIN_DOCUMENTS)
        apart = self._try_encode(probe)
        if masked is not None and expected is not None and apart is not None:
            rounding, difference = (_distance(hidden, expected.reshape_as(hidden)) for hidden in (masked, apart))
            if difference <= 0.02 + 2 * rounding:
                return True
            log.info("%s: hidden states differ by %.3g of their size, masked %.3g", self.kind, difference, rounding)
        network.set_attn_implementation(before)
        return False

    @torch.no_grad()
    def _try_encode(self, batch: Batch) -> torch.Tensor | None:
        """Hidden states, fp32; None if the family's attention asks for what is not there."""
        try:
            return self.encode(batch).float()
        except (TypeError, ValueError, RuntimeError) as error:
            if is_out_of_memory(error):
                raise
            log.info("%s: %s", self.kind, error)
            return None

    def _probe_packing(self) -> tuple[Batch, Batch]:
        """Two rows of two documents, as `check_packing` draws them, and the same documents in rows of their own."""
        second = torch.arange(4, 8)
        ids = torch.stack([torch.cat([first, second]) for first in (torch.arange(4), torch.arange(8, 12))])
        batch = {"input_ids": ids, "position_ids": torch.arange(4).repeat(2, 2)}
        moved = {key: values.to(self.device) for key, values in batch.items()}
        return moved, {key: values.reshape(4, 4) for key, values in moved.items()}

    @property
    def head(self) -> torch.nn.Module:
        """The output layer, and the scale or cap that some families put after it.

        Gemma 2 caps its logits at ±30 and Cohere and Granite scale theirs; the output layer alone gave a Gemma 2 a
        perplexity of 854 where its own logits give 511.
        """
        return scale_logits(self.base.get_output_embeddings(), self.base.config.get_text_config())

    @torch.no_grad()
    def check_head(self) -> None:
        """Refuse a model whose own logits are something else than its head on its last hidden states.

        Raises:
            ValueError: With the difference.
        """
        ids = torch.tensor([[0, 1, 2]], device=self.device)
        own = self._own_logits(ids).float()
        difference = float((own - self.head(self.encode({"input_ids": ids})).float()).abs().max())
        if not difference <= 0.01 * float(own.abs().max()):  # so written, NaN is refused, too
            raise ValueError(
                f"{self.kind}: logits of this family differ from its output layer's by {difference:.3g}, "
                f"the largest is {float(own.abs().max()):.3g}: it changes them in a way that is not known here"
            )

    def _own_logits(self, ids_BT: torch.Tensor) -> torch.Tensor:
        """Logits of a text as the model itself computes them, (B, T, V)."""
        logits: torch.Tensor = self.network(input_ids=ids_BT, use_cache=False).logits
        return logits

    @torch.no_grad()
    def check_packing(self) -> None:
        """Refuse a model whose packed documents see each other, which training on would not show.

        Families without attention (Mamba), with convolutions beside it (LFM2) or with masks of their own (OPT, Falcon)
        take no notice of positions that restart. Two rows differ in their first document only:

            ids         0 1 2 3 | 4 5 6 7       positions   0 1 2 3 | 0 1 2 3
                        8 9 ...  | 4 5 6 7

        Both are in one forward pass, as LLM.int8 chooses its outlier columns over all of its rows.

        Raises:
            ValueError: If the second document's hidden states differ by more than 1 % of the largest.
        """
        one, other = self.encode(self._probe_packing()[0])[:, 4:].float()
        if not float((one - other).abs().max()) <= 0.01 * float(one.abs().max()):
            raise ValueError(
                f"{self.kind}: documents packed into one row would see each other, as models of this family "
                "take no notice of positions that restart: set training.packing: false"
            )


def has_sdpa(kind: str) -> bool:
    """Whether a family's decoder has sdpa: Gemma 2 caps its scores, which only eager attention does."""
    if kind not in CONFIG_MAPPING or CONFIG_MAPPING[kind] not in MODEL_MAPPING:
        return True  # transformers says what is wrong with it
    return bool(MODEL_MAPPING[CONFIG_MAPPING[kind]]._supports_sdpa)


def _distance(found: torch.Tensor, expected: torch.Tensor) -> float:
    """Of one tensor's norm, how far another is from it. The largest entry alone grows with a model's size."""
    return float((found - expected).norm() / expected.norm())


def scale_logits(layer: torch.nn.Module, config: Any) -> torch.nn.Module:
    """An output layer with the scale or cap that a text model's configuration puts after it."""
    cap, factor = getattr(config, "final_logit_softcapping", None), getattr(config, "logit_scale", None)
    divisor = getattr(config, "logits_scaling", None)
    if cap is None and factor is None and divisor is None:
        return layer
    return torch.nn.Sequential(layer, _LogitScale((factor or 1.0) / (divisor or 1.0), cap))


class _LogitScale(torch.nn.Module):
    """Logits times a factor, then pressed smoothly into ±cap."""

    def __init__(self, factor: float, cap: float | None) -> None:
        super().__init__()
        self.factor, self.cap = factor, cap

    def forward(self, logits: torch.Tensor) -> torch.Tensor:
        scaled = logits if self.factor == 1 else logits * self.factor
        return scaled if self.cap is None else torch.tanh(scaled / self.cap) * self.cap
