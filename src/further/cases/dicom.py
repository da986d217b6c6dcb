"""DICOM: values on the scanner's scale, a window of them as 8 bits, and the few header fields that name no one.

Runs in the child process. What pydicom raises may hold values of the header, so nothing of its messages is passed on.
"""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi, apply_windowing

from further.cases.found import digest_id
from further.shards import hash_rank

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

# Center and width in Hounsfield units, for a CT whose header names no window.
SOFT_TISSUE = (40.0, 400.0)
# Wide, soft tissue and brain as red, green and blue: -1024 to 1024, -135 to 215, 0 to 80 Hounsfield units, as MedGemma
# 1.5 was trained on CT (its CT notebook).
THREE_WINDOWS = ((0.0, 2048.0), (40.0, 350.0), (40.0, 80.0))
# MR has no units: without a window, values between these percentiles are shown.
PERCENTILES = (0.5, 99.5)
# Values that reach this far within 0 to 255 are already an image of 8 bits, and are not stretched.
HALF = 128
# A broken or hostile header may claim any number of frames: one that claims more than this is not believed.
MAX_FRAMES = 1_000
# Modalities of files that no scanner made.
CODES_OF_NOTHING = ("OT", "SC", "SR", "PR", "KO", "DOC", "SEG")
HEADER = (
    "StudyInstanceUID",
    "AccessionNumber",
    "PatientID",
    "StudyDate",
    "Modality",
    "BodyPartExamined",
    "ViewPosition",
    "Rows",
)
GEOMETRY = ("ImageOrientationPatient", "NumberOfFrames")


def is_dicom(start: bytes) -> bool:
    """Whether a file's first 132 bytes are those of DICOM."""
    return start[128:132] == b"DICM"


def read_header(path: Path, folder: str) -> dict[str, Any]:
    """What of a header groups files into cases and describes them, without a word that names someone.

    Args:
        folder: Its folder, which stands for the study where the header does not identify one.

    Returns:
        study and patient (digests; patient None where it is not told), modality, location, plane, frames, and ids:
            digests of what a table may call the study.
    """
    head = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=[*HEADER, *GEOMETRY])
    told = {name: str(head.get(name) or "").strip() for name in HEADER}
    study = told["StudyInstanceUID"] or " ".join(told[name] for name in ("PatientID", "StudyDate")).strip() or folder
    location, view = _find_code(told["BodyPartExamined"]), _find_code(told["ViewPosition"])
    return {
        "study": f"study-{hash_rank('study', study)[:12]}",
        "patient": digest_patient(head),
        "ids": [digest_id(told[name]) for name in ("StudyInstanceUID", "AccessionNumber") if told[name]],
        "modality": None if told["Modality"] in CODES_OF_NOTHING else _find_code(told["Modality"]),
        "location": location.lower() if location else None,
        "plane": _find_plane(head.get("ImageOrientationPatient")) or view,
        "frames": count_readable_frames(head) if told["Rows"] else 1,
    }


def digest_patient(head: pydicom.Dataset) -> str | None:
    """Digest of the patient that a header names; None where it names none."""
    told = str(head.get("PatientID") or "").strip()
    return hash_rank("patient", told) if told else None


def _find_code(text: str) -> str | None:
    """A coded value; None where it is no code of up to 16 letters, as a name would not be."""
    return text if re.fullmatch(r"[A-Z][A-Z ]{0,15}", text) else None


def _find_plane(orientation: Sequence[float] | None) -> str:
    """The plane that a slice is nearest to, by its normal in the patient's coordinates; "" where none is told."""
    try:
        values = [float(value) for value in orientation or []]
    except (TypeError, ValueError):
        return ""
    if len(values) != 6:
        return ""
    normal = np.abs(np.cross(values[:3], values[3:]))
    return ("sagittal", "coronal", "axial")[int(np.argmax(normal))] if normal.max() > 0 else ""


def values_of(data: pydicom.FileDataset, frame: int) -> NDArray[Any]:
    """One frame: gray values after the rescale slope or the modality's table, or colors.

    Args:
        frame: From 0.

    Returns:
        (rows, columns) float64, or (rows, columns, 3) of the stored depth.
    """
    pixels = pydicom.pixels.pixel_array(data, index=frame)
    if data.PhotometricInterpretation == "PALETTE COLOR":
        return np.asarray(np.asarray(apply_color_lut(pixels, data))[..., :3])
    if pixels.ndim == 3:
        return np.asarray(pixels)
    return np.asarray(apply_modality_lut(pixels, data), dtype=np.float64)


def count_readable_frames(data: pydicom.FileDataset) -> int:
    """Frames of a data set that are read, at least 1; the first alone where its header claims more than MAX_FRAMES."""
    frames = count_claimed_frames(data)
    return frames if frames <= MAX_FRAMES else 1


def count_claimed_frames(data: pydicom.FileDataset) -> int:
    """Frames that a header claims, at least 1."""
    return max(1, int(data.get("NumberOfFrames") or 1))


def to_bytes(data: pydicom.FileDataset, values: NDArray[Any], ct_windows: str) -> Bytes:
    """Gray values as 8 bits, upright: white is white, whatever the photometric interpretation.

    Args:
        ct_windows: `header`: the header's first window; `three`: three windows of a CT in three channels.

    Returns:
        (rows, columns) or (rows, columns, 3).
    """
    if values.ndim == 3:
        return _scale_colors(values, int(data.get("BitsStored") or 8))
    if ct_windows == "three" and data.get("Modality") == "CT":
        return np.stack([_window(values, center, width) for center, width in THREE_WINDOWS], axis=-1)
    shown = _show(data, values)
    return 255 - shown if data.get("PhotometricInterpretation") == "MONOCHROME1" else shown


def _show(data: pydicom.FileDataset, values: Floats) -> Bytes:
    """Gray values through the header's first window or table, else through a window that suits the modality."""
    if data.get("WindowCenter") is not None or "VOILUTSequence" in data:
        mapped = _map_by_header(data, values)
        if mapped is not None:
            return mapped
    if data.get("Modality") == "CT":
        return _window(values, *SOFT_TISSUE)
    return stretch(values)


def stretch(values: NDArray[Any]) -> Bytes:
    """Gray values without a window as 8 bits: as they are where they fill 8 bits, else between two percentiles."""
    if values.size and values.min() >= 0 and HALF <= values.max() <= 255:
        return np.asarray(np.rint(values), dtype=np.uint8)
    low, high = np.percentile(values, PERCENTILES)
    if low == high:  # nearly all is background
        low, high = values.min(), values.max()
    return _scale(np.asarray(values, dtype=np.float64), float(low), float(high))


def _map_by_header(data: pydicom.FileDataset, values: Floats) -> Bytes | None:
    """Values through the header's window; None where it cannot be used.

    pydicom maps into the range of the *stored* values, -1024 to 64511 for a CT of 16 bits. Two values far outside show
    what range that is.
    """
    try:
        if "VOILUTSequence" in data:
            deepest = 2 ** int(data.VOILUTSequence[0].LUTDescriptor[2]) - 1
            return _scale(np.asarray(apply_voi(values.astype(np.int64), data, index=0)), 0, deepest)
        ends = np.array([-1e9, 1e9])
        low, high = apply_windowing(ends, data, index=0)
        return _scale(np.asarray(apply_windowing(values, data, index=0)), float(low), float(high))
    except (ValueError, TypeError, IndexError, AttributeError, NotImplementedError):
        return None


def _window(values: Floats, center: float, width: float) -> Bytes:
    return _scale(values, center - width / 2, center + width / 2)


def _scale(values: Floats, low: float, high: float) -> Bytes:
    """Values from `low` to `high` as 0 to 255; all 0 where both are one."""
    share = (np.clip(values, low, high) - low) / (high - low) if high > low else np.zeros(values.shape)
    return np.rint(share * 255).astype(np.uint8)


def _scale_colors(values: NDArray[Any], bits: int) -> Bytes:
    if values.dtype == np.uint8:
        return np.asarray(values)
    deepest = max(
        2.0 ** max(bits, 1) - 1, float(values.max(initial=1))
    )  # a table of colors has 16 bits whatever is stored
    return np.rint(values / deepest * 255).astype(np.uint8)


def name_syntax(data: bytes) -> str:
    """Name of a file's compression, for a message; "an unknown compression" where it is not told."""
    try:
        head = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True, specific_tags=[])
        return str(head.file_meta.TransferSyntaxUID.name)
    except Exception:  # a broken header may raise anything, and a message can do without
        return "an unknown compression"
