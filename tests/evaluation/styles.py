"""Tiny models with the tokenizers of four families, as Hugging Face folders made in the test."""

import json

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    GemmaTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Tokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaTokenizer,
    PreTrainedTokenizerFast,
)

TEXT = (
    "The heart of a donor is kept cold while it travels. Rejection is graded on a biopsy of the right ventricle.\n\n"
    "A pump may carry the patient until a heart is found: 5 mg of tacrolimus, β-blockers and 37 °C. "
    "Exercise is safe after transplantation and helps the heart. Naïve T cells see the graft — and attack it.\n"
)
SIZE = {"vocab_size": 400, "initializer_range": 0.25}  # wide enough for what stands before a token to matter
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def save_style(style, folder):
    """Save the model and the tokenizer of a style; returns the folder."""
    torch.manual_seed(0)
    tokenizer, model = STYLES[style]()
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


def llama_2():
    """BPE over ▁ with byte fallback, a space put before the text, BOS added."""
    vocab, merges = _train_spaced(["<unk>", "<s>", "</s>"])
    return LlamaTokenizer(vocab=vocab, merges=merges, add_bos_token=True), _llama(1, 2)


def llama_3():
    """BPE over bytes with BOS added by the post-processor of tokenizer.json."""
    from tokenizers.processors import TemplateProcessing

    tokenizer = _train_bytes(["<|begin|>", "<|end|>"])
    tokenizer.post_processor = TemplateProcessing(single="<|begin|> $A", special_tokens=[("<|begin|>", 0)])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|begin|>", eos_token="<|end|>")
    return fast, _llama(0, 1)


def gpt_2():
    """BPE over bytes; BOS is named, the same as EOS, and never added."""
    state = json.loads(_train_bytes(["<|endoftext|>"]).to_str())["model"]
    tokenizer = GPT2Tokenizer(vocab=state["vocab"], merges=[tuple(merge) for merge in state["merges"]])
    config = GPT2Config(n_embd=32, n_layer=2, n_head=2, n_positions=128, bos_token_id=0, eos_token_id=0, **SIZE)
    return tokenizer, GPT2LMHeadModel(config)


def gemma_2():
    """BPE over ▁ with byte fallback, nothing put before the text, BOS added, logits capped."""
    vocab, merges = _train_spaced(["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"])
    config = Gemma2Config(
        **_shape(), head_dim=16, final_logit_softcapping=2.0, pad_token_id=0, eos_token_id=1, bos_token_id=2, **SIZE
    )
    return GemmaTokenizer(vocab=vocab, merges=merges, add_bos_token=True), Gemma2ForCausalLM(config)


def bloom():
    """BPE over bytes; BOS is named, another than EOS, and never added."""
    tokenizer = _train_bytes(["<s>", "</s>"])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>"), _llama(0, 1)


STYLES = {"llama 2": llama_2, "llama 3": llama_3, "gpt 2": gpt_2, "gemma 2": gemma_2, "bloom": bloom}


def _llama(bos, eos):
    return LlamaForCausalLM(LlamaConfig(**_shape(), bos_token_id=bos, eos_token_id=eos, **SIZE))


def _shape():
    return {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 128,
    }


def _train_bytes(special):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([TEXT] * 3, trainer)
    return tokenizer


def _train_spaced(special):
    """Vocabulary and merges over ▁; rare characters fall back to bytes."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=special + BYTES, limit_alphabet=40, show_progress=False
    )
    tokenizer.train_from_iterator([TEXT] * 3, trainer)
    state = json.loads(tokenizer.to_str())["model"]
    return state["vocab"], [tuple(merge) for merge in state["merges"]]
