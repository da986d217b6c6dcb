"""Pictures as they come to pictures as models take them: 8 bits, gray or RGB, without metadata.

Runs in the child process.
"""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

import imagehash
import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from further.cases import dicom

Bytes = NDArray[np.uint8]

# Neither EPS nor PDF: Pillow starts another program for them.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "JPEG2000")
# 16 × 16 comparisons of neighbors: 256 bits.
HASH_SIDE = 16


@dataclass(frozen=True)
class Limits:
    """What a picture may be.

    Attributes:
        max_pixels: More, by its header, is a bomb.
        ct_windows: `header` or `three`.
    """

    max_pixels: int
    ct_windows: str = "header"


class Refused(Exception):
    """A picture that is dropped; `reason` is one of the ledger's (docs/cases.md)."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """Remember reason and detail."""
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def prepare(data: bytes, part: int, limits: Limits) -> dict[str, Any]:
    """One picture of a file, prepared and described.

    Args:
        part: Frame, from 0.

    Returns:
        The columns of PICTURES but the key; the PNG as bytes; `parts`, the number of the file's frames.

    Raises:
        Refused: If it is dropped.
    """
    if not data:
        raise Refused("empty file")
    parts, patient = 1, None
    if dicom.is_dicom(data):
        pixels, mode, parts, detail, patient = _from_dicom(data, part, limits)
    else:
        pixels, mode, detail = _from_image(data, limits)
    # Gray that was stored as color is gray here, so that a picture has one digest however it was stored.
    if pixels.ndim == 3 and (pixels == pixels[..., :1]).all():
        pixels = np.ascontiguousarray(pixels[..., 0])
    if pixels.min() == pixels.max():
        raise Refused("blank", f"every pixel is {int(pixels.min())}")
    image = Image.fromarray(pixels)
    png = io.BytesIO()
    image.save(png, "PNG", compress_level=6)
    shape = "x".join(map(str, pixels.shape))
    return {
        # Of the file itself where it can be, so that `sha256sum` finds it; frames of one file need digests that differ.
        "sha256": hashlib.sha256(data).hexdigest() if part == 0 else hashlib.sha256(data + b"%d" % part).hexdigest(),
        "pixels": hashlib.sha256(shape.encode() + pixels.tobytes()).hexdigest(),
        "mode": mode,
        "width": image.width,
        "height": image.height,
        "channels": 1 if pixels.ndim == 2 else 3,
        "dhash": str(imagehash.dhash(image, HASH_SIDE)),
        "patient": patient,
        "png": png.getvalue(),
        "parts": parts,
        "detail": detail,
    }


def _from_dicom(data: bytes, part: int, limits: Limits) -> tuple[Bytes, str, int, str, str | None]:
    """A frame of a DICOM file, its mode, how many frames are read, which of all it is, and the patient's digest."""
    try:
        file = pydicom.dcmread(io.BytesIO(data))
        if "Rows" not in file or "Columns" not in file:
            raise Refused("not an image", "a DICOM file without pixels")
        if str(file.get("BurnedInAnnotation") or "").upper() == "YES":
            raise Refused("burned-in text", "the header says that the pixels may name the patient")
        _check_size(int(file.Columns), int(file.Rows), limits)
        values = dicom.values_of(file, part)
        shown = dicom.to_bytes(file, values, limits.ct_windows)
        frames = dicom.count_claimed_frames(file)
        detail = f"frame {part + 1} of {frames:,}" if frames > 1 else ""
        mode, parts = str(file.PhotometricInterpretation), dicom.count_readable_frames(file)
        return shown, mode, parts, detail, dicom.digest_patient(file)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # pydicom's messages may hold values of the header: they are not passed on
        raise _refuse_dicom(data, error) from None


def _refuse_dicom(data: bytes, error: Exception) -> Refused:
    """Cut off where the pixels are fewer than the header says; else damaged, with the compression's name."""
    short = "less than expected" in str(error) or "unexpected end of file" in str(error).lower()
    return Refused("cut off" if short else "damaged", f"{type(error).__name__} on {dicom.name_syntax(data)}")


def _from_image(data: bytes, limits: Limits) -> tuple[Bytes, str, str]:
    """The first page of an image, its mode, and that it has others."""
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and a reason instead of a warning
    Image.init()
    known = [kind for kind in FORMATS if kind in Image.OPEN]  # builds of Pillow differ
    try:
        with Image.open(io.BytesIO(data), formats=known) as image:
            _check_size(*image.size, limits)
            mode, pages = image.mode, int(getattr(image, "n_frames", 1))
            image.seek(0)
            image.load()
            detail = f"the first of {pages} pages" if pages > 1 else ""
            return to_bytes(ImageOps.exif_transpose(image)), mode, detail
    except UnidentifiedImageError:
        raise Refused("not an image", "no format of Pillow's that is read") from None
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError) as error:
        raise _refuse_image(data, error) from None


def _refuse_image(data: bytes, error: Exception) -> Refused:
    """Cut off where the file's end is not there; else damaged, or texts in it that unpack to more than Pillow takes."""
    text = str(error)
    if "decompressed data too large" in text.lower() or "memory limit" in text.lower():
        return Refused("bomb", text)
    ends = {b"\x89PNG": b"IEND", b"\xff\xd8\xff": b"\xff\xd9"}
    end = next((end for start, end in ends.items() if data.startswith(start)), b"")
    cut = isinstance(error, EOFError) or "truncated" in text.lower() or (bool(end) and end not in data[-64:])
    return Refused("cut off" if cut else "damaged", text)


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width < 1 or height < 1:
        raise Refused("damaged", f"{width} × {height} pixels")
    if width * height > limits.max_pixels:
        raise Refused("bomb", f"{width:,} × {height:,} pixels; the limit is {limits.max_pixels:,}")


def to_bytes(image: Image.Image) -> Bytes:
    """An image of any mode as 8 bits: (rows, columns) for gray, (rows, columns, 3) for colors, transparent is black.

    Pillow cuts values of 16 and 32 bits off at 255 instead of scaling them.
    """
    if image.mode in ("I", "F", "I;16", "I;16B", "I;16L", "I;16N"):
        return dicom.stretch(np.nan_to_num(np.asarray(image, dtype=np.float64)))
    if image.mode in ("L", "1"):
        return np.asarray(image.convert("L"))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        clear = image.convert("RGBA")
        return np.asarray(Image.alpha_composite(Image.new("RGBA", clear.size, (0, 0, 0, 255)), clear).convert("RGB"))
    return np.asarray(image.convert("RGB"))
