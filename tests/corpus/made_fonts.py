"""Fonts made for the tests: real outlines under other names, and PDFs that are set in them."""

import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import matplotlib
import pymupdf
from fontTools.fontBuilder import FontBuilder
from fontTools.misc import eexec
from fontTools.misc.psCharStrings import T1CharString
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
SIZE, LEADING = 10, 13


@cache
def source(name):
    """One of matplotlib's fonts: none of them is among those that shapes are compared with."""
    font = TTFont(FONTS / f"{name}.ttf")
    return font, font.getGlyphSet(), font.getBestCmap()


def charstring(char, name):
    """The outline of a character in one of matplotlib's fonts, at 1,000 units; a width and nothing for None."""
    pen = T2CharStringPen(600, None)
    if char is None:
        return pen.getCharString()
    font, glyphs, chars = source(name)
    glyph, scale = glyphs[chars[ord(char)]], 1000 / font["head"].unitsPerEm
    made = T2CharStringPen(round(glyph.width * scale), glyphs)
    from fontTools.pens.transformPen import TransformPen

    glyph.draw(TransformPen(made, (scale, 0, 0, scale, 0, 0)))
    return made.getCharString()


def compact_font(glyphs, name="STIXGeneral"):
    """A font in the Compact Font Format.

    Args:
        glyphs: Character that is drawn, by glyph name.
        name: The font of matplotlib's that draws it.
    """
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", *glyphs])
    drawn = {glyph: charstring(char, name) for glyph, char in {".notdef": None, **glyphs}.items()}
    builder.setupCFF("Made", {}, drawn, {})
    return builder.font["CFF "].compile(builder.font)


def type1_font(glyphs, encoding):
    """A Type 1 font.

    Args:
        glyphs: Polygons by glyph name.
        encoding: Glyph names by code.
    """
    names = "".join(f"dup {code} /{name} put\n" for code, name in encoding.items())
    head = "%!PS-AdobeFont-1.0: Made\n/FontName /Made def /FontType 1 def /PaintType 0 def\n"
    head += "/FontMatrix [0.001 0 0 0.001 0 0] readonly def\n/FontBBox {0 -200 1000 800} readonly def\n"
    head += f"/Encoding 256 array\n0 1 255 {{1 index exch /.notdef put}} for\n{names}readonly def\ncurrentfile eexec\n"
    private = b"dup /Private 4 dict dup begin\n/RD {string currentfile exch readstring pop} def\n/lenIV 4 def\n"
    private += b"2 index /CharStrings %d dict dup begin\n" % (len(glyphs) + 1)
    for name, polygons in {".notdef": [], **glyphs}.items():
        code = _type1_code(polygons)
        private += b"/%s %d RD " % (name.encode(), len(code)) + code + b" ND\n"
    private += b"end end readonly put noaccess put dup/FontName get exch definefont pop mark currentfile closefile\n"
    return (
        head.encode()
        + eexec.encrypt(b"\0\0\0\0" + private, 55665)[0]
        + b"\n"
        + (b"0" * 64 + b"\n") * 8
        + b"cleartomark\n"
    )


def _type1_code(polygons):
    program, at = [0, 700, "hsbw"], (0, 0)
    for points in polygons:
        for number, (x, y) in enumerate(points):
            program += [x - at[0], y - at[1], "rlineto" if number else "rmoveto"]
            at = (x, y)
        program.append("closepath")
    made = T1CharString(program=[*program, "endchar"])
    made.compile()
    return eexec.encrypt(b"\0\0\0\0" + made.bytecode, 4330)[0]


@dataclass
class Embedded:
    """A simple font of a PDF.

    Attributes:
        program: The font program; b"" for none.
        names: Glyph names by code, as the PDF's encoding gives them; None for none.
        unicode: Unicode text by code, as its table gives it; None for none.
        key: FontFile3 or FontFile.
        name: Its name.
    """

    program: bytes
    names: dict | None = None
    unicode: dict | None = None
    key: str = "FontFile3"
    name: str = "ABCDEF+Made"
    codes: list = field(default_factory=list)


def make_pdf(path, lines, fonts):
    """A page of lines, each made of parts: text in Helvetica, or codes and the key of the font that they are of."""
    document = pymupdf.open()
    content = [f"{LEADING} TL", "72 760 Td"]
    for line in lines:
        for part, key in ((part, "F0") if isinstance(part, str) else part for part in line):
            data = part.encode("cp1252") if isinstance(part, str) else part
            content += [f"/{key} {SIZE} Tf", f"<{data.hex()}> Tj"]
        content.append("T*")
    write_page(document, content, {key: add_font(document, font) for key, font in fonts.items()})
    document.save(path)
    return path


def write_page(document, content, fonts):
    """A page of a document with lines of PDF's operators for text, and fonts by their keys; F0 is Helvetica."""
    page, helvetica = document.new_page(), document.get_new_xref()
    document.update_object(helvetica, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    named = "".join(f"/{key} {xref} 0 R" for key, xref in {"F0": helvetica, **fonts}.items())
    document.xref_set_key(page.xref, "Resources", f"<</Font<<{named}>>>>")
    stream = _stream(document, "\n".join(["BT", *content, "ET"]).encode())
    document.xref_set_key(page.xref, "Contents", f"{stream} 0 R")


def _stream(document, data, entries=""):
    xref = document.get_new_xref()
    document.update_object(xref, f"<<{entries}>>")
    document.update_stream(xref, data)
    return xref


def _add_table(document, unicode, digits):
    """A table of Unicode text by code, as an object of its own."""
    pairs = "\n".join(f"<{code:0{digits}x}> <{text.encode('utf-16-be').hex()}>" for code, text in unicode.items())
    space = f"1 begincodespacerange\n<{'0' * digits}> <{'f' * digits}>\nendcodespacerange"
    table = f"begincmap\n{space}\n{len(unicode)} beginbfchar\n{pairs}\nendbfchar\nendcmap"
    return _stream(document, table.encode())


def add_font(document, font):
    """Number of a simple font in a document."""
    codes = sorted(font.codes or font.names or font.unicode or {})
    descriptor = document.get_new_xref()
    entries = f"<</Type/FontDescriptor/FontName/{font.name}/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0"
    entries += "/Ascent 800/Descent -200/CapHeight 700/StemV 80"
    if font.program:
        subtype = "/Subtype/Type1C" if font.key == "FontFile3" else f"/Length1 {font.program.find(b'eexec') + 6}"
        entries += f"/{font.key} {_stream(document, font.program, subtype)} 0 R"
    document.update_object(descriptor, entries + ">>")
    kind = "TrueType" if font.key == "FontFile2" else "Type1"
    made = f"<</Type/Font/Subtype/{kind}/BaseFont/{font.name}/FontDescriptor {descriptor} 0 R"
    made += f"/FirstChar {codes[0]}/LastChar {codes[-1]}/Widths["
    made += " ".join("600" if code in codes else "0" for code in range(codes[0], codes[-1] + 1)) + "]"
    if font.names:
        differences = " ".join(f"{code}/{name}" for code, name in sorted(font.names.items()))
        made += f"/Encoding<</Type/Encoding/Differences[{differences}]>>"
    if font.unicode:
        made += f"/ToUnicode {_add_table(document, font.unicode, 2)} 0 R"
    xref = document.get_new_xref()
    document.update_object(xref, made + ">>")
    return xref


def add_composite(document, program, kind, widths, unicode=None):
    """Number of a composite font with two-byte codes that are its glyphs' numbers.

    Args:
        document: The document.
        program: An OpenType or a compact font.
        kind: CIDFontType0 or CIDFontType2.
        widths: Codes that get a width.
        unicode: Unicode text by code, None for no table.
    """
    key = "FontFile2" if kind == "CIDFontType2" else "FontFile3"
    subtype = "" if kind == "CIDFontType2" else "/Subtype/CIDFontType0C"
    descriptor, below, xref = (document.get_new_xref() for _ in range(3))
    file = _stream(document, program, subtype)
    entries = "<</Type/FontDescriptor/FontName/ABCDEF+Wide/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0/Ascent 800"
    document.update_object(descriptor, f"{entries}/Descent -200/CapHeight 700/StemV 80/{key} {file} 0 R>>")
    given = " ".join(f"{code}[600]" for code in widths)
    info = "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    identity = "/CIDToGIDMap/Identity" if kind == "CIDFontType2" else ""
    made = (
        f"<</Type/Font/Subtype/{kind}/BaseFont/ABCDEF+Wide{info}{identity}/W[{given}]/FontDescriptor {descriptor} 0 R>>"
    )
    document.update_object(below, made)
    made = f"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Wide/Encoding/Identity-H/DescendantFonts[{below} 0 R]"
    if unicode:
        made += f"/ToUnicode {_add_table(document, unicode, 4)} 0 R"
    document.update_object(xref, made + ">>")
    return xref


def true_type(chars, name="DejaVuSans", *, cmap=True):
    """A TrueType subset, its glyphs in the order of some characters; without its own table of characters if asked."""
    from fontTools import subset

    font = TTFont(FONTS / f"{name}.ttf")
    asked = subset.Options(notdef_outline=True, glyph_names=False, layout_features=[])
    cutter = subset.Subsetter(asked)
    cutter.populate(text=chars)
    cutter.subset(font)
    if not cmap:
        del font["cmap"]
    for table in ("post", "name", "OS/2"):
        if table in font and not cmap:
            del font[table]
    order = {char: font.getGlyphID(glyph) for char, glyph in _by_char(chars, name, font).items()}
    out = io.BytesIO()
    font.save(out)
    return out.getvalue(), order


def _by_char(chars, name, font):
    best = TTFont(FONTS / f"{name}.ttf").getBestCmap()
    return {char: best[ord(char)] for char in chars if best[ord(char)] in font.getGlyphOrder()}
