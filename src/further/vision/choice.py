"""Which questions a run trains on, laid out as rows, and what became of the others. No torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from further.settings import Run
from further.shards import hash_rank
from further.tokens.choice import order_papers, take_fraction
from further.vision.prompts import Prompter
from further.vision.rows import Asked, Group, Row, ask, drop_twice, lay_out

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Questions:
    """The questions of a run, laid out, with what became of the others.

    Attributes:
        cases: Names of the cases, in the order in which growing fractions take them.
        num_questions: In the rows.
        num_labels: Tokens of their answers, ends counted.
        num_cut: Answers that were longer than their window.
        num_open: Answers without an end.
        num_twice: Dropped: the same was asked and answered about the same images.
        too_long: Dropped: case and reason, where a window holds no answer.
    """

    rows: list[Row]
    cases: list[str]
    num_questions: int
    num_labels: int
    num_cut: int
    num_open: int
    num_twice: int
    too_long: list[tuple[str, str]]


def choose_questions(lines: Sequence[Line], prompter: Prompter, run: Run) -> Questions:
    """Rows of the training questions of a run.

    Args:
        lines: Of QUESTIONS, those of the training split.
        run: Run fraction, seed, context, packing, answer_tokens and cut_answers.

    Raises:
        ValueError: If not one question fits.
    """
    cases = take_fraction(order_papers({line["case"] for line in lines}, run.seed), run.fraction)
    chosen = set(cases)
    return lay_out_questions([line for line in lines if line["case"] in chosen], prompter, run, cases)


def lay_out_questions(lines: Sequence[Line], prompter: Prompter, run: Run, cases: Sequence[str]) -> Questions:
    """Rows of some questions, as `choose_questions` describes."""
    asked: list[Asked] = []
    too_long: list[tuple[str, str]] = []
    for line in lines:
        try:
            asked.append(ask(line, prompter, run.context, run.answer_tokens, run.cut_answers))
        except ValueError as error:
            too_long.append((line["case"], str(error)))
    kept = drop_twice(asked)
    if not kept:
        why = f": {too_long[0][1]}" if too_long else ""
        raise ValueError(f"training.context: {run.context} holds none of {len(lines):,} questions{why}")

    # By a hash, not a shuffle: more cases, or another fraction, leave the order of the others as it was.
    def mix(group: Group) -> str:
        return hash_rank(run.seed, "rows", *group[0].images, *group[0].prompt.ids)

    return Questions(
        rows=lay_out(kept, run.context, run.packing, mix),
        cases=list(cases),
        num_questions=len(kept),
        num_labels=sum(len(one.labels) for one in kept),
        num_cut=sum(one.cut for one in kept),
        num_open=sum(one.labels[-1] != prompter.end for one in kept),
        num_twice=len(asked) - len(kept),
        too_long=too_long,
    )
