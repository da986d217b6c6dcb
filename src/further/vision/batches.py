"""Rows as the tensors that a model takes."""

from collections.abc import Sequence
from typing import Protocol

import torch

from further.tokens.packing import IGNORED
from further.vision.rows import COLUMNS, Row

Tensors = dict[str, torch.Tensor]
FILL = {"labels": IGNORED, "groups": -1, "blocks": -1}  # what positions beyond a row's end have; all else 0


class Images(Protocol):
    """Images by name, each as one tensor."""

    @property
    def key(self) -> str:
        """What a batch calls them: image_features, pixel_values, or another modality's key."""

    def __getitem__(self, name: str) -> torch.Tensor:
        """One image: (tokens, D) features or (3, height, width) pixels."""


def to_tensors(row: Row, images: Images) -> Tensors:
    """One row, (T,) each, and its images, (images, ...)."""
    tensors = {name: torch.from_numpy(values.copy()) for name, values in row.columns.items()}
    return tensors | ({images.key: torch.stack([images[name] for name in row.images])} if row.images else {})


def collate(rows: Sequence[Tensors]) -> Tensors:
    """Rows as one batch, (B, T), filled up at their ends; images of all rows one after the other."""
    longest = max(len(row["input_ids"]) for row in rows)
    batch: Tensors = {}
    for name in COLUMNS:
        batch[name] = torch.stack(
            [torch.nn.functional.pad(row[name], (0, longest - len(row[name])), value=FILL.get(name, 0)) for row in rows]
        )
    # Text alone has no images: their keys are those that some rows have.
    for key in dict.fromkeys(key for row in rows for key in row if key not in COLUMNS):
        batch[key] = torch.cat([row[key] for row in rows if key in row])
    return batch
