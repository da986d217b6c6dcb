"""Questions laid out as rows: what a model computes in one go, with images where their features go.

A group is the images of a question and what is asked about them. Gemma 3's images do not see questions, so that all
questions of an image make one group: with 256 image tokens and 15 of text, seven are 361 positions instead of 1,897.
PaliGemma's do, and each of its groups is one question. A row is one group, or as many as fit the context.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from further.cases.lengths import fit_answer, room_for_answer
from further.tokens.packing import IGNORED
from further.vision.prompts import Prompt, Prompter

COLUMNS = ("input_ids", "labels", "position_ids", "groups", "branches", "blocks")
"""What a position of a row has: the first three as a model reads them, labels at the position that predicts them; the
others say who sees whom, see `further.models.masks`."""
Line = Mapping[str, Any]
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Asked:
    """A question as tokens.

    Attributes:
        images: Names of the images, in the order of their places.
        labels: The answer, with the token that ends it unless it is left open.
        cut: Whether the answer was longer than its window.
    """

    case: str
    images: tuple[str, ...]
    prompt: Prompt
    labels: tuple[int, ...]
    cut: bool

    @property
    def own_length(self) -> int:
        """Positions beside what its group shares: the last label is no input."""
        return len(self.prompt.ids) - self.prompt.shared + len(self.labels) - 1

    @property
    def length(self) -> int:
        """Positions of a row of its own."""
        return self.prompt.shared + self.own_length


Group = Sequence[Asked]


@dataclass(frozen=True)
class Row:
    """A row: what stands at each position, and its images in order.

    Attributes:
        columns: Of `COLUMNS`, (T,) each.
        images: Names.
        cases: Of its questions.
    """

    columns: Mapping[str, Ids]
    images: tuple[str, ...]
    cases: tuple[str, ...]

    def __len__(self) -> int:
        """Number of positions."""
        return len(self.columns["input_ids"])

    @property
    def num_labels(self) -> int:
        """Positions that predict a token of an answer."""
        return int((self.columns["labels"] != IGNORED).sum())


def ask(
    line: Line, prompter: Prompter, context: int, answer_tokens: int | None = None, cut_answers: str = "sentence"
) -> Asked:
    """A question with its answer, which is cut to what the context and the answer's own window leave.

    Args:
        context: Longest row, image tokens counted.
        answer_tokens: Longest answer, its end not counted; None: what the context leaves.
        cut_answers: sentence: a cut answer stops after its last full sentence, and ends. bare: it stops at the window
            and does not end, as a tokenizer's `truncation=True` leaves it.

    Raises:
        ValueError: If the context leaves no room for an answer, or not one word of it fits.
    """
    # Room and cut are those of `further.cases.lengths`, by which the cases stage counts what a window would cut.
    prompt = prompter.prompt(line)
    room = room_for_answer(context, prompt.num_image_tokens, len(prompt.ids) - prompt.num_image_tokens)
    window = room if answer_tokens is None else min(room, answer_tokens)
    whole = prompter.answer(line["answer"])
    if len(whole) <= window or cut_answers == "sentence":
        text, cut = fit_answer(line["answer"], window, prompter.count)
        labels = [*prompter.answer(text), prompter.end]
    else:
        labels, cut = whole[:window], True
    return Asked(line["case"], tuple(line["images"]), prompt, tuple(labels), cut)


def drop_twice(asked: Iterable[Asked]) -> list[Asked]:
    """Questions without those that ask and answer the same about the same images as an earlier one."""
    first: dict[Any, Asked] = {}
    for one in asked:
        first.setdefault((one.images, one.prompt.ids, one.labels), one)
    return list(first.values())


def group_questions(asked: Iterable[Asked], context: int) -> list[list[Asked]]:
    """Questions whose images need not be computed twice, together as far as they fit; others alone.

    Args:
        asked: In any order, which is kept within a group.
        context: Longest group.
    """
    groups: list[list[Asked]] = []
    last: dict[Any, list[Asked]] = {}
    for one in asked:
        key = (one.images, one.prompt.ids[: one.prompt.shared])
        group = last.get(key) if one.prompt.shared else None
        if group is None or _length(group) + one.own_length > context:
            group = last[key] = []
            groups.append(group)
        group.append(one)
    return groups


def _length(group: Group) -> int:
    return group[0].prompt.shared + sum(one.own_length for one in group)


def fill_rows(groups: Sequence[Group], context: int) -> list[list[Group]]:
    """Groups by row, in their order: as many as fit."""
    rows: list[list[Group]] = []
    left = 0
    for group in groups:
        if _length(group) > left:
            rows.append([])
            left = context
        rows[-1].append(group)
        left -= _length(group)
    return rows


def lay_out(asked: Sequence[Asked], context: int, packing: bool, mix: Callable[[Group], Any]) -> list[Row]:
    """Rows of questions.

    Args:
        asked: Questions, each of the context's length at most, as `ask` makes them.
        context: Longest row.
        packing: Whether a row holds as many groups as fit, and a group as many questions; else a row is one question.
        mix: Key that groups are sorted by before they share rows, so that a row is not all of one case.
    """
    if not packing:
        return [make_row([[one]]) for one in asked]
    groups = sorted(group_questions(asked, context), key=mix)
    return [make_row(row) for row in fill_rows(groups, context)]


def make_row(groups: Sequence[Group]) -> Row:
    """The row of some groups."""
    positions: list[tuple[int, int, int, int, int, int]] = []
    for number, group in enumerate(groups):
        prompt = group[0].prompt
        # Branch 0 stands once, and all questions of the group see it; they do not see each other.
        for place in range(prompt.shared):
            positions.append((prompt.ids[place], IGNORED, place, number, 0, prompt.blocks[place]))
        for branch, one in enumerate(group, start=1):
            positions += _branch(one, number, branch)
    columns = dict(zip(COLUMNS, np.array(positions, dtype=np.int64).T, strict=True))
    images = tuple(name for group in groups for name in group[0].images)
    cases = tuple(dict.fromkeys(one.case for group in groups for one in group))
    return Row(columns, images, cases)


def _branch(one: Asked, group: int, branch: int) -> list[tuple[int, int, int, int, int, int]]:
    """A question's own positions: the rest of its prompt, whose last one predicts, and its answer but for the last."""
    shared, rest = one.prompt.shared, len(one.prompt.ids) - one.prompt.shared
    ids = [*one.prompt.ids[shared:], *one.labels[:-1]]
    labels = [IGNORED] * (rest - 1) + list(one.labels)
    blocks = [*one.prompt.blocks[shared:], *[-1] * (len(one.labels) - 1)]  # an answer is in no block that sees all
    return [
        (token, label, shared + place, group, branch, block)
        for place, (token, label, block) in enumerate(zip(ids, labels, blocks, strict=True))
    ]
