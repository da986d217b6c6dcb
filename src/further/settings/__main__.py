"""Write what is generated from the settings: the table of config/README.md and the JSON schema for editors.

python -m further.settings config
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from further.io import write_text
from further.settings import Settings

START, END = "<!-- the keys -->\n", "<!-- end of the keys -->"
KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true, false", "array": "list"}
KINDS |= {"object": "mapping"}
LIMITS = {"minimum": "at least {:g}", "exclusiveMinimum": "more than {:g}"}
LIMITS |= {"maximum": "at most {:g}", "exclusiveMaximum": "less than {:g}"}
Schema = Mapping[str, Any]


def make_schema() -> str:
    """The JSON schema of a study file, for an editor's completion."""
    return json.dumps(Settings.model_json_schema(), indent=2) + "\n"


def make_table() -> str:
    """A table of every key, in Markdown: values and unit, default, what it does, what reruns when it changes."""
    lines = ["| key | values | default | what it does | reruns |", "|---|---|---|---|---|"]
    for section, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            keys = model.model_json_schema()["properties"]
            lines += [_row(f"{section}.{name}", key, keys[name]) for name, key in model.model_fields.items()]
        else:
            lines.append(_row(f"{section}.<name>", field, Settings.model_json_schema()["properties"][section]))
    return "\n".join(lines) + "\n"


def _row(name: str, field: FieldInfo, schema: Schema) -> str:
    values = ", ".join(filter(None, [*_values(schema), schema["unit"]]))
    cells = (f"`{name}`", values, _default(field), schema["description"], schema["reruns"] or "nothing")
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _values(schema: Schema) -> Iterator[str]:
    """What a key may hold: its choices, or its kind; then its limits, and those of a list's values."""
    parts = [part for part in schema.get("anyOf", [schema]) if part["type"] != "null"]
    yield " or ".join(", ".join(part["enum"]) if "enum" in part else KINDS[part["type"]] for part in parts)
    for values in [values for part in parts for values in (part, part.get("items", {}))]:
        yield from (text.format(values[limit]) for limit, text in LIMITS.items() if limit in values)


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
