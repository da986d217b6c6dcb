"""What a value that is not allowed was probably meant to be: another spelling, or a number written with its unit."""

import difflib
import re
from collections.abc import Sequence
from typing import Any

SPELLINGS = {  # as other tools call it
    "bf16": "bfloat16",
    "fp32": "float32",
    "4bit": "nf4",
    "fp4": "nf4",
    "int4": "nf4",
    "8bit": "int8",
    "full": "none",
    "fp16": "bfloat16",
    "adamw": "adamw_torch",
    "adam": "adamw_torch",
    "huggingface": "hub",
    "hf": "hub",
    "local": "folder",
    "path": "folder",
    "ppl": "perplexity",
    "bpb": "bits_per_byte",
    "loss": "nats",
}
MB = {"MB": 1.0, "MIB": 1.0, "M": 1.0, "GB": 1024.0, "GIB": 1024.0, "G": 1024.0, "TB": 2.0**20}
SECONDS = {"S": 1.0, "SEC": 1.0, "SECONDS": 1.0, "MIN": 60.0, "MINUTES": 60.0, "M": 60.0, "H": 3600.0, "HOURS": 3600.0}
SECONDS |= {"HOUR": 3600.0, "D": 86400.0, "DAYS": 86400.0}
UNITS = {  # by the unit of a key, what one of each written unit is in it
    "MB": MB,
    "GiB": {unit: size / 1024 for unit, size in MB.items()},
    "seconds": SECONDS,
    "minutes": {unit: size / 60 for unit, size in SECONDS.items()},
}
MOST = 1e12
"""Nobody meant a larger number."""
NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"


def guess_choice(value: Any, choices: Sequence[str]) -> str | None:
    """The choice that a wrong one was meant to be.

    >>> guess_choice("4-bit", ["none", "int8", "nf4"]), guess_choice("fsdb", ["none", "fsdp"])
    ('nf4', 'fsdp')
    """
    if value is None or isinstance(value, bool):
        return "none" if not value and "none" in choices else None
    word = str(value).strip().lower()
    plain = SPELLINGS.get(re.sub(r"[ _-]", "", word))
    if plain in choices:
        return plain
    return next(iter(difflib.get_close_matches(word, choices, n=1, cutoff=0.6)), None)


def guess_number(value: str, unit: str, whole: bool) -> str | None:
    """The number that a text was meant to be, as it has to be written.

    Args:
        unit: Of the key, as in the table of keys.
        whole: Whether the key takes whole numbers only.

    Returns:
        None where nothing sensible is left once thousands, decimal commas, percent and the unit are read.

    >>> guess_number("80GB", "GiB", False), guess_number("12 h", "minutes", True), guess_number("20%", "", False)
    ('80', '720', '0.2')
    >>> guess_number("16,384", "tokens", True), guess_number("0,2", "", False), guess_number("2e-4", "", False)
    ('16384', '0.2', '2.0e-4')
    """
    text = value.strip()
    if re.fullmatch(r"\d{1,3}([ ,_']\d{3})+", text):
        text = re.sub(r"\D", "", text)
    text = re.sub(r"^(\d+),(\d+)", r"\1.\2", text)
    found = re.fullmatch(rf"({NUMBER})\s*([A-Za-z%]*)", text)
    if found is None:
        return None
    if not found[2]:
        return _write(float(found[1]), whole, found[1])
    factor = 0.01 if found[2] == "%" else UNITS.get(unit, {}).get(found[2].upper())
    same = found[2].lower() in (unit.lower(), unit.lower().removesuffix("s"))
    if factor is None and not same:
        return None
    return _write(float(found[1]) * (factor or 1.0), whole, None)


def _write(number: float, whole: bool, as_written: str | None) -> str | None:
    """A number as YAML 1.1 reads it as one: `2e-4` needs its point; None for one that no key takes."""
    if abs(number) > MOST:
        return None
    if whole:
        return str(round(number)) if abs(number - round(number)) < 1e-9 else None
    if as_written and re.fullmatch(r"[-+]?\d+[eE][-+]?\d+", as_written):
        mantissa, exponent = re.split("[eE]", as_written)
        sign = "" if exponent[0] in "+-" else "+"
        return f"{mantissa}.0e{sign}{exponent}"
    return f"{number:.6g}"
