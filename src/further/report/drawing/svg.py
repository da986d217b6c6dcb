"""SVG files: reproducible to the byte, with hover texts, and prepared for use inside a page."""

import io
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from further.io import write_text
from further.report.drawing.style import COLORS, TITLE_ID, TITLE_POINTS, Drawing

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)
NAMES_OF_COLORS = {color: name for name, color in COLORS.items()}


def write_svg(drawing: Drawing, path: Path) -> str:
    """Write a drawing without dates or random ids, each marker with its hover text; returns the text of the file."""
    buffer = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # letters stay text: the reader's fonts draw them
        # With no field left, matplotlib writes no block of metadata, which would hold a date.
        nameless = {"Date": None, "Creator": None, "Format": None, "Type": None}
        drawing.figure.savefig(buffer, format="svg", metadata=nameless)
    root = ElementTree.fromstring(_replace_forbidden(buffer.getvalue()))
    for name, texts in drawing.tips.items():
        _add_tips(root, name, texts)
    text = ElementTree.tostring(root, encoding="unicode") + "\n"
    write_text(path, text)
    return text


def _add_tips(root: ElementTree.Element, name: str, texts: list[str]) -> None:
    group = root.find(f".//{{{SVG}}}g[@id='{name}']")
    assert group is not None, name
    markers = group.findall(f".//{{{SVG}}}use")
    # matplotlib leaves out a marker that is not finite: texts would move to the wrong markers.
    assert len(markers) == len(texts), (name, len(markers), len(texts))
    for marker, text in zip(markers, texts, strict=True):
        ElementTree.SubElement(marker, f"{{{SVG}}}title").text = _replace_forbidden(text)


def _replace_forbidden(text: str) -> str:
    """Text with a sign in place of what XML does not allow: a file may be named with a control character."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}", text)


def inline_svg(text: str, name: str, label: str) -> str:
    """Prepare a figure's SVG for an HTML page that holds others.

    Ids get the figure's name in front, so that they stay unique; the title's room is cut off, as the page has it as a
    heading; known colors become CSS variables, so that dark mode can change them; the size follows the page.

    Args:
        text: A file of `write_svg`.
        name: The figure's name, unique in the page.
        label: What the figure shows, for those who cannot see it.

    Returns:
        An `<svg>` element, safe to insert as it is.
    """
    root = ElementTree.fromstring(text)
    _cut_title(root)
    for element in root.iter():
        _rename_ids(element, name)
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
        if "style" in element.attrib:
            element.set("style", _name_colors(element.attrib["style"]))
    # The page's style sets the size; the viewBox keeps the proportions.
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-label", label)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def _cut_title(root: ElementTree.Element) -> None:
    for parent in root.iter():
        for child in [child for child in parent if child.get("id") == TITLE_ID]:
            parent.remove(child)
    # The room kept for the title is at the top: the view begins below it.
    left, top, width, height = (float(part) for part in root.attrib["viewBox"].split())
    root.set("viewBox", f"{left:g} {top + TITLE_POINTS:g} {width:g} {height - TITLE_POINTS:g}")


def _rename_ids(element: ElementTree.Element, name: str) -> None:
    attributes: Mapping[str, str] = dict(element.attrib)
    element.attrib.clear()
    for key, value in attributes.items():
        if key == "id":
            value = f"{name}-{value}"
        elif key in (f"{{{XLINK}}}href", "href"):
            key, value = "href", re.sub(r"^#", f"#{name}-", value)
        element.set(key, value.replace("url(#", f"url(#{name}-"))


def _name_colors(style: str) -> str:
    def name(match: re.Match[str]) -> str:
        color = match.group(0).lower()
        known = NAMES_OF_COLORS.get(color)
        return f"var(--{known}, {color})" if known else color

    return re.sub(r"#[0-9a-fA-F]{6}\b", name, style)
