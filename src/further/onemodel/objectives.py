"""Pre-training on images with captions: what a model is shown of them, and what it has to say.

- captions: the image, and the caption to write: a prefix-LM (Raffel et al. 2020, section 3.2.1).
- spans: the caption with spans of it replaced by marks, and the spans to write (T5, Raffel et al. 2020, section 3.1.4:
  15 % of the tokens, 3 a span on average).
- mixture: UL2's three denoisers (Tay et al. 2023, table 1), each with its mark: R as `spans`; X with half of the tokens
  gone; S, where the caption is to be ended.
- patches: half of the image's pieces hidden, and their pixels to predict. He et al. (2022) hide 75 % of 196; a
  phantom has 16 pieces. The error is that of pixels, not normalized by piece.
- patches_captions: an image's pieces and another's caption in turn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch

from further.models import Batch, Model
from further.models.one import HIDDEN, OneModel
from further.onemodel.folders import RESERVED
from further.onemodel.rows import Interleaved, LazyRows
from further.shards import hash_rank
from further.tokens.packing import IGNORED
from further.training.answers import AnswerRows
from further.training.examples import Example, Examples
from further.vision.batches import to_tensors
from further.vision.images import Held
from further.vision.prompts import Line, Prompter
from further.vision.rows import Asked, Row, ask, make_row

Draw = np.random.Generator
Tokens = Sequence[int]
Pair = tuple[list[int], list[int]]  # what is shown of a caption, and what is to be written
Change = Callable[[Tokens, Tokens, Draw], Pair]

DENSITY, MEAN_SPAN = 0.15, 3.0  # of T5
EXTREME = 0.5  # of UL2's X
HIDDEN_FRACTION = 0.5  # of the pieces of an image
SPAN_MARKS = 5  # reserved ids that stand for spans; three more name UL2's objectives


def corrupt(tokens: Tokens, density: float, mean_span: float, marks: Tokens, draw: Draw) -> Pair:
    """Replace spans by marks.

    T5's own code always ends a text with a span. A short caption has one span, which would always be its end.

    Args:
        tokens: Of a text, at least two.
        density: Fraction of the tokens that goes.
        marks: In order; there are no more spans than marks.

    >>> corrupt([11, 12, 13, 14], 0.5, 2, [90], np.random.default_rng(0))
    ([11, 12, 90], [90, 13, 14])
    """
    number = min(max(1, round(density * len(tokens))), len(tokens) - 1)
    spans = max(1, min(round(number / mean_span), len(marks), number, len(tokens) - number))
    lengths = _cut(number, spans, draw)
    # Kept before, between and behind the spans. The parts at both ends may be empty, so that any token can be hidden.
    first, *middle, last = _cut(len(tokens) - number + 2, spans + 1, draw)
    between = [first - 1, *middle, last - 1]
    shown: list[int] = []
    written: list[int] = []
    place = 0
    for turn, kept in enumerate(between):
        shown += tokens[place : place + kept]
        place += kept
        if turn < spans:
            shown.append(marks[turn])
            written += [marks[turn], *tokens[place : place + lengths[turn]]]
            place += lengths[turn]
    return shown, written


def _cut(total: int, parts: int, draw: Draw) -> list[int]:
    """A number as a sum of so many parts, none of them 0."""
    ends = np.sort(draw.choice(total - 1, parts - 1, replace=False) + 1) if parts > 1 else np.array([], dtype=int)
    return [int(size) for size in np.diff([0, *ends, total])]


def spans(tokens: Tokens, marks: Tokens, draw: Draw) -> Pair:
    """T5's span corruption."""
    return corrupt(tokens, DENSITY, MEAN_SPAN, marks[:SPAN_MARKS], draw)


def mixture(tokens: Tokens, marks: Tokens, draw: Draw) -> Pair:
    """One of UL2's denoisers, each as often."""
    kind = int(draw.integers(3))
    if kind == 2:
        end = int(draw.integers(1, len(tokens)))
        shown, written = list(tokens[:end]), list(tokens[end:])
    else:
        shown, written = corrupt(tokens, (DENSITY, EXTREME)[kind], MEAN_SPAN, marks[:SPAN_MARKS], draw)
    return [marks[SPAN_MARKS + kind], *shown], written


@dataclass(frozen=True)
class Captions:
    """How captions become rows.

    Attributes:
        context: Longest row; a longer caption is cut.
        seed: Of what is hidden.
    """

    prompter: Prompter
    images: Held
    context: int
    seed: int

    def whole(self, lines: Sequence[Line], turn: int) -> Row:
        """The caption after its image."""
        return make_row([[self._ask(lines[turn % len(lines)])]])

    def nothing(self, lines: Sequence[Line], turn: int) -> Row:
        """An image and nothing to say of it."""
        return make_row([[replace(self._ask(lines[turn % len(lines)]), labels=(IGNORED,))]])

    def denoised(self, change: Change, lines: Sequence[Line], turn: int) -> Row:
        """A caption with a part of it gone, after the image and before the prompt's last token."""
        asked, words = self._ask(lines[turn % len(lines)]), self.prompter.tokenizer.get_vocab_size()
        *tokens, end = asked.labels
        if len(tokens) < 2:
            return make_row([[asked]])
        shown, written = change(tokens, range(words, words + RESERVED), np.random.default_rng([self.seed, turn]))
        ids = (*asked.prompt.ids[:-1], *shown, asked.prompt.ids[-1])
        prompt = replace(asked.prompt, ids=ids, blocks=(0,) * len(ids))
        return make_row([[replace(asked, prompt=prompt, labels=(*written, end))]])

    def _ask(self, line: Line) -> Asked:
        return ask(line, self.prompter, self.context)


def make_examples(objective: str, captions: Captions, lines: Sequence[Line], number: int) -> Examples:
    """Examples of an objective, listed above, from questions for captions of one image each."""
    about = (
        objective,
        captions.seed,
        captions.images.digest(),
        *(f"{line['case']} {line['answer']}" for line in lines),
    )
    how = (number, captions.images, hash_rank(*about)[:16])
    if objective in ("spans", "mixture"):
        return LazyRows(partial(captions.denoised, spans if objective == "spans" else mixture, lines), *how)
    whole = LazyRows(partial(captions.whole, lines), *how)
    if objective == "captions":
        return whole
    pieces = HiddenPieces(partial(captions.nothing, lines), *how, captions.seed)
    return pieces if objective == "patches" else Interleaved([pieces, whole], number)


class HiddenPieces(LazyRows):
    """Images with some of their pieces hidden. Labels mark these places, to be counted; their values are unused."""

    def __init__(self, make: Callable[[int], Row], number: int, images: Held, digest: str, seed: int) -> None:
        """Remember the seed of what is hidden."""
        super().__init__(make, number, images, digest)
        self.seed, first = seed, self.rows[0].columns["input_ids"]
        self.num_pieces = int((first == first[0]).sum())  # images stand first

    @property
    def efficiency(self) -> float:
        """Of the pieces alone."""
        return HIDDEN_FRACTION

    def __getitem__(self, number: int) -> Example:
        """A row whose image has hidden pieces."""
        row = self.make(number)
        example = to_tensors(row, self.images)
        ids = row.columns["input_ids"]
        places = torch.from_numpy(np.flatnonzero(ids == ids[0]))
        draw = np.random.default_rng([self.seed, number])
        hidden = torch.from_numpy(draw.permutation(len(places)) < HIDDEN_FRACTION * len(places))
        example["labels"][places[hidden]] = 0
        return example | {HIDDEN + self.images.key: hidden[None]}

    def collate(self, examples: Sequence[Example]) -> dict[str, torch.Tensor]:
        """As of questions; of an image without hidden pieces it is noted that it has none."""
        key = HIDDEN + self.images.key
        nothing = {key: torch.zeros(1, self.num_pieces, dtype=torch.bool)}
        return AnswerRows.collate([nothing | example for example in examples])

    @staticmethod
    def sum_loss(model: Model, batch: Batch) -> torch.Tensor:
        """Mean squared errors of the hidden pieces, and cross-entropy of answers, summed."""
        assert isinstance(model, OneModel)
        [key] = [name for name in batch if name.startswith(HIDDEN)]
        has_pieces_B = batch[key].any(dim=1)
        loss = torch.zeros((), device=model.device)
        if bool(has_pieces_B.any()):
            parts = {name: values[has_pieces_B] for name, values in batch.items()}
            predicted, there = model.predict_pieces(parts, "image")
            loss = loss + ((predicted - there) ** 2).mean(dim=-1)[parts[key]].sum()
        if not bool(has_pieces_B.all()):
            texts = {name: values[~has_pieces_B] for name, values in batch.items() if name != key}
            loss = loss + AnswerRows.sum_loss(model, texts)
        return loss
