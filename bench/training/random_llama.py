"""A folder with a Llama's shapes, random weights, a tokenizer of its vocabulary, and documents of random tokens.

config.json is written as transformers 4 has it, which 5 reads too: a peer may need either.
"""

import json
import math
from pathlib import Path
from typing import Any

Shape = dict[str, int]

LLAMA_8B: Shape = {
    "vocab_size": 128256,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
}
TINY: Shape = {
    "vocab_size": 512,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
CONFIG = {  # of Llama 3.1
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "attention_bias": False,
    "attention_dropout": 0.0,
    "hidden_act": "silu",
    "initializer_range": 0.02,
    "max_position_embeddings": 131072,
    "mlp_bias": False,
    "rms_norm_eps": 1e-05,
    "rope_theta": 500000.0,
    "rope_scaling": {
        "factor": 8.0,
        "high_freq_factor": 4.0,
        "low_freq_factor": 1.0,
        "original_max_position_embeddings": 8192,
        "rope_type": "llama3",
    },
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "use_cache": True,
}


def read_shape(name: str) -> Shape:
    """Shapes by name, or of a Llama's config.json."""
    if name in ("llama-3.1-8b", "tiny"):
        return TINY if name == "tiny" else LLAMA_8B
    config = json.loads(Path(name).read_text())
    if config.get("model_type") != "llama":
        raise SystemExit(f"--shapes {name}: model_type is {config.get('model_type')!r}; allowed: llama")
    return {key: config[key] for key in LLAMA_8B}


def special_ids(shape: Shape) -> tuple[int, int]:
    """BOS and EOS, behind all other tokens: 128000 and 128001 of Llama 3.1."""
    first = shape["vocab_size"] - (256 if shape["vocab_size"] > 1000 else 8)
    return first, first + 1


def make_folder(folder: Path, shape: Shape) -> None:
    """Draw the weights where there is a GPU on it, and write everything that a tool reads."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    begin, end = special_ids(shape)
    config = json.dumps(CONFIG | shape | {"bos_token_id": begin, "eos_token_id": end})
    (folder / "config.json").write_text(config)
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        model = LlamaForCausalLM(LlamaConfig.from_pretrained(folder))
    torch.set_default_dtype(torch.float32)
    model.save_pretrained(folder)
    (folder / "config.json").write_text(config)
    make_tokenizer(folder, shape)


def make_tokenizer(folder: Path, shape: Shape) -> None:
    """A byte-level BPE without merges, filled up to the vocabulary."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

    begin, _ = special_ids(shape)
    words = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *(f"@{number}" for number in range(begin))][:begin]
    tokenizer = Tokenizer(models.BPE({word: number for number, word in enumerate(words)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|finetune_right_pad_id|>"]
    names += [f"<|reserved_{number}|>" for number in range(shape["vocab_size"] - begin - len(names))]
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    template = processors.TemplateProcessing(single=f"{names[0]} $A", special_tokens=[(names[0], begin)])
    tokenizer.post_processor = template
    tokenizer.save(str(folder / "tokenizer.json"))
    named = dict(zip(("bos_token", "eos_token", "pad_token"), names, strict=False))
    (folder / "special_tokens_map.json").write_text(json.dumps(named))
    about: dict[str, Any] = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 131072}
    (folder / "tokenizer_config.json").write_text(json.dumps(about | named))


def draw_documents(num_tokens: int, mean: float, shape: Shape) -> list[list[int]]:
    """At least so many tokens in documents without special tokens: lengths lognormal, tokens by Zipf's law."""
    import numpy as np

    draw, (usable, _) = np.random.default_rng(1), special_ids(shape)
    weights = 1 / np.arange(1, usable + 1) ** 1.05
    reach, order = np.cumsum(weights / weights.sum()), draw.permutation(usable)
    documents: list[list[int]] = []
    while num_tokens > 0:
        length = max(16, int(draw.lognormal(math.log(mean) - 0.125, 0.5)))
        places = np.minimum(np.searchsorted(reach, draw.random(length)), usable - 1)
        documents.append(order[places].tolist())
        num_tokens -= length
    return documents


def flops_per_token(shape: Shape, context: int, rank: int) -> float:
    """Of a LoRA step without recomputation: 4 N + 6 N_lora + 3 attention, N being the weights in matrix products.

    Causal attention is counted half: 2 L d T for a forward pass.
    """
    hidden, inner, layers = shape["hidden_size"], shape["intermediate_size"], shape["num_hidden_layers"]
    heads = hidden // shape["num_attention_heads"] * shape["num_key_value_heads"]
    weights = layers * (2 * hidden * hidden + 2 * hidden * heads + 3 * hidden * inner) + hidden * shape["vocab_size"]
    adapters = rank * layers * (2 * 2 * hidden + 2 * (hidden + heads) + 3 * (hidden + inner))
    return float(4 * weights + 6 * adapters + 3 * 2 * layers * hidden * context)
