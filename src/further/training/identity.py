"""What a checkpoint depends on: settings and code, which the caller names, and the data and base model found here."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from further.digests import digest_sampled

if TYPE_CHECKING:
    from further.training.trainer import Rows  # which imports the checkpoints, which import this module


def describe_inputs(model_folder: Path, training: "Rows", validation: "Rows") -> dict[str, Any]:
    """Digests of what a run reads.

    Args:
        model_folder: The base model.
        training: Packed rows of the training papers.
        validation: Packed rows of the validation papers.

    Returns:
        16 hexadecimal digits each for the rows and for every file of the model that shapes its weights.
    """
    files = [model_folder / "config.json", *model_folder.glob("*.safetensors")]
    return {
        "training_rows": digest_rows(training),
        "validation_rows": digest_rows(validation),
        "base_model": {file.name: digest_sampled(file) for file in sorted(files) if file.is_file()},
    }


def digest_rows(rows: "Rows") -> str:
    """Digest of packed rows: every input, label and position, and their shape."""
    digest = hashlib.sha256()
    for values in (rows.inputs_RT, rows.labels_RT, rows.positions_RT):
        digest.update(f"{values.shape} {values.dtype}".encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:16]


def find_differences(found: Any, wanted: Any, key: str = "") -> list[str]:
    """What differs between two identities, one `key old → new` each, nested keys with dots."""
    if not (isinstance(found, dict) and isinstance(wanted, dict)):
        return [] if found == wanted else [f"{key} {_show(found)} → {_show(wanted)}"]
    keys = sorted(found.keys() | wanted.keys())
    prefix = f"{key}." if key else ""
    return [line for name in keys for line in find_differences(found.get(name), wanted.get(name), f"{prefix}{name}")]


def _show(value: Any) -> str:
    return "nothing" if value is None else str(value)
