"""Options of a run that exclude each other: refused by name, with the reason, before anything runs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Run = Mapping[str, Any]


def find_conflicts(run: Run) -> Iterator[str]:
    """What is wrong with a run's options, taken together; one line each.

    Args:
        run: All settings of the run.
    """
    quantization, initialization = run["quantization"], run["initialization"]
    if initialization == "pissa" and quantization != "none":
        yield (
            f"training.initialization: pissa is not allowed with quantization {quantization}: it trains on the base "
            "less its main directions, which quantizes to other weights than the base that the adapter is for; set none"
        )
    if initialization == "loftq" and quantization != "nf4":
        yield (
            f"training.initialization: loftq is not allowed with quantization {quantization}: it starts from what nf4 "
            "lost of the weights; set nf4"
        )
    if initialization == "loftq" and run["dora"]:
        yield (
            "training.initialization: loftq is not allowed with dora: magnitudes are taken from the weights before the "
            "adapter holds what nf4 lost; set dora false"
        )
    if run["dora"] and quantization == "int8":
        yield (
            "training.dora: true is not allowed with quantization int8: peft (0.21) loses the scales of 8-bit weights "
            "when it takes their magnitudes on the CPU; set nf4 or none"
        )
    yield from _bad_expression(run["target_modules"])


def find_conflict_with_law(run: Run) -> Iterator[str]:
    """What a run of the data sweep must not do."""
    if run["patience"] is not None:
        yield (
            f"training.patience: {run['patience']} is not allowed in sweeps.data: a run that stops early ends before "
            "its learning rate does, and the scaling law compares runs that went their length; set null"
        )


def _bad_expression(target: str | list[str]) -> Iterator[str]:
    if isinstance(target, str):
        try:
            re.compile(target)
        except re.error as error:
            yield f"training.target_modules: {target!r} is no regular expression: {error}"
