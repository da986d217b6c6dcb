"""One key of a study file: its description, unit, range, and the first stage that runs again when it changes."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

NO_DEFAULT: Any = ...
LEAST, MOST = 1e-9, 5e9
"""The sizes that numbers may have, sums of money aside: far beyond any use, yet what is reckoned from them still fits.
Seconds fit a timer, megabytes the kernel's limits, tokens 64 bits, and nothing is divided by what is next to 0.
"""
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
Count = Annotated[int, Field(ge=1)]
Fraction = Annotated[float, Field(ge=0, le=1)]
OpenFraction = Annotated[float, Field(gt=0, lt=1)]


def key(
    description: str, default: Any = NO_DEFAULT, *, unit: str = "", reruns: str | None = None, **limits: Any
) -> Any:
    """Declare a key of a section.

    Args:
        description: What it does, for a reader of the table in config/README.md and of an editor's completion.
        default: Where a study file leaves it out; none: the key is required.
        unit: Of its values; empty where the type says it.
        reruns: The first stage that runs again when the value changes; None: that of the section.
        limits: As pydantic's Field takes them: ge, gt, le, lt, pattern, min_length, max_length.
    """
    # In the JSON schema, too: an editor shows the unit, and what a change would rerun.
    about: dict[str, Any] = {"unit": unit} | ({} if reruns is None else {"reruns": reruns})
    if isinstance(default, dict | list):
        return Field(default_factory=default.copy, description=description, json_schema_extra=about, **limits)
    return Field(default, description=description, json_schema_extra=about, **limits)


class Section(BaseModel):
    """A section of a study file: unknown keys, wrong types and values out of range are refused.

    A whole number may stand where any number may, and is read as one. Values cannot be changed once they are read.
    """

    # strict: without it "8" would pass for 8, and YAML's yes for 1.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, hide_input_in_errors=True)
    most: ClassVar[float] = MOST
    reruns: ClassVar[str] = ""  # what runs again by its keys that say nothing else; empty: nothing does

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Say of each key what it reruns; keys of a parent class keep what that said."""
        for field in cls.model_fields.values():
            if isinstance(field.json_schema_extra, dict):
                field.json_schema_extra.setdefault("reruns", cls.reruns)

    @field_validator("*")
    @classmethod
    def _refuse_absurd_numbers(cls, value: Any) -> Any:
        """Refuse a number, alone or in a list, that is so large or small that it can only be a slip."""
        for number in value if isinstance(value, list) else [value]:
            if isinstance(number, (int, float)) and number and not LEAST <= abs(number) <= cls.most:
                most, least = f"{cls.most:,.0f}", f"{LEAST:.9f}"
                raise ValueError(f"at most {most}, and either 0 or at least {least}")
        return value

    def pick(self, *keys: str) -> dict[str, Any]:
        """The named settings as plain values, for the params of a rule.

        Raises:
            KeyError: If the section has no such key.
        """
        values = self.model_dump(mode="json")
        return {name: values[name] for name in keys}

    def __or__(self, values: Mapping[str, Any]) -> Self:
        """The section with some values changed, checked anew: `run | {"rank": 4}`.

        Raises:
            pydantic.ValidationError: If a value is not allowed.
        """
        return type(self).model_validate(self.model_dump() | dict(values))
