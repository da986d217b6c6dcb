"""The base model as a card names it: by its hub id and commit where these are known."""

import re
from dataclasses import dataclass

from further.settings import ModelSettings
from further.study import find_model

DEMO_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"
CACHED = re.compile(r"models--(?P<owner>[^/]+?)--(?P<name>[^/]+)/snapshots/(?P<commit>[0-9a-f]{40})/?$")
"""Where the hub's own cache keeps a model: a folder that says which model it is."""


@dataclass(frozen=True)
class Base:
    """The base model, as a card names it.

    Attributes:
        name: Its hub id where that is known, else the name that the study gave it.
        folder: Its folder in the study, or a placeholder.
    """

    name: str
    hub: bool
    revision: str | None
    folder: str


def name_base_model(model: ModelSettings) -> Base:
    """The base model's hub id and commit, also of a folder in the hub's own cache; else its name and folder."""
    if model.source == "hub":
        return Base(model.path or "", True, model.revision, "")
    cached = CACHED.search(model.path or "")
    if cached:
        return Base(f"{cached['owner']}/{cached['name']}", True, cached["commit"], "")
    name = DEMO_ID if model.source == "demo" else model.name
    folder = f"path/to/{model.name}" if model.source == "folder" else str(find_model(model))
    return Base(name, False, None, folder)
