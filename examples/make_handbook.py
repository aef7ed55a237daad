"""Make the handbook's PDF and DOCX files from the Markdown under `examples/make/`: the same bytes at every run.

`make/people/travel.docx.md` becomes `handbook/people/travel.docx`. Nothing is compressed, so that the bytes do not
depend on the zlib at hand; they do depend on the versions in `MADE_WITH`.
"""

# mypy: disable-error-code="import-untyped"

import argparse
import io
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import docx
import yaml
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from reportlab.lib import colors
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, ListFlowable, Paragraph, SimpleDocTemplate, Spacer, Table

EXAMPLES = Path(__file__).resolve().parent
MADE_WITH = {"python-docx": "1.2.0", "reportlab": "5.1.0"}
COMPANY = "Larkmoor Instruments"

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, spaceAfter=6)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=8, leading=10, spaceAfter=0)
HEADINGS = {
    1: ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=18, leading=24, spaceAfter=10),
    2: ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=13, leading=17, spaceBefore=8, spaceAfter=4),
}

GRID = [
    ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
    ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


@dataclass(frozen=True)
class Block:
    """A block of Markdown: its kind is the number of `#` of a heading, or text, bullets, steps or table.

    `lines` are paragraphs or items; `rows` are those of a table, heads first.
    """

    kind: str
    lines: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """A source file: what its front matter says, and its blocks."""

    title: str
    author: str
    date: datetime
    blocks: list[Block]


def read_page(path: Path) -> Page:
    """The Markdown file at `path`, whose front matter holds title, author and date."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    head = yaml.safe_load(front)
    date = datetime(head["date"].year, head["date"].month, head["date"].day, tzinfo=UTC)
    return Page(head["title"], head["author"], date, list(blocks(body.replace("`", ""))))


def blocks(markdown: str) -> Iterator[Block]:
    """The blocks of a text; empty lines stand between them."""
    for block in re.split(r"\n\n+", markdown.strip()):
        lines = block.splitlines()
        if heading := re.fullmatch(r"(#+) (.+)", block):
            yield Block(heading[1], [heading[2]])
        elif block.startswith("|"):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            yield Block("table", rows=[rows[0], *rows[2:]])
        elif block.startswith("- "):
            yield Block("bullets", items(block, r"- "))
        elif block.startswith("1. "):
            yield Block("steps", items(block, r"\d+\. "))
        else:
            yield Block("text", [" ".join(lines)])


def items(block: str, mark: str) -> list[str]:
    """The items of a list, each on one line and without its mark."""
    return [" ".join(item.split()) for item in re.split(rf"^{mark}", block, flags=re.MULTILINE)[1:]]


def pdf(page: Page) -> bytes:
    """A booklet of A5 pages, each with the company and the title at its head and its number at its foot."""

    def furnish(canvas: Canvas, _: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 7)
        canvas.drawString(2 * cm, A5[1] - 1.1 * cm, COMPANY)
        canvas.drawRightString(A5[0] - 2 * cm, A5[1] - 1.1 * cm, page.title)
        canvas.drawCentredString(A5[0] / 2, 1 * cm, f"Page {canvas.getPageNumber()}")

    # With `invariant`, reportlab takes the date of this variable in place of its own constant.
    os.environ["SOURCE_DATE_EPOCH"] = str(int(page.date.timestamp()))
    stream = io.BytesIO()
    booklet = SimpleDocTemplate(
        stream,
        pagesize=A5,
        leftMargin=2 * cm,
        rightMargin=2 * cm,
        topMargin=1.8 * cm,
        bottomMargin=1.8 * cm,
        title=page.title,
        author=page.author,
        invariant=1,
        pageCompression=0,
    )
    story = [part for block in page.blocks for part in flowables(block)]
    booklet.build(story, onFirstPage=furnish, onLaterPages=furnish)
    return stream.getvalue()


def flowables(block: Block) -> list[Flowable]:
    """What a block looks like in a PDF."""
    if block.kind == "table":
        cells = [[Paragraph(cell, CELL) for cell in row] for row in block.rows]
        return [Table(cells, style=GRID, repeatRows=1), Spacer(1, 8)]
    if block.kind in ("bullets", "steps"):
        kind = "bullet" if block.kind == "bullets" else "1"
        marks = {"start": "•"} if kind == "bullet" else {"bulletFormat": "%s."}
        return [ListFlowable([Paragraph(line, BODY) for line in block.lines], bulletType=kind, **marks)]
    style = HEADINGS.get(len(block.kind), BODY) if block.kind.startswith("#") else BODY
    return [Paragraph(line, style) for line in block.lines]


def word(page: Page) -> bytes:
    """A Word file with headings, lists and tables, as small as it can be."""
    document = docx.Document()
    slim(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = page.title, page.author, ""
    properties.created = properties.modified = page.date
    for block in page.blocks:
        add(document, block)
    stream = io.BytesIO()
    document.save(stream)
    return without_time(stream.getvalue())


def add(document: WordDocument, block: Block) -> None:
    """Append a block to a Word document."""
    if block.kind == "table":
        table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
        for row in block.rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        return
    for line in block.lines:
        if block.kind.startswith("#"):
            document.add_heading(line, level=len(block.kind))
        else:
            styles = {"bullets": "List Bullet", "steps": "List Number"}
            document.add_paragraph(line, style=styles.get(block.kind, "Normal"))


def slim(document: WordDocument) -> None:
    """Take out of python-docx's template the hundred styles of tables and the parts that no page here uses."""
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()
    for owner, kind in ((document.part, "stylesWithEffects"), (document.part.package, "thumbnail")):
        for name in [name for name, link in owner.rels.items() if link.reltype.endswith(kind)]:
            del owner.rels[name]


def without_time(archive: bytes) -> bytes:
    """The same zip file with its parts stored as they are, all of the same date."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.create_system = 3  # else it depends on the system
            new.writestr(part, old.read(name))
    return stream.getvalue()


def main() -> None:
    """Write every page of `examples/make/` as PDF or DOCX."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=EXAMPLES / "handbook", help="the handbook's folder")
    into = parser.parse_args().into
    for source in sorted((EXAMPLES / "make").glob("*/*.md")):
        target = into / source.relative_to(EXAMPLES / "make").with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes({".pdf": pdf, ".docx": word}[target.suffix](read_page(source)))
        print(target)


if __name__ == "__main__":
    main()
