"""Images as a model takes them: features computed once for the whole study, or pixels where the tower is trained."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

from further.cases.kept_pictures import load_images
from further.digests import digest_sampled
from further.io import write_atomically
from further.memory import explain_memory
from further.model_folder import IMAGE_FAMILIES
from further.models import Model
from further.models.encoder_decoder import EncoderDecoder
from further.models.image_text import ImageText
from further.shards import hash_rank

BATCH = 16  # images per pass through the tower

Places = Mapping[str, tuple[str, str]]
"""By an image's name, its shard and its key there."""

Seeing = ImageText | EncoderDecoder
"""Models that read images: both have `encode_images`."""


class ImageProcessor:
    """A model's own: resized, scaled and normalized as the tower was trained."""

    def __init__(self, folder: Path) -> None:
        """Read the processor of a model's folder, the one that needs no torchvision: both give other pixels."""
        from transformers import AutoImageProcessor

        self.process = AutoImageProcessor.from_pretrained(folder, local_files_only=True, backend="pil")

    def __call__(self, png: bytes) -> torch.Tensor:
        """Pixels of one image, (3, height, width); gray values stand in all three channels."""
        return self.of_image(Image.open(io.BytesIO(png)))

    def of_image(self, image: Image.Image) -> torch.Tensor:
        """Pixels of an image that is open."""
        pixels: torch.Tensor = self.process(images=image.convert("RGB"), return_tensors="pt")["pixel_values"][0]
        return pixels

    def black(self) -> torch.Tensor:
        """Pixels of an image without anything on it."""
        return self.of_image(Image.new("RGB", (64, 64)))


def need_images(model: Model) -> Seeing:
    """A model that answers questions about images.

    Raises:
        ValueError: If it reads text alone.
    """
    if not isinstance(model, Seeing):
        known = ", ".join(IMAGE_FAMILIES)
        raise ValueError(f"model: {model.kind} reads no images; a study of images needs one of {known}")
    return model


@torch.no_grad()
def compute_features(
    model: Seeing, processor: ImageProcessor, pictures: Iterable[tuple[str, bytes]]
) -> Iterator[tuple[str, torch.Tensor]]:
    """Features of pictures, a few at a time.

    Args:
        pictures: Key and PNG file.

    Yields:
        Key and features, (tokens, D), on the processor.
    """
    waiting = iter(pictures)
    while batch := list(islice(waiting, BATCH)):
        doing = f"computing the features of {len(batch)} images at a time"
        with explain_memory(doing, "use a GPU with more memory, or ask for more (hardware.memory_mb)"):
            features = model.encode_images(torch.stack([processor(png) for _, png in batch])).cpu()
        yield from zip([key for key, _ in batch], features, strict=True)


def write_features(path: Path, features: Iterable[tuple[str, torch.Tensor]]) -> int:
    """Write a shard's features as safetensors, one tensor a picture; returns how many."""
    # Pictures of one pass share its tensor, which safetensors refuses.
    tensors = {key: values.clone() for key, values in features}
    write_atomically(path, lambda temporary: save_file(tensors, temporary))
    return len(tensors)


class Features:
    """Features on disk, read when they are asked for."""

    key = "image_features"

    def __init__(self, shards: Mapping[str, Path], places: Places) -> None:
        """Keep the files by shard, and where each image of the study is in them."""
        self.shards, self.places = dict(shards), dict(places)
        self._open: dict[str, Any] = {}

    def __getitem__(self, name: str) -> torch.Tensor:
        """Features of an image, (tokens, D)."""
        shard, key = self.places[name]
        if shard not in self._open:
            self._open[shard] = safe_open(self.shards[shard], framework="pt")
        values: torch.Tensor = self._open[shard].get_tensor(key)
        return values

    def __getstate__(self) -> dict[str, Any]:
        """Without open files: another process opens its own."""
        return self.__dict__ | {"_open": {}}

    def digest(self) -> str:
        """Of the files, and of which image is where."""
        files = [f"{shard} {digest_sampled(file)}" for shard, file in sorted(self.shards.items())]
        return hash_rank(*files, *sorted(self.places.items()))[:16]


class Pixels:
    """Pictures in memory, prepared when they are asked for: for a run that trains the vision tower."""

    key = "pixel_values"

    def __init__(self, folder: Path, pictures: Mapping[str, bytes]) -> None:
        """Keep PNG files by image, and the folder of the model whose processor prepares them."""
        self.folder, self.pictures = folder, dict(pictures)

    @cached_property
    def _processor(self) -> ImageProcessor:
        return ImageProcessor(self.folder)

    def __getitem__(self, name: str) -> torch.Tensor:
        """Pixels of an image, (3, height, width)."""
        return self._processor(self.pictures[name])

    def digest(self) -> str:
        """Of all files."""
        return hash_rank(*(f"{name} {hash_rank(png)}" for name, png in sorted(self.pictures.items())))[:16]


def open_images(table: Path, shown: Sequence[Path], model: Path) -> Features | Pixels:
    """The images of a study.

    Args:
        table: Of IMAGES.
        shown: Files by shard: features (safetensors), or pictures (Parquet), which are then kept in memory.
    """
    if not all(path.suffix == ".safetensors" for path in shown):
        return Pixels(model, dict(load_images(table, shown)))
    lines = pq.read_table(table, columns=["image", "shard", "key"]).to_pylist()
    return Features(
        {path.stem: path for path in shown}, {line["image"]: (line["shard"], line["key"]) for line in lines}
    )


class Held:
    """Images or other values in memory, by name (`further.vision.batches.Images`)."""

    def __init__(self, key: str, values: Mapping[str, torch.Tensor]) -> None:
        """Keep them under a batch's key: image_features, pixel_values or another modality's."""
        self.key, self.values = key, dict(values)

    def __getitem__(self, name: str) -> torch.Tensor:
        """One of them."""
        return self.values[name]

    def digest(self) -> str:
        """Of all values."""
        return hash_rank(*(f"{name} {hash_rank(one.numpy().tobytes())}" for name, one in self.values.items()))[:16]


@torch.no_grad()
def make_black(model: Seeing, folder: Path, key: str) -> torch.Tensor:
    """A black image as a model is shown its images, by their key: features or pixels."""
    pixels = ImageProcessor(folder).black()
    return pixels if key == Pixels.key else model.encode_images(pixels[None])[0].cpu()
