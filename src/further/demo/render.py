"""Render a bundled article as a PDF like a journal's: two columns, running heads, captions, a table, references."""

from collections.abc import Iterator
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    FrameBreak,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Table,
    TableStyle,
)

from further.demo.articles import Article, Block, parse_article
from further.demo.typography import SANS, SERIF_ITALIC, caption_markup, make_styles, set_ligatures, to_markup, to_plain
from further.io import write_atomically

PAGE_SIZE = PAGE_WIDTH, PAGE_HEIGHT = 184 * mm, 260 * mm  # a common journal trim
MARGIN = 15 * mm
TOP = PAGE_HEIGHT - 24 * mm  # upper edge of the text; the running head stands above it
BOTTOM = 21 * mm  # lower edge of the text; the page number stands below it
GUTTER = 7 * mm
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN
COLUMN_WIDTH = (TEXT_WIDTH - GUTTER) / 2
FIGURE_HEIGHT = 32 * mm
KIND_OF_ARTICLE = "Demonstration article"
INK, ACCENT, TINT = HexColor("#333333"), HexColor("#8a1c2b"), HexColor("#f4f1ee")


class Float(KeepTogether):
    """A table or figure with its caption; where a column has no room for it, the text goes on and it comes later."""

    def __init__(self, flowables: list[Flowable]) -> None:
        """Keep the flowables together and measure them; KeepTogether itself reports no height."""
        super().__init__(flowables)
        self.height_needed = stack_height(flowables, COLUMN_WIDTH)


class Barrier(CondPageBreak):
    """A place that no float may pass."""


class JournalDocument(BaseDocTemplate):
    """A document whose floats wait for a column with enough room, instead of leaving a gap."""

    def handle_flowable(self, flowables: list[Flowable]) -> None:
        """Place the next flowable; a float without room changes places with the one after it."""
        if len(flowables) > 1 and isinstance(flowables[0], Float) and not isinstance(flowables[1], Barrier):
            room = self.frame._y - self.frame._y1p  # reportlab names the remaining height nowhere else
            if flowables[0].height_needed > room:
                flowables[0], flowables[1] = flowables[1], flowables[0]
        super().handle_flowable(flowables)


class PlaceholderFigure(Flowable):
    """A box with a faint grid and an invented trace, where a journal would show a figure."""

    def __init__(self, width: float, height: float) -> None:
        """Make a box; sizes in points."""
        super().__init__()
        self.width, self.height = width, height
        self.spaceBefore = 8

    def draw(self) -> None:
        """Draw box, grid, trace and label at the origin."""
        canvas = self.canv
        canvas.setFillColor(TINT)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.6)
        canvas.rect(0, 0, self.width, self.height, fill=1)
        self._draw_grid(canvas)
        self._draw_trace(canvas)
        canvas.setFillColor(INK)
        canvas.setFont(SANS, 6)
        canvas.drawRightString(self.width - 5, 5, "Placeholder, no data shown")

    def _draw_grid(self, canvas: Canvas) -> None:
        """Lines every 12 points."""
        canvas.setStrokeColor(HexColor("#e3d9d3"))
        canvas.setLineWidth(0.3)
        for x in range(12, int(self.width), 12):
            canvas.line(x, 0.5, x, self.height - 0.5)
        for y in range(12, int(self.height), 12):
            canvas.line(0.5, y, self.width - 0.5, y)

    def _draw_trace(self, canvas: Canvas) -> None:
        """Three and a half beats of a drawn pulse."""
        beat = [(0, 0), (12, 0), (17, 5), (22, 0), (27, 0), (30, -6), (34, 34), (38, -10), (41, 0), (50, 0), (57, 8)]
        points = [(start + x, y) for start in range(0, int(self.width) - 64, 64) for x, y in beat]
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(1)
        path = canvas.beginPath()
        path.moveTo(8, self.height * 0.4)
        for x, y in points:
            path.lineTo(8 + x, self.height * 0.4 + y)
        canvas.drawPath(path)


def render_article(source: Path, target: Path) -> None:
    """Render one Markdown article as a PDF; the same text and library versions give the same bytes.

    Args:
        source: Markdown file in the format of `further.demo.articles`.
        target: PDF to write; its folder is made if absent.

    Raises:
        ValueError: If the article breaks the format, or needs a character that the font lacks.
    """
    try:
        article = parse_article(source.read_text(encoding="utf-8"))
        front = list(_front_matter(article))
        text = [*_body(article.body), *_references(article.references)]
    except ValueError as error:
        raise ValueError(f"{source.name}: {error}") from None
    story = [*front, FrameBreak(), NextPageTemplate("later"), *text]
    write_atomically(target, lambda temporary: _make_document(temporary, article, front).build(story))


def _make_document(path: Path, article: Article, front: list[Flowable]) -> BaseDocTemplate:
    """Page layout: title block across page one above two columns, then two full columns."""
    document = JournalDocument(
        str(path),
        pagesize=PAGE_SIZE,
        title=article.title,
        subject=KIND_OF_ARTICLE,
        keywords=", ".join(article.keywords),
        author="",
        creator="Further",
        invariant=1,  # no times and no random identifiers in the file
    )
    height = stack_height(front, TEXT_WIDTH) + 6
    first = [_frame(MARGIN, TOP - height, TEXT_WIDTH, height), *_columns(TOP - height - 5 * mm)]

    def decorate(canvas: Canvas, template: BaseDocTemplate) -> None:
        _draw_page_furniture(canvas, template.page, article.running_head)

    document.addPageTemplates(
        [PageTemplate("first", first, onPage=decorate), PageTemplate("later", _columns(TOP), onPage=decorate)]
    )
    return document


def _columns(top: float) -> list[Frame]:
    """Two column frames from `top` (points) down to the bottom margin."""
    return [_frame(x, BOTTOM, COLUMN_WIDTH, top - BOTTOM) for x in (MARGIN, MARGIN + COLUMN_WIDTH + GUTTER)]


def _frame(x: float, y: float, width: float, height: float) -> Frame:
    """A frame without padding."""
    return Frame(x, y, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def stack_height(flowables: list[Flowable], width: float) -> float:
    """Height in points, at most, of flowables set one below the other, with the spaces between them."""
    heights = [flowable.wrap(width, PAGE_HEIGHT)[1] for flowable in flowables]
    spaces = [flowable.getSpaceBefore() + flowable.getSpaceAfter() for flowable in flowables]
    return float(sum(heights) + sum(spaces))


def _draw_page_furniture(canvas: Canvas, page: int, running_head: str) -> None:
    """Running head with a rule above the text, page number below it; heads change sides, as in a bound journal."""
    left, right = (running_head, KIND_OF_ARTICLE) if page % 2 else (KIND_OF_ARTICLE, running_head)
    canvas.setFillColor(INK)
    canvas.setFont(SERIF_ITALIC, 9)
    canvas.drawString(MARGIN, TOP + 15, set_ligatures(left))
    canvas.drawRightString(PAGE_WIDTH - MARGIN, TOP + 15, set_ligatures(right))
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(0.4)
    canvas.line(MARGIN, TOP + 10, PAGE_WIDTH - MARGIN, TOP + 10)
    canvas.setFont(SERIF_ITALIC, 9)
    canvas.drawCentredString(PAGE_WIDTH / 2, BOTTOM - 22, str(page))


def _front_matter(article: Article) -> Iterator[Flowable]:
    """Title, notice, abstract and keywords, set across the page."""
    styles = make_styles()
    yield Paragraph(KIND_OF_ARTICLE.upper(), styles["label"])
    yield Paragraph(to_markup(article.title), styles["title"])
    yield Paragraph(to_markup(article.notice), styles["notice"])
    yield Paragraph("Abstract", styles["abstract-heading"])
    for text in article.abstract:
        yield Paragraph(to_markup(text), styles["abstract"])
    yield Paragraph(f"<b>Keywords:</b> {to_markup('; '.join(article.keywords))}", styles["keywords"])


def _body(blocks: tuple[Block, ...]) -> Iterator[Flowable]:
    """Flowables of the sections; a paragraph is indented unless a heading or list stands before it."""
    styles = make_styles()
    before = "heading"
    for block in blocks:
        match block.kind:
            case "heading" | "subheading":
                # Two lines must follow; reportlab's keepWithNext would keep the whole paragraph with its heading.
                yield CondPageBreak(4.5 * styles["first"].leading)
                yield Paragraph(to_markup(block.text), styles[block.kind])
            case "paragraph":
                yield Paragraph(to_markup(block.text), styles["paragraph" if before == "paragraph" else "first"])
            case "item":
                yield Paragraph(to_markup(block.text), styles["item"], bulletText="\u2022")
            case "table":
                yield Float(list(_table(block)))
            case "figure":
                figure = PlaceholderFigure(COLUMN_WIDTH, FIGURE_HEIGHT)
                yield Float([figure, Paragraph(caption_markup(block.text), styles["figure-caption"])])
        if block.kind not in ("table", "figure"):  # they may float elsewhere
            before = block.kind


def _table(block: Block) -> Iterator[Flowable]:
    """Caption above a table with three rules and no vertical lines."""
    styles = make_styles()
    yield Paragraph(caption_markup(block.text), styles["table-caption"])
    head, *rows = block.rows
    cells = [[Paragraph(to_markup(cell), styles["cell-head"]) for cell in head]]
    cells += [[Paragraph(to_markup(cell), styles["cell"]) for cell in row] for row in rows]
    rules = TableStyle(
        [
            ("LINEABOVE", (0, 0), (-1, 0), 0.9, INK),
            ("LINEBELOW", (0, 0), (-1, 0), 0.5, INK),
            ("LINEBELOW", (0, -1), (-1, -1), 0.9, INK),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 5),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ]
    )
    yield Table(cells, colWidths=_column_widths(block.rows), style=rules, spaceAfter=6)


def _column_widths(rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Share the column's width (points): room for each column's longest word, the rest by its longest cell."""
    style = make_styles()["cell-head"]  # bold is wider than the cells
    columns = list(zip(*rows, strict=True))
    words = [[word for cell in column for word in to_plain(cell).split()] for column in columns]
    floors = [6 + max(stringWidth(word, style.fontName, style.fontSize) for word in column) for column in words]
    weights = [max(len(cell) for cell in column) ** 0.75 for column in columns]
    spare = max(0.0, COLUMN_WIDTH - sum(floors))
    widths = [floor + spare * weight / sum(weights) for floor, weight in zip(floors, weights, strict=True)]
    return [width * COLUMN_WIDTH / sum(widths) for width in widths]


def _references(references: tuple[str, ...]) -> Iterator[Flowable]:
    """Numbered reference list in smaller type."""
    styles = make_styles()
    yield Barrier(5 * styles["reference"].leading)
    yield Paragraph("References", styles["heading"])
    for number, text in enumerate(references, start=1):
        yield Paragraph(to_markup(text), styles["reference"], bulletText=f"{number}.")
