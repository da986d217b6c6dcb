"""Write what is generated from the settings: the table of config/README.md and the JSON schema for editors.

python -m further.settings config
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from further.io import write_text
from further.settings import Settings

START, END = "<!-- the keys -->\n", "<!-- end of the keys -->"
LIMITS = {"ge": "at least {}", "gt": "more than {}", "le": "at most {}", "lt": "less than {}"}


def make_schema() -> str:
    """The JSON schema of a study file, for an editor's completion."""
    return json.dumps(Settings.model_json_schema(), indent=2) + "\n"


def make_table() -> str:
    """A table of every key, in Markdown: values and unit, default, what it does, what reruns when it changes."""
    lines = ["| key | values | default | what it does | reruns |", "|---|---|---|---|---|"]
    for section, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            lines += [_row(f"{section}.{name}", key) for name, key in model.model_fields.items()]
        else:
            lines.append(_row(f"{section}.<name>", field))
    return "\n".join(lines) + "\n"


def _row(name: str, field: FieldInfo) -> str:
    about: Any = field.json_schema_extra
    values = ", ".join(part for part in (_values(field), about["unit"]) if part)
    cells = (f"`{name}`", values, _default(field), field.description or "", about["reruns"] or "nothing")
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _values(field: FieldInfo) -> str:
    """What a key may hold: its choices, or its kind and limits."""
    kinds = [kind for kind in _kinds(field.annotation) if kind != "null"]
    limits = [text.format(f"{bound:g}") for text, bound in _bounds(field)]
    return ", ".join([" or ".join(kinds), *limits])


def _kinds(annotation: Any) -> Iterator[str]:
    names = {str: "text", int: "whole number", float: "number", bool: "true, false", type(None): "null"}
    if annotation in names:
        yield names[annotation]
    elif (origin := getattr(annotation, "__origin__", None)) in (list, dict):
        yield "list" if origin is list else "mapping"
    elif hasattr(annotation, "__metadata__"):
        yield from _kinds(origin)
    elif all(isinstance(choice, str) for choice in get_args(annotation)):
        yield ", ".join(get_args(annotation))
    else:
        for part in get_args(annotation):
            yield from _kinds(part)


def _bounds(field: FieldInfo) -> Iterator[tuple[str, float]]:
    inner = [part for kind in get_args(field.annotation) for part in getattr(kind, "__metadata__", ())]
    flat = [limit for part in [*field.metadata, *inner] for limit in getattr(part, "metadata", [part])]
    for limit in flat:
        for name, text in LIMITS.items():
            if hasattr(limit, name):
                yield text, getattr(limit, name)


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def insert_table(text: str) -> str:
    """The text of config/README.md with the table as it is now.

    Raises:
        ValueError: If it has no place for it.
    """
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"the text has no lines {START.strip()} and {END}")
    return before + START + "\n" + make_table() + "\n" + END + after


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    write_text(folder / "schema.json", make_schema())
    write_text(folder / "README.md", insert_table((folder / "README.md").read_text(encoding="utf-8")))
