"""The same measurement of a model without and with its adapter: one model in memory for both."""

from collections.abc import Callable
from typing import TypeVar

from further.models import Model

T = TypeVar("T")


def before_and_after(model: Model, measure: Callable[..., T], *arguments: object) -> tuple[T, T]:
    """Measure the base at the adapter's precision, then the adapted model (`further.models.load_adapted`)."""
    with model.network.disable_adapter():
        before = measure(model, *arguments)
    return before, measure(model, *arguments)
