"""Signs that no font tells right, told by what stands around them: "10 lM" for 10 µM, "p ¼ 0.03", "20 8C", "280e340".

A typesetter's font may have no table, no outline and Latin names. What is left is that nothing is measured in lM, that
a quarter between a letter and a number is no quarter, and that ranges go upwards. Each change is one character for one,
and is listed.
"""

import re
from collections.abc import Sequence

EQUALS = re.compile(
    r"(?<=[\w)\]%] )¼(?= ?[-−+<>~∼]? ?[.\d(])|(?<=[^\W\d_])¼(?=[-−+]?[.\d])|(?<=[)\]%])¼(?=[-−+]?[.\d])"
)
"""A quarter where an equals sign stands: behind a letter, a digit or a bracket, before a number."""
LATIN_1 = str.maketrans("ðÞ¼þ", "()=+")
# Each begins with the letter itself, which Python's search looks for fastest; what stands before it is looked at then.
MICRO = re.compile(
    r"l(?:(?<=\d l)(?=(?:M|g(?!\()|L|l|mol|Ci|A|V|F|W|Gy|Sv)\b)|(?<=\dl)(?=(?:M|g(?!\()|L|mol|Ci|Gy|Sv)\b))"
)
"""An l before a unit, behind a number: nothing is measured in lM or lg. "10 lg(p)" is a logarithm."""
MICRO_ALONE = re.compile(r"(?<![^\W_])l(?=(?:M|g(?!\()|L|l|m|mol|Ci)\b)")
"""The same anywhere, of a paper in which it is a µ behind numbers; lumens are then micrometers."""
DEGREES = re.compile(r"8(?=C\b)(?:(?<=\d 8)|(?<=\d8))")
RANGE = re.compile(r"(?<![\w.])(\d{1,4})e(\d{1,4})(?!\w|\.\d)")
BETWEEN = re.compile(r"e(?<=\de)(?=\d)")
"""What every such range holds."""
ASCENDING = 0.8
"""Share of the numbers with an e between them that rise, from which the e is a dash and no power of ten."""
MANTISSA = 10
"""Largest number before the e of a power of ten. Of 1e5, 2e6 and 5e7 all rise."""


def mend_equations(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Lines of a paper with the signs that their surroundings tell.

    Args:
        texts: All lines of a paper.

    Returns:
        As many lines, each of the same length; and what was changed, such as "context: l is μ, 12 times".
    """
    lines = list(texts)
    notes: list[str] = []
    for wrong, right, mend in (
        ("¼", "=", _mend_quarters),
        ("l", "μ", _mend_micro),
        ("8", "°", _mend_degrees),
        ("e", "–", _mend_ranges),
    ):
        mended = mend(lines)
        pairs = [(old, new) for old, new in zip(lines, mended, strict=True) if old != new]
        changed = sum(a != b for old, new in pairs for a, b in zip(old, new, strict=True))
        if changed:
            notes.append(f"context: {wrong} is {right}, {changed} time{'' if changed == 1 else 's'}")
        lines = mended
    return lines, notes


def _mend_quarters(lines: list[str]) -> list[str]:
    """Equals signs; where TeX's text was set by the codes of Latin 1, brackets and plus signs are letters of Icelandic.

    A paper is taken for such a one where a quarter stands as an equals sign does more than once, and an eth or a thorn
    somewhere.
    """
    if not any("¼" in line for line in lines):
        return lines
    quarters = sum(len(EQUALS.findall(line)) for line in lines)
    if quarters >= 2 and any("ð" in line or "Þ" in line for line in lines):
        return [line.translate(LATIN_1) for line in lines]
    return [EQUALS.sub("=", line) for line in lines]


def _mend_micro(lines: list[str]) -> list[str]:
    if not MICRO.search("\n".join(lines)):
        return lines
    return [MICRO_ALONE.sub("μ", MICRO.sub("μ", line)) for line in lines]


def _mend_degrees(lines: list[str]) -> list[str]:
    """Degrees of a paper that has none otherwise: "20 8C" or "208C", at least twice."""
    text = "\n".join(lines)
    if len(DEGREES.findall(text)) < 2 or re.search(r"[°º◦˚] ?C\b", text):
        return lines
    return [DEGREES.sub("°", line) for line in lines]


def _mend_ranges(lines: list[str]) -> list[str]:
    """Dashes between numbers, at least three of them, most of which rise, and two of which are no powers of ten."""
    text = "\n".join(lines)
    if not BETWEEN.search(text):
        return lines
    found = [(int(low), int(high)) for low, high in RANGE.findall(text)]
    rising = sum(low < high for low, high in found)
    ranges = sum(MANTISSA < low < high for low, high in found)
    if rising < 3 or rising < ASCENDING * len(found) or ranges < 2:
        return lines
    return [RANGE.sub(_write_range, line) for line in lines]


def _write_range(found: re.Match[str]) -> str:
    low, high = int(found[1]), int(found[2])
    return f"{found[1]}–{found[2]}" if low < high else found.group()
