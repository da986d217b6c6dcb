"""The same measurement of a model without and with its adapter: one model in memory for both."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def before_and_after(model: Any, measure: Callable[..., T], *arguments: Any) -> tuple[T, T]:
    """Measure the base at the adapter's precision, then the adapted model.

    Args:
        model: A model with an adapter, as `further.models.load_adapted` returns it.
        measure: Called with the model and the arguments.
        *arguments: Of the measurement.

    Returns:
        What it gave without and with the adapter.
    """
    with model.disable_adapter():
        before = measure(model, *arguments)
    return before, measure(model, *arguments)
