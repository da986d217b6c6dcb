"""Units of a loss: nats per token, bits per token, perplexity, bits per byte."""

from math import log

from further.scaling.interval import Target

UNITS = ("nats", "perplexity", "bits_per_byte", "bits_per_token")
ALIASES = {unit: unit for unit in UNITS} | {"ppl": "perplexity", "bpb": "bits_per_byte"}


def to_nats(value: float, unit: str, bytes_per_token: float | None = None) -> float:
    """Return nats per token.

    Args:
        value: A loss in nats or bits per token, a perplexity per token, or bits per UTF-8 byte.
        unit: "nats", "perplexity" (or "ppl"), "bits_per_byte" (or "bpb"), "bits_per_token".
        bytes_per_token: UTF-8 bytes per token of the held-out text, needed for bits per byte.

    Raises:
        ValueError: If the unit is unknown, its conversion is missing, or the value cannot be a loss.
    """
    name = unit_name(unit)
    if not 0.0 < value < float("inf"):
        raise ValueError(f"a loss of {value} {unit} is impossible: give a finite number above 0")
    if name == "nats":
        return value
    if name == "perplexity":
        if value <= 1.0:
            raise ValueError(f"a perplexity of {value} is impossible: it must be above 1")
        return log(value)
    return value * log(2.0) * (1.0 if name == "bits_per_token" else _bytes(bytes_per_token))


def make_target(value: float, unit: str, bytes_per_token: float | None = None) -> Target:
    """Return a target in any unit; arguments and errors as in `to_nats`."""
    return Target(value, unit_name(unit), to_nats(value, unit, bytes_per_token))


def parse_target(text: str, bytes_per_token: float | None = None) -> Target:
    """Read a target such as "2.1nats", "8.2 ppl" or "0.54bpb"; the unit is required.

    Raises:
        ValueError: If the number or the unit is missing.
    """
    # Letters are cut from the end only where the text ends in one, so 1e3 without a unit keeps its exponent.
    compact = text.strip().lower().replace(" ", "")
    number = compact.rstrip("abcdefghijklmnopqrstuvwxyz_") if not compact[-1:].isdigit() else compact
    unit = compact[len(number) :]
    try:
        value = float(number)
    except ValueError:
        raise ValueError(
            f"target {text!r} is not a number with a unit: write it like 2.1nats, 8.2ppl or 0.5bpb"
        ) from None
    if not unit:
        raise ValueError(f"target {text!r} has no unit: write {number}nats, {number}ppl or {number}bpb")
    return make_target(value, unit, bytes_per_token)


def unit_name(unit: str) -> str:
    """Return the unit's own name for any way of writing it; an unknown one is a ValueError."""
    plain = unit.strip().lower()
    if plain not in ALIASES:
        raise ValueError(f"unit {unit!r} is unknown: use one of {', '.join(ALIASES)}")
    return ALIASES[plain]


def _bytes(bytes_per_token: float | None) -> float:
    if bytes_per_token is None or not 0.0 < bytes_per_token < float("inf"):
        raise ValueError(
            f"bits per byte need bytes per token above 0, not {bytes_per_token}: count them on held-out text"
        )
    return bytes_per_token
