"""A model's shape, read from its config.json: its linear layers by name, and what stands around them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

Config = Mapping[str, Any]

# In what order a block computes: what stands earlier needs no gradient unless an adapter stands before it.
QUERY_KEY_VALUE, ATTENTION_OUT, MLP_IN, MLP_OUT = range(4)


@dataclass(frozen=True)
class Linear:
    """A linear layer of a block.

    Attributes:
        name: Dotted name of the module, as peft sees it.
        layer: Number of its block, from 0.
        stage: Its place in the block, `QUERY_KEY_VALUE` to `MLP_OUT`.
    """

    name: str
    inputs: int
    outputs: int
    layer: int
    stage: int
    bias: bool = False

    @property
    def weights(self) -> int:
        """Parameters of its matrix."""
        return self.inputs * self.outputs

    @property
    def parameters(self) -> int:
        """Bias counted."""
        return self.weights + self.outputs * self.bias


@dataclass(frozen=True)
class Shape:
    """A decoder-only language model.

    Attributes:
        linears: The blocks' linear layers, in order; the head is not among them.
        mlp_size: Width inside the feed-forward part.
        attention_size: Heads × width of a head.
        norms_per_layer: Norms over the whole width in one block.
        tied: Whether the head is the embedding matrix.
        other_parameters: Of norms and learned positions.
        normed_heads_size: Width of queries and keys where they are normed per head, else 0.
        memory_known: Whether what its blocks save for the backward pass is known here. Not so for GPT-2, whose own
            dropout stays on.
        caps_attention: Whether attention scores are capped, as in Gemma 2: only eager attention does that.
        caps_logits: Whether logits are.
    """

    model_type: str
    linears: tuple[Linear, ...]
    vocab_size: int
    hidden_size: int
    mlp_size: int
    attention_size: int
    num_heads: int
    num_layers: int
    norms_per_layer: int
    tied: bool
    other_parameters: int
    normed_heads_size: int = 0
    memory_known: bool = True
    caps_attention: bool = False
    caps_logits: bool = False

    @property
    def head_weights(self) -> int:
        """Parameters of the head, which is also the size of the embeddings."""
        return self.vocab_size * self.hidden_size

    def block(self, layer: int) -> tuple[Linear, ...]:
        """The linear layers of one block."""
        size = len(self.linears) // self.num_layers
        return self.linears[layer * size : (layer + 1) * size]

    @property
    def head(self) -> Linear:
        """The head, which an adapter sits on only where it is named."""
        return Linear("lm_head", self.hidden_size, self.vocab_size, self.num_layers, QUERY_KEY_VALUE)

    @property
    def block_weights(self) -> int:
        """Parameters of the blocks' matrices."""
        return sum(linear.weights for linear in self.linears)

    @property
    def unquantized_parameters(self) -> int:
        """Embeddings, head, norms and biases, which no quantization touches."""
        biases = sum(linear.parameters - linear.weights for linear in self.linears)
        return self.head_weights * (1 if self.tied else 2) + self.other_parameters + biases

    @property
    def total_parameters(self) -> int:
        """All parameters of the base model."""
        return self.block_weights + self.unquantized_parameters


def read_shape(folder: Path) -> Shape:
    """The shape of the model in a local Hugging Face folder; only its config.json is read.

    Raises:
        ValueError: If there is no such file, if it is of an architecture that is not known here, or lacks a size.
    """
    file = folder / "config.json"
    if not file.is_file():
        raise ValueError(f"{folder}: no config.json, so the model's shape is not known")
    return shape_of(json.loads(file.read_text(encoding="utf-8")))


def shape_of(config: Config) -> Shape:
    """The shape that a model's configuration describes.

    Raises:
        ValueError: If the architecture is not known here, or a size is missing.
    """
    model_type = config.get("model_type")
    if model_type not in FAMILIES:
        raise ValueError(
            f"the plan does not know the architecture {model_type!r}: it can count tokens and steps, but no FLOPs, "
            f"memory or time; known: {', '.join(sorted(FAMILIES))}"
        )
    try:
        return FAMILIES[model_type](config)
    except (KeyError, TypeError) as error:
        raise ValueError(f"config.json of architecture {model_type} gives no usable {error}") from error


def _llama_like(
    config: Config, *, norms: int = 2, head_norms: bool = False, bias: bool | None = None, tied: bool = False
) -> Shape:
    """Blocks of q, k, v, o and a gated feed-forward part: the Llama family.

    Args:
        norms, head_norms: Over the whole width in one block; whether queries and keys are normed per head, too.
        bias: Whether q, k and v have one; None: as `attention_bias` says, and o with them.
        tied: What holds where config.json does not say whether the head is tied.
    """
    width, layers, heads = config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"]
    head_size = config.get("head_dim") or width // heads
    key_heads = config.get("num_key_value_heads") or heads
    attention, inner = heads * head_size, config["intermediate_size"]
    bias_in = bool(config.get("attention_bias")) if bias is None else bias
    bias_out, bias_mlp = bool(config.get("attention_bias")) and bias is None, bool(config.get("mlp_bias"))
    block = (
        Linear("self_attn.q_proj", width, attention, 0, QUERY_KEY_VALUE, bias_in),
        Linear("self_attn.k_proj", width, key_heads * head_size, 0, QUERY_KEY_VALUE, bias_in),
        Linear("self_attn.v_proj", width, key_heads * head_size, 0, QUERY_KEY_VALUE, bias_in),
        Linear("self_attn.o_proj", attention, width, 0, ATTENTION_OUT, bias_out),
        Linear("mlp.gate_proj", width, inner, 0, MLP_IN, bias_mlp),
        Linear("mlp.up_proj", width, inner, 0, MLP_IN, bias_mlp),
        Linear("mlp.down_proj", inner, width, 0, MLP_OUT, bias_mlp),
    )
    return Shape(
        model_type=config["model_type"],
        linears=_repeat(block, "model.layers", layers),
        vocab_size=config["vocab_size"],
        hidden_size=width,
        mlp_size=inner,
        attention_size=attention,
        num_heads=heads,
        num_layers=layers,
        norms_per_layer=norms,
        tied=bool(config.get("tie_word_embeddings", tied)),
        other_parameters=width * (norms * layers + 1) + layers * head_norms * 2 * head_size,
        normed_heads_size=head_norms * (attention + key_heads * head_size),
        caps_attention=config.get("attn_logit_softcapping") is not None,
        caps_logits=config.get("final_logit_softcapping") is not None,
    )


def _gpt2(config: Config) -> Shape:
    """GPT-2: q, k and v in one layer, biases everywhere, learned positions, head always tied."""
    width, layers = config["n_embd"], config["n_layer"]
    inner = config.get("n_inner") or 4 * width
    block = (
        Linear("attn.c_attn", width, 3 * width, 0, QUERY_KEY_VALUE, True),
        Linear("attn.c_proj", width, width, 0, ATTENTION_OUT, True),
        Linear("mlp.c_fc", width, inner, 0, MLP_IN, True),
        Linear("mlp.c_proj", inner, width, 0, MLP_OUT, True),
    )
    return Shape(
        model_type="gpt2",
        linears=_repeat(block, "transformer.h", layers),
        vocab_size=config["vocab_size"],
        hidden_size=width,
        mlp_size=inner,
        attention_size=width,
        num_heads=config["n_head"],
        num_layers=layers,
        norms_per_layer=2,
        tied=True,
        other_parameters=width * (2 * (2 * layers + 1) + config["n_positions"]),
        memory_known=False,
    )


# What config.json of an image–text model leaves out of its language model: defaults of the classes (transformers 5.23).
TEXT_DEFAULTS: dict[str, dict[str, int]] = {
    "gemma": {"vocab_size": 256_000, "head_dim": 256, "num_attention_heads": 16, "num_key_value_heads": 16},
    "gemma2": {
        "vocab_size": 256_000,
        "head_dim": 256,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "attn_logit_softcapping": 50,
        "final_logit_softcapping": 30,
    },
    "gemma3_text": {"vocab_size": 262_208, "head_dim": 256, "num_attention_heads": 8, "num_key_value_heads": 4},
}


def _image_text(config: Config) -> Shape:
    """The language model of PaliGemma or Gemma 3; vision tower and projector, which stay as they are, beside it."""
    text = config["text_config"]
    kind = text.get("model_type", "gemma")
    language = FAMILIES[kind]({"model_type": kind} | TEXT_DEFAULTS[kind] | text)
    prefix = "model.language_model.layers"
    return replace(
        language,
        model_type=config["model_type"],
        linears=tuple(
            replace(linear, name=linear.name.replace("model.layers", prefix, 1)) for linear in language.linears
        ),
        other_parameters=language.other_parameters
        + _tower_parameters(config)
        + _projector_parameters(config, language),
    )


def _tower_parameters(config: Config) -> int:
    """A SigLIP without its head: patches, positions, blocks with biases, and the last norm."""
    vision = config["vision_config"]
    width, inner, patch = vision["hidden_size"], vision["intermediate_size"], vision["patch_size"]
    # Queries, keys, values and output; two layers of the MLP; two norms, all with biases.
    block = 4 * (width * width + width) + 2 * width * inner + inner + width + 4 * width
    patches = vision.get("num_channels", 3) * patch**2 * width + width
    positions = (vision.get("image_size", 224) // patch) ** 2 * width
    return int(vision["num_hidden_layers"] * block + patches + positions + 2 * width)


def _projector_parameters(config: Config, language: Shape) -> int:
    """One layer with a bias (PaliGemma), or a matrix and a norm (Gemma 3)."""
    width = int(config["vision_config"]["hidden_size"])
    beside = width if config["model_type"] == "gemma3" else language.hidden_size
    return width * language.hidden_size + beside


def _repeat(block: tuple[Linear, ...], prefix: str, num_layers: int) -> tuple[Linear, ...]:
    return tuple(
        replace(linear, name=f"{prefix}.{layer}.{linear.name}", layer=layer)
        for layer in range(num_layers)
        for linear in block
    )


FAMILIES: dict[str, Callable[[Config], Shape]] = {
    "llama": _llama_like,
    "mistral": _llama_like,
    "qwen2": partial(_llama_like, bias=True),
    "qwen3": partial(_llama_like, head_norms=True),
    "gemma": partial(_llama_like, tied=True),
    "gemma2": partial(_llama_like, norms=4, tied=True),
    "gemma3_text": partial(_llama_like, norms=4, head_norms=True, tied=True),
    "gpt2": _gpt2,
    "paligemma": _image_text,
    "gemma3": _image_text,
}
