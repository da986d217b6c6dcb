"""A PDF font's dictionary: its codes, its glyph names, and its table of Unicode values, read and written."""

import re
from collections.abc import Mapping

import pymupdf
from fontTools.encodings.MacRoman import MacRoman
from fontTools.encodings.StandardEncoding import StandardEncoding

from further.corpus.parse.glyph_names import unicode_name

_TOKENS = re.compile(r"/([^\s/\[\]<>()]*)|(-?\d+)")
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end(?:bfchar|bfrange)", re.S)
_PAIR = re.compile(rb"<([^>]*)>\s*<([^>]*)>")
_RANGE = re.compile(rb"<([^>]*)>\s*<([^>]*)>\s*(?:<([^>]*)>|\[([^\]]*)\])")
MAX_RANGE = 65_535  # of two-byte codes; a damaged table may claim any range
BLOCK = 100
"""Entries that one block of a table may hold."""


def _win_ansi() -> list[str]:
    chars = [bytes([code]).decode("cp1252", "replace") for code in range(256)]
    return [unicode_name(char) or ".notdef" for char in chars]


BASES = {
    "WinAnsiEncoding": _win_ansi(),
    "MacRomanEncoding": MacRoman,
    "StandardEncoding": StandardEncoding,
}
"""Glyph names by code of the encodings that PDF knows by name (PDF 32000-1, annex D)."""


def plain_name(basefont: str) -> str:
    """A font's name without the six letters of a subset."""
    return re.sub(r"^[A-Z]{6}\+", "", basefont)


def read_encoding(document: pymupdf.Document, xref: int) -> dict[int, str]:
    """Glyph names by code that a simple font's dictionary gives; none where the font program alone tells."""
    kind, value = document.xref_get_key(xref, "Encoding")
    if kind == "name":
        return _names_of(value)
    base = document.xref_get_key(xref, "Encoding/BaseEncoding")
    names = _names_of(base[1]) if base[0] == "name" else {}
    kind, value = document.xref_get_key(xref, "Encoding/Differences")
    if kind == "xref":
        value = document.xref_object(int(value.split()[0]), compressed=True)
    code = 0
    for name, number in _TOKENS.findall(value) if kind != "null" else ():
        if number:
            code = int(number)
        else:
            names[code] = name
            code += 1
    return {code: name for code, name in names.items() if name != ".notdef"}


def _names_of(encoding: str) -> dict[int, str]:
    names = BASES.get(encoding.lstrip("/"), [])
    return {code: name for code, name in enumerate(names) if name != ".notdef"}


def read_codes(document: pymupdf.Document, xref: int) -> set[int] | None:
    """Codes to which a simple font's dictionary gives a width, None where it gives none at all."""
    kind, value = document.xref_get_key(xref, "Widths")
    if kind == "xref":
        value = document.xref_object(int(value.split()[0]), compressed=True)
    first = document.xref_get_key(xref, "FirstChar")
    if kind == "null" or first[0] != "int":
        return None
    widths = [float(width) for width in re.findall(r"-?\d*\.?\d+", re.sub(r"\d+ 0 R", "1", value))]
    return {int(first[1]) + number for number, width in enumerate(widths) if width}


def read_map(document: pymupdf.Document, xref: int) -> dict[int, str]:
    """A font's table of Unicode values; empty if it has none."""
    kind, value = document.xref_get_key(xref, "ToUnicode")
    if kind != "xref":
        return {}
    return parse_map(document.xref_stream(int(value.split()[0])) or b"")


def parse_map(stream: bytes) -> dict[int, str]:
    """Unicode text by code, of a ToUnicode table (PDF 32000-1, 9.10.3)."""
    table: dict[int, str] = {}
    for kind, body in _BLOCK.findall(stream):
        if kind == b"bfchar":
            table |= {_code(code): _text(text) for code, text in _PAIR.findall(body)}
            continue
        for low, high, start, listed in _RANGE.findall(body):
            first, last = _code(low), min(_code(high), _code(low) + MAX_RANGE)
            if listed:
                texts = [_text(digits) for digits in re.findall(rb"<([^>]*)>", listed)]
            else:
                text = _text(start) or "\ufffd"
                steps = range(last - first + 1)
                texts = [text[:-1] + chr((ord(text[-1]) + step) % 0x110000) for step in steps]
            table |= dict(zip(range(first, last + 1), texts, strict=False))
    return table


def _code(digits: bytes) -> int:
    return int(re.sub(rb"[^0-9A-Fa-f]", b"", digits) or b"0", 16)


def _text(digits: bytes) -> str:
    plain = re.sub(rb"[^0-9A-Fa-f]", b"", digits).decode()
    if len(plain) <= 2:
        return chr(int(plain or "0", 16))
    return bytes.fromhex(plain[: len(plain) // 4 * 4]).decode("utf-16-be", "replace")


def write_map(document: pymupdf.Document, xref: int, table: Mapping[int, str], digits: int) -> None:
    """Give a font Unicode values, in memory; those that it has for other codes stay.

    Args:
        document: The open document.
        xref: The font's number in it.
        table: Text by code.
        digits: Hexadecimal digits of a code: 2 in a simple font, 4 in a composite one.
    """
    lines = [f"<{code:0{digits}X}> <{text.encode('utf-16-be').hex()}>" for code, text in sorted(table.items())]
    blocks = [lines[start : start + BLOCK] for start in range(0, len(lines), BLOCK)]
    new = "".join(f"{len(part)} beginbfchar\n{chr(10).join(part)}\nendbfchar\n" for part in blocks).encode()
    kind, value = document.xref_get_key(xref, "ToUnicode")
    old = (document.xref_stream(int(value.split()[0])) or b"") if kind == "xref" else b""
    # Behind the file's own entries, of which the later one counts.
    head, end, tail = old.rpartition(b"endcmap")
    if not end:
        space = f"<{'0' * digits}> <{'F' * digits}>".encode()
        head = b"begincmap\n/CMapType 2 def\n1 begincodespacerange\n" + space + b"\nendcodespacerange\n"
        end, tail = b"endcmap", b"\n"
    made = document.get_new_xref()
    document.update_object(made, "<<>>")
    document.update_stream(made, head + b"\n" + new + end + tail)
    document.xref_set_key(xref, "ToUnicode", f"{made} 0 R")
