"""The tiny base model: a byte-level BPE tokenizer and a small Llama, trained from scratch in minutes on two cores."""

import logging
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch import Tensor
from torch.nn import functional
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from further.demo.muon import Muon
from further.job import PROGRESS, say_left

LOG = logging.getLogger(__name__)

BOS, EOS, PAD = "<|begin_of_text|>", "<|end_of_text|>", "<|pad|>"
ALPHABET_SIZE = 256  # byte-level BPE starts from every byte
NUM_LOG_LINES = 20


@dataclass(frozen=True)
class BaseSettings:
    """Settings of the tiny base model and its training; the defaults are those of the embedded study.

    Attributes:
        vocab_size: Tokens of the tokenizer, the 3 special ones included.
        hidden_size: Width; 4-bit quantization wants a multiple of 64.
        num_layers: Transformer blocks.
        num_heads: Attention heads; divides `hidden_size`.
        intermediate_size: Width of the feed-forward layers; a multiple of 64.
        max_positions: Longest context that the saved model accepts, in tokens.
        context: Tokens per training sequence, at most `max_positions`.
        batch_size: Sequences per step.
        num_steps: Optimizer steps; fixed, so that two runs give the same weights.
        matrix_learning_rate: Peak learning rate of the layers' matrices (Muon).
        other_learning_rate: Peak learning rate of the embeddings and norms (AdamW).
        warmup_steps: Steps over which both rise from 0, to fall to 0 again along a cosine.
        weight_decay: Decoupled decay of the matrices.
        seed: Seed of the initial weights and of the order of the sequences.
    """

    vocab_size: int = 2048
    hidden_size: int = 192
    num_layers: int = 4
    num_heads: int = 4
    intermediate_size: int = 512
    max_positions: int = 512
    context: int = 256
    batch_size: int = 8
    num_steps: int = 400
    matrix_learning_rate: float = 0.03
    other_learning_rate: float = 5e-3
    warmup_steps: int = 30
    weight_decay: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse sizes that cannot work, with the value and the limit."""
        smallest = ALPHABET_SIZE + 3
        if self.vocab_size < smallest:
            raise ValueError(
                f"vocab_size is {self.vocab_size}; {ALPHABET_SIZE} bytes and 3 special tokens need {smallest}"
            )
        for name in ("hidden_size", "intermediate_size"):
            if getattr(self, name) % 64:
                raise ValueError(f"{name} is {getattr(self, name)}; 4-bit quantization needs a multiple of 64")
        if self.hidden_size % self.num_heads:
            raise ValueError(f"num_heads is {self.num_heads}; it must divide hidden_size {self.hidden_size}")
        if not 2 <= self.context <= self.max_positions:
            raise ValueError(f"context is {self.context}; it must lie between 2 and max_positions {self.max_positions}")
        if not 0 <= self.warmup_steps < self.num_steps:
            raise ValueError(
                f"warmup_steps is {self.warmup_steps}; it must lie between 0 and num_steps {self.num_steps}"
            )


def train_base(documents: Sequence[str], folder: Path, settings: BaseSettings) -> dict[str, float]:
    """Train a tokenizer and a small Llama on texts and save both as a Hugging Face folder.

    The same texts, settings, library versions and number of torch threads give the same weights, bit for bit.

    Args:
        documents: Texts; together at least one training sequence long.
        folder: Where `config.json`, `model.safetensors`, `tokenizer.json` and the rest go; made if absent.
        settings: Sizes and schedule.

    Returns:
        num_parameters, num_unique_tokens (of the texts), num_trained_tokens, num_steps, final_train_loss_nats (mean of
        the last twentieth of the steps, nats per token).

    Raises:
        ValueError: If the texts are shorter than one training sequence, or the loss stops being a number.
    """
    tokenizer = train_tokenizer(documents, settings.vocab_size)
    stream = _token_stream(tokenizer, documents)
    if len(stream) <= settings.context:
        raise ValueError(f"the texts have {len(stream)} tokens; at least {settings.context + 1} are needed")
    model = make_model(tokenizer, settings)
    losses = _train(model, stream, settings)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    last = losses[-max(1, len(losses) // 20) :]
    return {
        "num_parameters": model.num_parameters(),
        "num_unique_tokens": len(stream),
        "num_trained_tokens": settings.num_steps * settings.batch_size * settings.context,
        "num_steps": settings.num_steps,
        "final_train_loss_nats": sum(last) / len(last),
    }


def train_tokenizer(documents: Sequence[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """Train a byte-level BPE tokenizer that, like Llama 3's, puts BOS before each text and EOS after none.

    Args:
        documents: Texts to learn the merges from.
        vocab_size: Tokens in all, the 256 bytes and 3 special tokens included; fewer where the texts give fewer merges.

    Returns:
        The tokenizer, with ids 0, 1, 2 for BOS, EOS and padding.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[BOS, EOS, PAD],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(documents, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A", pair=f"{BOS} $A {BOS}:1 $B:1", special_tokens=[(BOS, tokenizer.token_to_id(BOS))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=PAD,
        clean_up_tokenization_spaces=False,
        model_input_names=["input_ids", "attention_mask"],  # Llama takes no token types
    )


def make_model(tokenizer: PreTrainedTokenizerFast, settings: BaseSettings) -> LlamaForCausalLM:
    """Make an untrained Llama with tied embeddings, its weights drawn with the settings' seed."""
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=settings.hidden_size,
        num_hidden_layers=settings.num_layers,
        num_attention_heads=settings.num_heads,
        num_key_value_heads=settings.num_heads,
        intermediate_size=settings.intermediate_size,
        max_position_embeddings=settings.max_positions,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig.from_model_config(config)
    return model


def has_fast_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 matrices in hardware; without, they are far slower than float32."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "amx_tile", "bf16"))


def _token_stream(tokenizer: PreTrainedTokenizerFast, documents: Sequence[str]) -> Tensor:
    """All documents in one row of ids, each between BOS and EOS."""
    eos = tokenizer.eos_token_id
    return torch.tensor([i for ids in tokenizer(list(documents))["input_ids"] for i in [*ids, eos]])


def _batches(stream: Tensor, settings: BaseSettings) -> Iterator[Tensor]:
    """Yield (batch, context + 1) ids without end: passes in random order, each cut at another offset."""
    generator = torch.Generator().manual_seed(settings.seed)
    starts: list[int] = []
    while True:
        while len(starts) < settings.batch_size:
            spare = min(settings.context, len(stream) - settings.context)
            offset = int(torch.randint(spare, (1,), generator=generator))
            num_sequences = (len(stream) - 1 - offset) // settings.context
            order = torch.randperm(num_sequences, generator=generator)
            starts += (offset + order * settings.context).tolist()
        batch, starts = starts[: settings.batch_size], starts[settings.batch_size :]
        yield torch.stack([stream[start : start + settings.context + 1] for start in batch])


def _make_optimizers(
    model: LlamaForCausalLM, settings: BaseSettings, dtype: torch.dtype
) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, AdamW for the embeddings (tied to the head) and the norms."""
    layers = {id(p) for p in model.model.layers.parameters() if p.ndim == 2}
    matrices = [p for p in model.parameters() if id(p) in layers]
    others = [p for p in model.parameters() if id(p) not in layers]
    return [
        Muon(matrices, settings.matrix_learning_rate, momentum=0.95, weight_decay=settings.weight_decay, dtype=dtype),
        torch.optim.AdamW(others, settings.other_learning_rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def schedule_factor(step: int, settings: BaseSettings) -> float:
    """Share of the peak learning rate at a step counted from 0: a linear rise, then a cosine to 0."""
    if step < settings.warmup_steps:
        return (step + 1) / settings.warmup_steps
    progress = (step - settings.warmup_steps) / (settings.num_steps - settings.warmup_steps)
    return 0.5 * (1 + math.cos(math.pi * progress))


def _train(model: LlamaForCausalLM, stream: Tensor, settings: BaseSettings) -> list[float]:
    """Train in place; return the loss of every step in nats per token."""
    dtype = torch.bfloat16 if has_fast_bfloat16() else torch.float32
    LOG.info("training %d parameters in %s on %d threads", model.num_parameters(), dtype, torch.get_num_threads())
    optimizers = _make_optimizers(model, settings, dtype)
    schedulers = [
        torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: schedule_factor(step, settings))
        for optimizer in optimizers
    ]
    losses: list[float] = []
    began = time.monotonic()
    model.train()
    for step, ids_BT in zip(range(1, settings.num_steps + 1), _batches(stream, settings), strict=False):
        losses.append(_take_step(model, ids_BT, optimizers, dtype))
        if not math.isfinite(losses[-1]):
            raise ValueError(f"the loss is {losses[-1]} at step {step}; lower the learning rates")
        for scheduler in schedulers:
            scheduler.step()
        _log_progress(step, losses[-1], time.monotonic() - began, settings)
    model.eval()
    return losses


def _take_step(
    model: LlamaForCausalLM, ids_BT: Tensor, optimizers: list[torch.optim.Optimizer], dtype: torch.dtype
) -> float:
    """One optimizer step on one batch; return the loss before it."""
    with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
        logits_BTV = model(input_ids=ids_BT[:, :-1], use_cache=False).logits
    loss = functional.cross_entropy(logits_BTV.float().flatten(0, 1), ids_BT[:, 1:].flatten())
    model.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in optimizers:
        optimizer.step()
    return loss.item()


def _log_progress(step: int, loss_nats: float, seconds: float, settings: BaseSettings) -> None:
    """Log one line about `NUM_LOG_LINES` times in a run, and at its end."""
    if step % max(1, settings.num_steps // NUM_LOG_LINES) and step != settings.num_steps:
        return
    speed = step * settings.batch_size * settings.context / seconds
    left = seconds / step * (settings.num_steps - step)
    PROGRESS.info(
        "base model: step %d of %d, loss %.3f nats per token, %.0f tokens/s, %s",
        step, settings.num_steps, loss_nats, speed, say_left(left),
    )  # fmt: skip
