"""Drawn slices for the embedded image study: bodies and lesions made of ellipses, in the manner of several clinics.

No patient is behind them: a random generator draws a record, and a picture of it. Both are written in the flat layout,
which is read like any clinic's folder.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from further.demo.clinics import CLINICS, Clinic, name_case
from further.io import write_text

Floats = NDArray[np.float64]

SIDE = 32  # pixels
FINE = 4  # each pixel is the mean of 4 × 4
MODALITIES = ("ct", "mri")
ORGANS = ("brain", "chest", "abdomen")
KINDS = {"cyst": "well defined cyst", "mass": "irregular mass", "calcification": "dense calcification"}
SIDES = ("left", "right")
SIZES = {"small": (1.6, 2.3), "large": (3.0, 4.0)}  # radius in pixels
ABNORMAL = 0.78
_NAMES = ("rim", "tissue", "bone", "air", "fluid", "organ", "cyst", "mass", "calcium")
# Strong and small in pixels: 64-pixel slices with faint lesions were not learned in 500 steps.
TISSUE = {
    "ct": dict(zip(_NAMES, (80, 95, 235, 28, 45, 128, 8, 168, 252), strict=True)),
    "mri": dict(zip(_NAMES, (190, 92, 12, 14, 225, 118, 8, 172, 250), strict=True)),
}
"""Gray values, 0 to 255."""


@dataclass(frozen=True)
class Phantom:
    """What is on a picture; kind, side and size are None where nothing is abnormal."""

    modality: str
    organ: str
    kind: str | None
    side: str | None
    size: str | None

    def describe(self) -> str:
        """The picture in one or two sentences."""
        scan = f"Axial {self.modality.upper()} of the {self.organ}"
        if self.kind is None:
            return f"{scan}. No abnormality is seen."
        return f"{scan} shows a {self.size} {KINDS[self.kind]} on the {self.side}."


def draw_phantoms(number: int, clinic: Clinic, seed: int) -> list[tuple[Phantom, NDArray[np.uint8]]]:
    """Draw pictures with what is on them.

    Args:
        seed: The same seed gives the same pictures; a larger number begins with the same ones.

    Returns:
        Each phantom with its picture, (32, 32) gray values.
    """
    drawn = []
    for place in range(number):
        # One generator a picture, so that no picture depends on how many stand before it.
        generator = np.random.default_rng([seed, list(CLINICS).index(clinic.name), place])
        phantom = _choose(generator)
        drawn.append((phantom, _draw(phantom, clinic, generator)))
    return drawn


def _choose(generator: np.random.Generator) -> Phantom:
    modality, organ = (str(generator.choice(names)) for names in (MODALITIES, ORGANS))
    if generator.random() >= ABNORMAL:
        return Phantom(modality, organ, None, None, None)
    kind, side, size = (str(generator.choice(list(names))) for names in (KINDS, SIDES, SIZES))
    return Phantom(modality, organ, kind, side, size)


class _Canvas:
    """Gray values on a grid four times as fine as the picture's, in which ellipses are filled; x and y in pixels."""

    def __init__(self) -> None:
        steps = (np.arange(SIDE * FINE) + 0.5) / FINE - SIDE / 2
        self.x, self.y = np.meshgrid(steps, steps)
        self.values: Floats = np.full(self.x.shape, 3.0)

    def fill(self, center: tuple[float, float], radii: tuple[float, float], value: float) -> None:
        """Fill an ellipse."""
        inside = ((self.x - center[0]) / radii[0]) ** 2 + ((self.y - center[1]) / radii[1]) ** 2 <= 1
        self.values[inside] = value

    def shrink(self) -> Floats:
        """The picture."""
        return np.asarray(self.values.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3)))


def _draw(phantom: Phantom, clinic: Clinic, generator: np.random.Generator) -> NDArray[np.uint8]:
    canvas, gray = _Canvas(), TISSUE[phantom.modality]
    x, y, scale = generator.uniform(-1, 1), generator.uniform(-1, 1), generator.uniform(0.92, 1.06)
    room = BODIES[phantom.organ](canvas, gray, x, y, scale)
    if phantom.kind is not None:
        _draw_lesion(canvas, gray, phantom, room, clinic.lesion, generator)
    picture = canvas.shrink()
    if clinic.mirrored:  # the stored picture alone: the record still says the patient's side
        picture = picture[:, ::-1]
    picture = 128 + (picture - 128) * clinic.contrast
    noisy = picture * generator.uniform(0.93, 1.07) + generator.normal(0, clinic.noise, picture.shape)
    return np.asarray(np.clip(np.rint(noisy), 0, 255), dtype=np.uint8)


@dataclass(frozen=True)
class _Room:
    """Where a lesion may lie, in pixels: the body's middle, how far beside it, its height, and how far from there."""

    middle: float
    beside: float
    y: float
    spread: tuple[float, float]


def _draw_brain(canvas: _Canvas, gray: Mapping[str, int], x: float, y: float, scale: float) -> _Room:
    if gray["rim"] > gray["bone"]:  # MR shows the skin, and bone is dark
        canvas.fill((x, y), (10.6 * scale, 13.2 * scale), gray["rim"])
    canvas.fill((x, y), (9.9 * scale, 12.5 * scale), gray["bone"])
    canvas.fill((x, y), (8.7 * scale, 11.3 * scale), gray["organ"])
    for way in (-1, 1):
        canvas.fill((x + way * 1.9 * scale, y - 1), (1.0 * scale, 3.4 * scale), gray["fluid"])
    return _Room(x, 5.2 * scale, y, (1.3, 4.5))


def _draw_chest(canvas: _Canvas, gray: Mapping[str, int], x: float, y: float, scale: float) -> _Room:
    canvas.fill((x, y), (14.2 * scale, 10.6 * scale), gray["rim"])
    canvas.fill((x, y), (12.9 * scale, 9.4 * scale), gray["tissue"])
    for way in (-1, 1):
        canvas.fill((x + way * 6.6 * scale, y - 0.5), (4.7 * scale, 7.0 * scale), gray["air"])
    canvas.fill((x, y + 7.2 * scale), (1.9 * scale, 1.7 * scale), gray["bone"])
    return _Room(x, 6.6 * scale, y - 0.5, (1.2, 2.6))


def _draw_abdomen(canvas: _Canvas, gray: Mapping[str, int], x: float, y: float, scale: float) -> _Room:
    canvas.fill((x, y), (14.0 * scale, 10.8 * scale), gray["rim"])
    canvas.fill((x, y), (12.8 * scale, 9.7 * scale), gray["tissue"])
    canvas.fill((x - 6.0 * scale, y - 1.8 * scale), (5.9 * scale, 6.1 * scale), gray["organ"])
    canvas.fill((x + 6.4 * scale, y + 4.6 * scale), (2.1 * scale, 2.4 * scale), gray["organ"])
    canvas.fill((x, y + 7.4 * scale), (2.0 * scale, 1.8 * scale), gray["bone"])
    return _Room(x, 5.6 * scale, y - 1.2, (1.6, 2.6))


BODIES = {"brain": _draw_brain, "chest": _draw_chest, "abdomen": _draw_abdomen}


def _draw_lesion(
    canvas: _Canvas,
    gray: Mapping[str, int],
    phantom: Phantom,
    room: _Room,
    factor: float,
    generator: np.random.Generator,
) -> None:
    """A lesion in one half of the body; the patient's left is on the image's right."""
    assert phantom.kind is not None and phantom.size is not None
    way = 1 if phantom.side == "left" else -1
    x = room.middle + way * room.beside + generator.uniform(-room.spread[0], room.spread[0])
    y = room.y + generator.uniform(-room.spread[1], room.spread[1])
    radius = generator.uniform(*SIZES[phantom.size]) * factor
    if phantom.kind == "calcification":
        canvas.fill((x, y), (radius, radius), gray["calcium"])
    elif phantom.kind == "cyst":
        canvas.fill((x, y), (radius + 0.5, radius + 0.5), gray["organ"])
        canvas.fill((x, y), (radius, radius), gray["cyst"])
    else:
        for _ in range(5):
            off = generator.normal(0, radius / 4, 2)
            canvas.fill((x + off[0], y + off[1]), (radius * 0.85, radius * 0.7), gray["mass"])


def write_phantoms(folder: Path, number: int, clinic: str, seed: int) -> None:
    """Write a folder of cases in the flat layout: `cases.jsonl` and `images`.

    Args:
        number: Cases, one image each.
        clinic: A key of `CLINICS`.
    """
    (folder / "images").mkdir(parents=True, exist_ok=True)
    records = []
    for place, (phantom, picture) in enumerate(draw_phantoms(number, CLINICS[clinic], seed)):
        name = name_case(clinic, place)
        Image.fromarray(picture).save(folder / "images" / f"{name}.png")
        records.append(make_record(name, phantom))
    write_text(folder / "cases.jsonl", "".join(json.dumps(record) + "\n" for record in records))


def make_record(name: str, phantom: Phantom) -> dict[str, Any]:
    """A phantom's record in the flat layout."""
    about = {
        "History": "A drawn phantom, no patient.",
        "Exam": f"Axial {phantom.modality.upper()} of the {phantom.organ}.",
        "Findings": phantom.describe(),
        "Location": phantom.organ,
        "Abnormal": "no" if phantom.kind is None else "yes",
        "Abnormality": phantom.kind,
        "Side": phantom.side,
        "Size": phantom.size,
    }
    record = {"U_id": name, "image": name, "caption": phantom.describe(), "type": phantom.modality.upper()}
    return record | {"case_info": about, "topic_info": {}}
