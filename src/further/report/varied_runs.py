"""Runs of any kind of study by the settings in which they differ from the default run."""

from collections.abc import Mapping
from typing import NamedTuple

from further.records.answers import AnswersRecord
from further.records.comparison import Comparison

SEED = "seed"
DEFAULT = "default run"


class Varied(NamedTuple):
    """A run and what it differs in: names and values of its settings, and both together in a reader's words."""

    setting: str
    value: str
    run: str
    label: str


def list_varied(record: Comparison | AnswersRecord, own_figure: set[str]) -> list[Varied]:
    """Runs that differ from the default one in settings without a figure of their own, numbers by size.

    Where a sweep moved several settings at once, their names and values are joined. Runs of other seeds are among
    them: they show the effect of the seed alone. A seed beside another setting shows neither's effect.
    """
    found = []
    for run in record.runs:
        values = record.differing(run)
        # A seed that moved together with another setting hides which of the two had an effect.
        if not values or set(values) & own_figure or (SEED in values and len(values) > 1):
            continue
        varied = Varied(", ".join(values), ", ".join(map(show_value, values.values())), run, say_settings(values))
        found.append((varied.setting, [_by_size(value) for value in values.values()], run, varied))
    return [varied for *_, varied in sorted(found, key=lambda one: one[:3])]


def say_settings(values: Mapping[str, object]) -> str:
    """Settings and their values in a reader's words: `answer tokens 8, cut answers bare`."""
    return ", ".join(say_setting(name, value) for name, value in values.items())


def say_setting(name: str, value: object) -> str:
    """One setting and its value: `target modules q_proj + v_proj`."""
    return f"{name.replace('_', ' ')} {show_value(value)}"


def show_value(value: object) -> str:
    """A setting's value in a reader's words, the names of a list joined by plus signs."""
    return " + ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _by_size(value: object) -> tuple[float, str]:
    """A key that sorts numbers by size and all else by name."""
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))
