"""Embedded font programs: what glyph stands behind a character code, its name and its outline."""

import io
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from fontTools.encodings.StandardEncoding import StandardEncoding

from further.corpus.parse.glyph_names import read_name
from further.corpus.parse.outlines import Contours, trace

FACTOR, INVERSE = np.uint64(52845), np.uint64(pow(52845, -1, 2**16))
"""Of Type 1's cipher, and its inverse modulo 2**16."""
MAX_BYTES = 400_000
"""Size above which a font is that of a text, and its outlines are not read."""


class Program(Protocol):
    """A font program, by glyph name and by code."""

    def encoding(self) -> dict[int, str]:
        """Glyph names by code, as the program itself has them."""

    def glyphs(self) -> Iterable[str]:
        """Names of its glyphs but the empty one's."""

    def glyph(self, code: int, name: str) -> str:
        """The program's own name of the glyph behind a code that the PDF calls `name`; "" if it has none."""

    def contours(self, name: str) -> Contours:
        """Outline of a glyph in thousandths of the font size; none for a glyph that is not there.

        Raises:
            Exception: Whatever a damaged program leads to.
        """

    def width(self, name: str) -> float:
        """Advance of a glyph in thousandths of the font size."""


def open_program(kind: str, program: bytes) -> Program:
    """Read an embedded font.

    Args:
        kind: As PyMuPDF names it: cff, cid, ttf, otf, pfa.
        program: The font.

    Raises:
        ValueError: If there is no reader for the kind, or the program is empty or too large.
        Exception: Whatever a damaged program leads to.
    """
    if not 0 < len(program) <= MAX_BYTES:
        raise ValueError(f"a font program of {len(program)} bytes: 1 to {MAX_BYTES} are read")
    if program[:4] == b"OTTO" or kind in ("ttf", "otf"):
        return TrueType(program)
    if kind in ("cff", "cid"):
        return CompactFont(program)
    if kind in ("pfa", "pfb"):
        return Type1(program)
    raise ValueError(f"a font program of kind {kind!r}: cff, cid, ttf, otf and pfa are read")


class CompactFont:
    """A font in the Compact Font Format."""

    def __init__(self, program: bytes) -> None:
        """Read the names; outlines are read when asked for."""
        from fontTools.cffLib import CFFFontSet

        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(program), None)
        self._top = fonts[0]
        self._scale = 1000 * getattr(self._top, "FontMatrix", (0.001,))[0]
        self.is_cid = hasattr(self._top, "ROS")

    def encoding(self) -> dict[int, str]:
        """Glyph names by code."""
        if self.is_cid:
            return {}
        found = self._top.Encoding
        names = StandardEncoding if isinstance(found, str) else found
        present = set(self._top.charset)
        return {code: name for code, name in enumerate(names) if name in present and name != ".notdef"}

    def glyphs(self) -> list[str]:
        """Names of its glyphs, in the order of the file."""
        return [name for name in self._top.charset if name != ".notdef"]

    def glyph(self, code: int, name: str) -> str:
        """The glyph of a name."""
        return name if name in self._top.CharStrings and name != ".notdef" else ""

    def contours(self, name: str) -> Contours:
        """Outline of a glyph."""
        if name not in self._top.CharStrings:
            return []
        return trace(self._top.CharStrings[name], self._scale)

    def width(self, name: str) -> float:
        """Advance of a glyph, known once its outline was read."""
        return float(getattr(self._top.CharStrings[name], "width", 0) or 0) * self._scale


class TrueType:
    """A TrueType font, or an OpenType font around a compact one."""

    def __init__(self, program: bytes) -> None:
        """Read the directory; tables are read when asked for."""
        from fontTools.ttLib import TTFont

        self._font = TTFont(io.BytesIO(program), lazy=True)
        self._scale = 1000 / self._font["head"].unitsPerEm

    @cached_property
    def _set(self) -> Any:
        return self._font.getGlyphSet()

    def encoding(self) -> dict[int, str]:
        """Glyph names by code, from the font's tables for symbols and for the Macintosh."""
        return self._by_code

    @cached_property
    def _by_code(self) -> dict[int, str]:
        names: dict[int, str] = {}
        for table in self._font["cmap"].tables if "cmap" in self._font else ():
            # A font of symbols may have its codes from U+F000 on (OpenType, cmap, platform 3, encoding 0).
            if table.platformID == 1 or table.platEncID == 0:
                names |= {code & 0xFF: name for code, name in table.cmap.items() if code < 0x100 or code >> 8 == 0xF0}
        return names

    def unicode(self) -> dict[str, str]:
        """Characters by glyph name, from the font's own table of Unicode; private characters are left out."""
        if "cmap" not in self._font:
            return {}
        tables = [table for table in self._font["cmap"].tables if table.isUnicode()]
        return {name: chr(code) for table in tables for code, name in table.cmap.items() if not 0xE000 <= code < 0xF900}

    def glyphs(self) -> list[str]:
        """Names of its glyphs, in the order of the file."""
        return list(self._font.getGlyphOrder())[1:]

    def glyph(self, code: int, name: str) -> str:
        """The glyph of the name's character, or else that of the code."""
        return self._by_char.get(read_name(name), "") or self.encoding().get(code, "")

    @cached_property
    def _by_char(self) -> dict[str, str]:
        return {char: glyph for glyph, char in self.unicode().items()}

    def contours(self, name: str) -> Contours:
        """Outline of a glyph."""
        return trace(self._set[name], self._scale, self._set) if name in self._set else []

    def width(self, name: str) -> float:
        """Advance of a glyph."""
        return float(self._set[name].width) * self._scale if name in self._set else 0.0


class Type1:
    """A Type 1 font as it stands in a PDF: a head in the clear, and glyphs encrypted.

    Source:
        Adobe Type 1 Font Format, chapter 7, for the cipher and its keys.
    """

    _PUT = re.compile(rb"dup\s+(\d{1,3})\s*/(\S+)\s+put")
    _MATRIX = re.compile(rb"/FontMatrix\s*\[\s*([-\d.eE]+)")
    _GLYPH = re.compile(rb"/(\S+)\s+(\d+)\s+\S+ ")
    _SUBROUTINE = re.compile(rb"dup\s+(\d+)\s+(\d+)\s+\S+ ")

    def __init__(self, program: bytes) -> None:
        """Read the head; the glyphs are decrypted when an outline is asked for."""
        head, _, self._locked = program.partition(b"eexec")
        self._encoding = {int(code): name.decode("latin-1") for code, name in self._PUT.findall(head)}
        if b"StandardEncoding def" in head:
            self._encoding = {code: name for code, name in enumerate(StandardEncoding) if name != ".notdef"}
        matrix = self._MATRIX.search(head)
        self._scale = 1000 * float(matrix[1]) if matrix else 1.0

    def encoding(self) -> dict[int, str]:
        """Glyph names by code."""
        return self._encoding

    def glyphs(self) -> list[str]:
        """Names of its glyphs, in the order of the file."""
        return [name for name in self._charstrings if name != ".notdef"]

    def glyph(self, code: int, name: str) -> str:
        """The glyph of a name; whether there is one is not known before the font is decrypted."""
        return name if name != ".notdef" else ""

    def contours(self, name: str) -> Contours:
        """Outline of a glyph."""
        found = self._charstrings.get(name)
        return [] if found is None else trace(found, self._scale)

    def width(self, name: str) -> float:
        """Advance of a glyph, known once its outline was read."""
        return float(getattr(self._charstrings.get(name), "width", 0) or 0) * self._scale

    @cached_property
    def _charstrings(self) -> dict[str, Any]:
        from fontTools.misc.psCharStrings import T1CharString

        locked = self._locked.lstrip(b" \t\r\n")
        if re.match(rb"[0-9A-Fa-f\s]{8}", locked):  # of a PFA, in hexadecimal digits
            digits = re.sub(rb"[^0-9A-Fa-f]", b"", locked).decode()
            locked = bytes.fromhex(digits[: len(digits) // 2 * 2])
        clear = decrypt(locked, 55665)[4:]
        found = re.search(rb"/lenIV\s+(\d+)", clear)
        skip = int(found[1]) if found else 4
        start = re.search(rb"/CharStrings\b.*?\bbegin\b", clear, re.S)
        middle = start.end() if start else len(clear)
        codes = {int(key): code for key, code in _strings(clear[:middle], self._SUBROUTINE)}
        subroutines = [
            T1CharString(decrypt(codes.get(number, b""), 4330)[skip:]) for number in range(max(codes, default=-1) + 1)
        ]
        made = {
            name.decode("latin-1"): T1CharString(decrypt(code, 4330)[skip:])
            for name, code in _strings(clear[middle:], self._GLYPH)
        }
        for one in (*made.values(), *subroutines):
            one.subrs = subroutines
        return made


def _strings(clear: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Names or numbers and contents of a font's charstrings: "/name size RD contents"."""
    position = 0
    while found := pattern.search(clear, position):
        size = int(found[2])
        yield found[1], clear[found.end() : found.end() + size]
        position = found.end() + size


def decrypt(locked: bytes, key: int) -> bytes:
    """Bytes that Type 1's cipher hides.

    Each key is (key + byte) * FACTOR + 22719 of the one before, modulo 2**16: divided by the powers of FACTOR, which
    have inverses as FACTOR is odd, the keys are sums, and all are found at once.
    """
    bytes_ = np.frombuffer(locked, np.uint8).astype(np.uint64)
    powers, inverses = (np.full(len(bytes_), factor, np.uint64).cumprod() for factor in (FACTOR, INVERSE))
    keys = powers * (key + (inverses * (bytes_ * FACTOR + 22719)).cumsum())
    keys = np.concatenate(([key], keys.astype(np.uint16)))[:-1]
    return np.asarray(bytes_ ^ (keys.astype(np.uint64) >> 8), np.uint8).tobytes()
