"""A small transformer from scratch: words and other modalities in one stack, or in an encoder with a decoder.

Pre-norm blocks with learned positions (Vaswani et al. 2017; Radford et al. 2019). Two layouts of one size:

- `prefix`: one stack, whose prompt sees itself both ways (prefix-LM, Raffel et al. 2020, section 3.2.1);
- `encoder_decoder`: the prompt goes through the encoder alone, the answer through the decoder, which looks at it.

A decoder block has a second attention. The feed-forward layers of the `prefix` layout are wider by so much that both
have the same number of parameters.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn.functional import gelu, linear, scaled_dot_product_attention
from transformers import PreTrainedConfig, PreTrainedModel

from further.models.modalities import Embedding, make_embedding


class OneConfig(PreTrainedConfig):
    """Sizes of the network, as config.json holds them.

    Attributes:
        layout: prefix or encoder_decoder.
        vocab_size: Words of the tokenizer and a few reserved ids behind them.
        added_words: Further ids, in an embedding of their own, for a modality that is added later.
        num_layers: Blocks; half of them are the encoder's.
        max_position_embeddings: Longest prompt or row.
        modalities: By name, `token`, `sizes` of its embedding, and `tower_layers`, blocks of its own before the stack.
    """

    model_type = "further_one"

    layout: str = "encoder_decoder"
    vocab_size: int = 64
    added_words: int = 0
    width: int = 96
    num_layers: int = 4
    num_heads: int = 4
    max_position_embeddings: int = 256
    image_token_index: int = 3
    modalities: dict[str, dict[str, Any]] | None = None
    tie_word_embeddings: bool = True


class Attention(nn.Module):
    """Attention of some vectors to others, or to themselves."""

    def __init__(self, width: int, num_heads: int) -> None:
        """Make the four projections, without biases."""
        super().__init__()
        self.num_heads = num_heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(width, width, bias=False) for _ in range(4))

    def forward(
        self, x_BTD: torch.Tensor, seen: torch.Tensor | None, others: torch.Tensor | None = None
    ) -> torch.Tensor:
        """`seen`: (B, 1, T, S) booleans, S positions of `others`."""
        source = x_BTD if others is None else others
        q, k, v = (
            project(values).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for project, values in ((self.q_proj, x_BTD), (self.k_proj, source), (self.v_proj, source))
        )
        mixed: torch.Tensor = self.o_proj(scaled_dot_product_attention(q, k, v, seen).transpose(1, 2).flatten(2))
        return mixed


class Block(nn.Module):
    """Attention to itself, to others where there are any, and a feed-forward layer."""

    def __init__(self, width: int, inner: int, num_heads: int, looks: bool = False) -> None:
        """Make the layers; `looks`: with an attention to others."""
        super().__init__()
        self.norms = nn.ModuleList(nn.RMSNorm(width) for _ in range(3 if looks else 2))
        self.attend = Attention(width, num_heads)
        self.look = Attention(width, num_heads) if looks else None
        self.up_proj, self.down_proj = nn.Linear(width, inner, bias=False), nn.Linear(inner, width, bias=False)

    def forward(
        self, x_BTD: torch.Tensor, seen: torch.Tensor | None, others: torch.Tensor | None = None,
        seen_others: torch.Tensor | None = None,
    ) -> torch.Tensor:  # fmt: skip
        """`others`: (B, S, D), of which each position sees `seen_others`, (B, 1, T, S)."""
        x_BTD = x_BTD + self.attend(self.norms[0](x_BTD), seen)
        if self.look is not None:
            x_BTD = x_BTD + self.look(self.norms[1](x_BTD), seen_others, others)
        added: torch.Tensor = self.down_proj(gelu(self.up_proj(self.norms[-1](x_BTD))))
        return x_BTD + added


class OneNetwork(PreTrainedModel):
    """The network; `further.models.one` makes a batch of rows into what it reads."""

    config_class = OneConfig
    base_model_prefix = ""
    _tied_weights_keys: dict[str, str] = {}  # noqa: RUF012 - as transformers declares it

    def __init__(self, config: OneConfig) -> None:
        """Make the network; `draw_weights` gives it its first weights."""
        super().__init__(config)
        width, heads = config.width, config.num_heads
        self.words = nn.Embedding(config.vocab_size, width)
        self.added = nn.Embedding(config.added_words, width) if config.added_words else None
        self.places = nn.Parameter(torch.zeros(2, config.max_position_embeddings, width))  # of prompt or row, answer
        known = config.modalities or {}
        parts = {name: make_embedding(name, width, of["sizes"]) for name, of in known.items()}
        self.embed = nn.ModuleDict(parts)
        self.towers = nn.ModuleDict(
            {
                name: nn.ModuleList(Block(width, 4 * width, heads) for _ in range(of["tower_layers"]))
                for name, of in known.items()
                if of.get("tower_layers")
            }
        )
        half = config.num_layers // 2
        # In width², a prefix block has 4 + 2·5 weights: the mean of an encoder's 4 + 2·4 and a decoder's 8 + 2·4.
        if config.layout == "prefix":
            self.encoder = nn.ModuleList(Block(width, 5 * width, heads) for _ in range(config.num_layers))
            self.decoder = nn.ModuleList()
        else:
            self.encoder = nn.ModuleList(Block(width, 4 * width, heads) for _ in range(half))
            self.decoder = nn.ModuleList(Block(width, 4 * width, heads, looks=True) for _ in range(half))
        self.norm = nn.RMSNorm(width)  # of what the head reads
        self.memory_norm = nn.RMSNorm(width) if len(self.decoder) else None  # of what the decoder looks at
        self.predict = nn.ModuleDict({name: nn.Linear(width, part.num_values) for name, part in parts.items()})
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Nothing: `draw_weights` draws them once, and all others are read."""

    def get_input_embeddings(self) -> nn.Module:
        """The words'."""
        return self.words

    def get_output_embeddings(self) -> None:
        """None: the head is the embeddings themselves (Press and Wolf 2017)."""

    def vectors_of(self, ids_BT: torch.Tensor, values: Mapping[str, torch.Tensor], hidden: Mapping[str, torch.Tensor]
    ) -> torch.Tensor:  # fmt: skip
        """Words and other modalities as vectors, (B, T, D), without their places in the row.

        Args:
            ids_BT: Words, and each modality's own token in the places of its vectors.
            values: Of the modalities, by their key, in the order of their places.
            hidden: Pieces that masked pre-training hides, likewise, (items, tokens).
        """
        vectors = self.words_of(ids_BT)
        for name, about in (self.config.modalities or {}).items():
            part: Any = self.embed[name]
            if part.key in values:
                pieces = part(values[part.key], hidden.get(part.key))
                tower: Any = self.towers[name] if name in self.towers else ()  # noqa: SIM401 - has no `get`
                for block in tower:
                    pieces = block(pieces, None)
                places = (ids_BT == about["token"])[..., None].expand_as(vectors)
                vectors = vectors.masked_scatter(places, pieces.to(vectors.dtype))
        return vectors

    def words_of(self, ids_BT: torch.Tensor) -> torch.Tensor:
        """Vectors of words, those that were added later too."""
        size = self.config.vocab_size
        if self.added is None:
            vectors: torch.Tensor = self.words(ids_BT)
            return vectors
        later = self.added((ids_BT - size).clamp_min(0))
        return torch.where((ids_BT >= size)[..., None], later, self.words(ids_BT.clamp_max(size - 1)))

    def read(self, vectors_BTD: torch.Tensor, seen_BTT: torch.Tensor) -> torch.Tensor:
        """Through the first stack and its norm, (B, T, D); `seen_BTT` says which positions see which."""
        hidden = vectors_BTD + self.places[0, : vectors_BTD.shape[1]]
        for block in self.encoder:
            hidden = block(hidden, seen_BTT[:, None])
        normed: torch.Tensor = (self.memory_norm or self.norm)(hidden)
        return normed

    def write(self, vectors_BTD: torch.Tensor, memory_BSD: torch.Tensor, seen_BS: torch.Tensor) -> torch.Tensor:
        """Through the decoder, from left to right, (B, T, D); of the encoder's output `seen_BS` is there."""
        size = vectors_BTD.shape[1]
        before = torch.ones(size, size, dtype=torch.bool, device=vectors_BTD.device).tril()[None, None]
        hidden = vectors_BTD + self.places[1, :size]
        for block in self.decoder:
            hidden = block(hidden, before, memory_BSD, seen_BS[:, None, None])
        normed: torch.Tensor = self.norm(hidden)
        return normed


class WordHead(nn.Module):
    """Hidden states to logits of all words, by the embeddings themselves."""

    def __init__(self, network: OneNetwork) -> None:
        """Keep the network, whose embeddings it reads."""
        super().__init__()
        self.network = network

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits, (..., words)."""
        tables = [self.network.words.weight, *([] if self.network.added is None else [self.network.added.weight])]
        # Embeddings are drawn with a deviation of 1 (`draw_weights`), so that first logits would have one of √width.
        logits: torch.Tensor = linear(hidden, torch.cat(tables)) * hidden.shape[-1] ** -0.5
        return logits


@torch.no_grad()
def draw_weights(network: nn.Module, num_layers: int) -> None:
    """Draw first weights: normal, of deviation 1 / √inputs; those that end a block smaller by √(2 · blocks).

    transformers' usual .02 learns no image in the few hundred steps of the demonstration.
    """
    for module in network.modules():
        if isinstance(module, nn.Linear):
            module.weight.normal_(0, module.in_features**-0.5)
        elif isinstance(module, nn.Embedding):
            module.weight.normal_(0, 1)
        elif isinstance(module, OneNetwork | Embedding):
            module.places.normal_(0, 0.3)
    for block in [module for module in network.modules() if isinstance(module, Block)]:
        for last in (block.down_proj, block.attend.o_proj, *([block.look.o_proj] if block.look else [])):
            last.weight.mul_((2 * num_layers) ** -0.5)
