import zipfile
from datetime import datetime

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from loramake.errors import SourceError
from loramake.readers.docx import read
from loramake.recipe.model import Source


@pytest.fixture
def document():
    document = docx.Document()
    document.core_properties.author = ""
    return document


def parsed(tmp_path, document):
    path = tmp_path / "page.docx"
    document.save(path)
    return read(path, Source(files=["*"])).parsed[0]


def xml(document, markup):
    """Put WordprocessingML at the end of the document's body."""
    markup = markup.replace(">", f" {nsdecls('w')}>", 1)
    document.element.body.insert(len(document.element.body) - 1, parse_xml(markup))


def test_headings_lists_and_paragraphs_keep_their_order(tmp_path, document):
    document.add_heading("Equipment", level=0)
    document.add_heading("What you get", level=2)
    document.add_paragraph("A laptop\nand a bag.")
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Bullet 2")
    document.add_paragraph("first", style="List Number")
    document.add_paragraph("# no heading")
    page = parsed(tmp_path, document)
    assert page.text.split("\n\n") == [
        "# Equipment",
        "## What you get",
        "A laptop\nand a bag.",
        "- one\n  - two\n1. first",
        "\\# no heading",
    ]
    assert (page.section, page.page) == ("Equipment", None)


def test_a_table_stands_where_it_stood_and_keeps_its_rows(tmp_path, document):
    document.add_paragraph("before")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip([*table.rows[0].cells, *table.rows[1].cells], ["Item", "Price", "Bolt", "2|3"], strict=True):
        cell.text = text
    document.add_paragraph("after")
    table = "| Item | Price |\n| --- | --- |\n| Bolt | 2\\|3 |"
    assert parsed(tmp_path, document).text == f"before\n\n{table}\n\nafter"


def test_merged_cells_are_not_repeated(tmp_path, document):
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 2).merge(table.cell(2, 2)).text = "tall"
    table.cell(0, 2).text, table.cell(1, 0).text, table.cell(2, 1).text = "c", "a", "b"
    rows = parsed(tmp_path, document).text.split("\n")
    assert [rows[0], *rows[2:]] == ["| wide |  | c |", "| a |  | tall |", "|  | b |  |"]


def test_a_table_in_a_cell_is_read_once(tmp_path, document):
    table = document.add_table(rows=1, cols=1)
    table.cell(0, 0).text = "outer"
    table.cell(0, 0).add_table(rows=1, cols=1).cell(0, 0).text = "inner"
    assert parsed(tmp_path, document).text.count("inner") == 1


def test_title_author_and_date_come_from_the_properties(tmp_path, document):
    document.add_paragraph("words")
    core = document.core_properties
    core.title, core.author, core.modified = "Travel", "Ada Quill", datetime(2024, 1, 31, 10)
    page = parsed(tmp_path, document)
    assert (page.section, page.author, page.date) == ("Travel", "Ada Quill", "2024-01-31T10:00:00+00:00")


def test_properties_that_the_file_lacks_are_not_made_up(tmp_path, document):
    document.add_paragraph("words")
    bare = rewritten(tmp_path, document, "_rels/.rels", lambda data: data.replace(b"core-properties", b"unknown"))
    page = read(bare, Source(files=["*"])).parsed[0]
    assert (page.section, page.author, page.date) == (None, None, None)


def rewritten(folder, document, member, change):
    """The document with one member of its archive changed."""
    path, full = folder / "page.docx", folder / "full.docx"
    document.save(full)
    with zipfile.ZipFile(full) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, change(source.read(name)) if name == member else source.read(name))
    return path


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<w:p><w:r><w:t>a</w:t></w:r><w:ins><w:r><w:t>b</w:t></w:r></w:ins></w:p>", "ab"),
        ("<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>b</w:delText></w:r></w:del></w:p>", "a"),
        ("<w:p><w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink><w:r><w:t>s</w:t></w:r></w:p>", "links"),
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a\tb\nc"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>control</w:t></w:r></w:p></w:sdtContent></w:sdt>", "control"),
    ],
)
def test_what_word_wraps_around_words(tmp_path, document, markup, text):
    document.add_paragraph("first")
    xml(document, markup)
    assert parsed(tmp_path, document).text == f"first\n\n{text}"


def test_a_text_box_is_read_once(tmp_path, document):
    box = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
    compatible = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    choices = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    xml(
        document,
        f"<w:p><w:r><w:t>around</w:t><mc:AlternateContent {compatible}>{choices}</mc:AlternateContent></w:r></w:p>",
    )
    assert parsed(tmp_path, document).text == "around\n\nboxed"


def test_code_paragraphs_make_up_one_listing(tmp_path, document):
    document.styles.add_style("Source Code", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    for line in ("def f():", "    return 1"):
        document.add_paragraph(line, style="Source Code")
    assert parsed(tmp_path, document).text == "```\ndef f():\n    return 1\n```"


def test_a_table_of_contents_is_left_out(tmp_path, document):
    document.styles.add_style("TOC 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Chapter 1 ... 5", style="TOC 1")
    document.add_paragraph("words")
    assert parsed(tmp_path, document).text == "words"


def test_a_style_that_builds_on_a_heading_is_one(tmp_path, document):
    style = document.styles.add_style("House Chapter", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Heading 1"]
    document.add_paragraph("Chapter", style="House Chapter")
    assert parsed(tmp_path, document).text == "# Chapter"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (lambda _: b"", "empty"),
        (lambda _: b"no zip at all", "not_a_docx"),
        (lambda whole: whole[: len(whole) // 2], "not_a_docx"),
        (lambda _: OLE + bytes(600), "encrypted"),
        (lambda whole: whole.replace(b"[Content_Types]", b"[Content-Types]"), "damaged"),
        (lambda whole: whole, "no_text"),
    ],
)
def test_a_broken_document_is_refused(tmp_path, document, broken, reason):
    path = tmp_path / "page.docx"
    document.save(path)
    path.write_bytes(broken(path.read_bytes()))
    with pytest.raises(SourceError) as refused:
        read(path, Source(files=["*"]))
    assert refused.value.reason == reason


def test_a_document_of_broken_xml_is_refused(tmp_path, document):
    path = rewritten(tmp_path, document, "word/document.xml", lambda data: data[:-50])
    with pytest.raises(SourceError, match="cannot be opened"):
        read(path, Source(files=["*"]))


def test_an_archive_that_grows_too_big_is_refused(tmp_path, document, monkeypatch):
    monkeypatch.setattr("loramake.readers.docx._MOST_BYTES", 10_000)
    with pytest.raises(SourceError) as refused:
        parsed(tmp_path, document)
    assert refused.value.reason == "too_big"
