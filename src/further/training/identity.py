"""What a checkpoint depends on: settings and code, which the caller names, and the data and base model found here."""

from typing import Any

from further.digests import digest_sampled
from further.training.recipe import Recipe


def describe_inputs(recipe: Recipe) -> dict[str, Any]:
    """Digests of what a run reads: of its examples and of every file that shapes its base's weights, 16 digits each."""
    folder = recipe.model_folder
    files = [folder / "config.json", *folder.glob("*.safetensors")]
    return {
        "training_rows": recipe.training.digest(),
        "validation_rows": recipe.validation.digest(),
        "base_model": {file.name: digest_sampled(file) for file in sorted(files) if file.is_file()},
    }


def find_differences(found: Any, wanted: Any, key: str = "") -> list[str]:
    """What differs between two identities, one `key old → new` each, nested keys with dots."""
    if not (isinstance(found, dict) and isinstance(wanted, dict)):
        return [] if found == wanted else [f"{key} {_show(found)} → {_show(wanted)}"]
    keys = sorted(found.keys() | wanted.keys())
    prefix = f"{key}." if key else ""
    return [line for name in keys for line in find_differences(found.get(name), wanted.get(name), f"{prefix}{name}")]


def _show(value: Any) -> str:
    return "nothing" if value is None else str(value)
