"""The toy: a byte-level BPE tokenizer and a Llama of two million parameters, trained from scratch in minutes.

It stands in for a real base model in tests and in a quick look at the workflow. Its figures say nothing about language
models.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch import Tensor
from torch.nn import functional
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from further.demo.steps import StepLines, final_loss, rise_and_fall

LOG = logging.getLogger(__name__)

BOS, EOS, PAD = "<|begin_of_text|>", "<|end_of_text|>", "<|pad|>"


@dataclass(frozen=True)
class ToySettings:
    """Sizes of the toy and of its training; the defaults are those of `model.source: toy`.

    Attributes:
        vocab_size: Tokens of the tokenizer, 256 bytes and 3 special ones included.
        hidden_size: Width; 4-bit quantization wants a multiple of 64.
        intermediate_size: Width of the feed-forward layers; a multiple of 64.
        max_positions: Longest context that the saved model accepts, in tokens.
        num_steps: Optimizer steps; fixed, so that two runs give the same weights.
        learning_rate: Peak of AdamW's; it rises over the first tenth of the steps and falls along a cosine.
        seed: Of the initial weights and of the order of the sequences.
    """

    vocab_size: int = 2048
    hidden_size: int = 192
    num_layers: int = 4
    num_heads: int = 4
    intermediate_size: int = 512
    max_positions: int = 512
    context: int = 256
    batch_size: int = 8
    num_steps: int = 320
    learning_rate: float = 3e-3
    seed: int = 0


def train_toy(documents: Sequence[str], folder: Path, settings: ToySettings) -> dict[str, float]:
    """Train a tokenizer and a small Llama on texts and save both as a Hugging Face folder.

    On one kind of processor the same texts, settings, library versions and number of torch threads give the same
    weights, bit for bit.

    Args:
        documents: Texts; together longer than one training sequence.

    Returns:
        num_parameters, num_unique_tokens (of the texts), num_trained_tokens, num_steps, final_train_loss_nats (mean of
        the last twentieth of the steps, nats per token).

    Raises:
        ValueError: If the texts are too short.
    """
    tokenizer = train_tokenizer(documents, settings.vocab_size)
    stream = torch.tensor(
        [i for ids in tokenizer(list(documents))["input_ids"] for i in [*ids, tokenizer.eos_token_id]]
    )
    if len(stream) <= settings.context:
        raise ValueError(f"the texts have {len(stream)} tokens; at least {settings.context + 1} are needed")
    model = make_model(tokenizer, settings)
    losses = _train(model, stream, settings)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return {
        "num_parameters": model.num_parameters(),
        "num_unique_tokens": len(stream),
        "num_trained_tokens": settings.num_steps * settings.batch_size * settings.context,
        "num_steps": settings.num_steps,
        "final_train_loss_nats": final_loss(losses),
    }


def train_tokenizer(documents: Sequence[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """Train a byte-level BPE tokenizer that, like Llama 3's, puts BOS before each text and EOS after none.

    Args:
        vocab_size: Tokens in all; fewer where the texts give fewer merges.

    Returns:
        The tokenizer, with ids 0, 1, 2 for BOS, EOS and padding.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[BOS, EOS, PAD],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),  # all bytes, so that no text is unknown
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


def make_model(tokenizer: PreTrainedTokenizerFast, settings: ToySettings) -> LlamaForCausalLM:
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
    with torch.random.fork_rng(devices=[]):  # what else the process draws does not depend on this seed
        torch.manual_seed(settings.seed)
        model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig.from_model_config(config)
    return model


def _batches(stream: Tensor, settings: ToySettings) -> Iterator[Tensor]:
    """Yield (batch, context + 1) ids without end, each sequence from a random place."""
    generator = torch.Generator().manual_seed(settings.seed)
    reach = torch.arange(settings.context + 1)
    while True:
        starts = torch.randint(len(stream) - settings.context, (settings.batch_size, 1), generator=generator)
        yield stream[starts + reach]


def _train(model: LlamaForCausalLM, stream: Tensor, settings: ToySettings) -> list[float]:
    """Train in place; return the loss of every step in nats per token."""
    LOG.info("training %d parameters on %d threads", model.num_parameters(), torch.get_num_threads())
    optimizer = torch.optim.AdamW(model.parameters(), settings.learning_rate, betas=(0.9, 0.95))
    warmup_steps = max(1, settings.num_steps // 10)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: rise_and_fall(step, warmup_steps, settings.num_steps)
    )
    losses: list[float] = []
    lines = StepLines("toy", "token", settings.num_steps, settings.batch_size * settings.context)
    model.train()
    for step, ids_BT in zip(range(1, settings.num_steps + 1), _batches(stream, settings), strict=False):
        logits_BTV = model(input_ids=ids_BT[:, :-1], use_cache=False).logits
        loss = functional.cross_entropy(logits_BTV.flatten(0, 1), ids_BT[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
        lines.note(step, losses[-1])
    model.eval()
    return losses
