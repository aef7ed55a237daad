import zipfile
from datetime import datetime

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from loramake.errors import SourceError
from loramake.readers.docx import read
from loramake.recipe.source import Source


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


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def word(path, body, content_type=MAIN, **parts):
    """A Word document of raw markup; `parts` are named as their relationships are."""
    rels = "".join(f'<Relationship Id="{kind}" Type="{R}/{kind}" Target="{kind}.xml"/>' for kind in parts)
    members = {
        "[Content_Types].xml": f'<Types><Override PartName="/word/document.xml" ContentType="{content_type}"/></Types>',
        "_rels/.rels": f'<Rs><Relationship Id="r" Type="{R}/officeDocument" Target="word/document.xml"/></Rs>',
        "word/_rels/document.xml.rels": f"<Rs>{rels}</Rs>",
        "word/document.xml": f'<w:document {W} xmlns:r="{R}"><w:body>{body}</w:body></w:document>',
        **{f"word/{kind}.xml": markup for kind, markup in parts.items()},
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, markup in members.items():
            archive.writestr(name, markup)
    return path


def text_of(tmp_path, body, **parts):
    return read(word(tmp_path / "raw.docx", body, **parts), Source(files=["*"])).parsed[0].text


def p(words, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space='preserve'>{words}</w:t></w:r></w:p>"


def test_notes_are_called_in_the_text_and_stand_at_its_end(tmp_path):
    call = '<w:p><w:r><w:t>{}</w:t></w:r><w:r><w:{}Reference w:id="{}"/></w:r></w:p>'
    body = call.format("one", "endnote", 7) + call.format("two", "footnote", 7) + call.format("three", "footnote", 99)
    notes = '<w:{0}s {1}><w:{0} w:id="7">{2}</w:{0}><w:{0} w:id="8">{3}</w:{0}></w:{0}s>'
    footnotes = notes.format("footnote", W, p("first") + p("second"), p("never called"))
    endnotes = notes.format("endnote", W, p("at the end"), "")
    text = text_of(tmp_path, body, footnotes=footnotes, endnotes=endnotes)
    assert text.split("\n\n") == [
        "one[^1]",
        "two[^2]",
        "three[^3]",
        "[^1]: at the end",
        "[^2]: first",
        "    second",
    ]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w:p><w:moveFrom><w:r><w:t>x</w:t></w:r></w:moveFrom><w:r><w:t>stays</w:t></w:r></w:p>", "stays"),
        ("<w:p><w:moveTo><w:r><w:t>x</w:t></w:r></w:moveTo><w:r><w:t> stays</w:t></w:r></w:p>", "x stays"),
        (p("one ", "<w:rPr><w:del/></w:rPr>") + p("paragraph"), "one paragraph"),
        (p("T", '<w:framePr w:dropCap="drop"/>') + p("he ship"), "The ship"),
        (p("the last", "<w:rPr><w:del/></w:rPr>"), "the last"),
        ("<w:customXml>" + p("inside") + "</w:customXml>", "inside"),
    ],
)
def test_changes_are_accepted(tmp_path, body, text):
    assert text_of(tmp_path, body) == text


def test_rows_and_cells_that_were_deleted_are_gone(tmp_path):
    row = "<w:tr>{}" + 2 * "<w:tc><w:tcPr>{}</w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>" + "</w:tr>"
    rows = row.format("", "", "a", "", "b") + row.format("<w:trPr><w:del/></w:trPr>", "", "c", "", "d")
    rows += row.format("<w:trPr><w:ins/></w:trPr>", "", "e", "<w:cellDel/>", "f")
    assert text_of(tmp_path, f"<w:tbl>{rows}</w:tbl>") == "| a | b |\n| --- | --- |\n| e |  |"


def test_a_table_in_a_table_and_code_in_a_cell_stay_whole(tmp_path, document):
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text, table.cell(1, 0).text = "Name", "Limits", "Pump"
    inner = table.cell(1, 1).add_table(rows=2, cols=2)
    for cell, text in zip([*inner.rows[0].cells, *inner.rows[1].cells], "abcd", strict=True):
        cell.text = text
    assert parsed(tmp_path, document).text.split("\n\n") == [
        "Name: Pump",
        "Limits:",
        "| a | b |\n| --- | --- |\n| c | d |",
    ]


def test_a_table_of_contents_in_a_content_control_is_left_out(tmp_path):
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="{}"/></w:docPartObj></w:sdtPr>'
    control = "<w:sdt>{}<w:sdtContent>{}</w:sdtContent></w:sdt>"
    contents = control.format(gallery.format("Table of Contents"), p("Chapter 1 ... 5"))
    cover = control.format(gallery.format("Cover Pages"), p("Handbook"))
    assert text_of(tmp_path, contents + cover) == "Handbook"


def test_code_is_known_by_its_typeface(tmp_path):
    def line(words, face):
        return f'<w:p><w:r><w:rPr><w:rFonts w:ascii="{face}"/></w:rPr><w:t>{words}</w:t></w:r></w:p>'

    body = p("Run this:") + line("make", "Consolas") + line("make test", "Courier New") + line("Done.", "Arial")
    assert text_of(tmp_path, body) == "Run this:\n\n```\nmake\nmake test\n```\n\nDone."


def test_a_manuscript_in_courier_is_no_code(tmp_path):
    face = '<w:rPr><w:rFonts w:ascii="Courier New"/></w:rPr>'
    styles = f"<w:styles {W}><w:docDefaults><w:rPrDefault>{face}</w:rPrDefault></w:docDefaults></w:styles>"
    body = f"<w:p><w:r>{face}<w:t>It was a dark night.</w:t></w:r></w:p>"
    assert text_of(tmp_path, body, styles=styles) == "It was a dark night."


def test_an_outline_makes_headings(tmp_path):
    body = p("Scope", '<w:outlineLvl w:val="1"/>') + p("All pumps.", '<w:outlineLvl w:val="9"/>')
    assert text_of(tmp_path, body) == "## Scope\n\nAll pumps."


def test_comments_are_left_out_and_counted(tmp_path):
    comments = f"<w:comments {W}><w:comment>{p('rubbish')}</w:comment><w:comment>{p('no')}</w:comment></w:comments>"
    body = '<w:p><w:commentRangeStart w:id="0"/><w:r><w:t>words</w:t><w:commentReference w:id="0"/></w:r></w:p>'
    path = word(tmp_path / "raw.docx", body, comments=comments)
    (page,) = read(path, Source(files=["*"])).parsed
    assert (page.text, page.meta) == ("words", {"comments": 2})


def test_documents_of_other_formats_inside_are_counted(tmp_path):
    path = word(tmp_path / "raw.docx", p("words") + "<w:altChunk/>")
    assert read(path, Source(files=["*"])).parsed[0].meta == {"imported_parts": 1}


def test_headers_and_footers_of_pages_are_left_out(tmp_path, document):
    document.sections[0].header.paragraphs[0].text = "ACME, confidential"
    document.sections[0].footer.paragraphs[0].text = "page 1 of 2"
    document.add_paragraph("words")
    assert parsed(tmp_path, document).text == "words"


def test_a_document_with_macros_is_read_without_them(tmp_path):
    path = word(tmp_path / "page.docm", p("words"), content_type=MACROS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/vbaProject.bin", OLE)
    assert read(path, Source(files=["*"])).parsed[0].text == "words"


def test_a_chart_gives_its_figures(tmp_path):
    chart = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    points = '<c:{0}><c:{1}><c:pt idx="0"><c:v>{2}</c:v></c:pt><c:pt idx="1"><c:v>{3}</c:v></c:pt></c:{1}></c:{0}>'
    series = points.format("cat", "strCache", "May", "June") + points.format("val", "numCache", 1, 2.5)
    name = "<c:tx><c:v>Pumps</c:v></c:tx>"
    markup = f'<c:chartSpace xmlns:c="{chart}"><c:chart><c:ser>{name}{series}</c:ser></c:chart></c:chartSpace>'
    body = f'<w:p><w:r><w:drawing><c:chart xmlns:c="{chart}" r:id="chart"/></w:drawing></w:r></w:p>'
    table = "|  | Pumps |\n| --- | --- |\n| May | 1 |\n| June | 2.5 |"
    assert text_of(tmp_path, p("Sales") + body, chart=markup) == f"Sales\n\n{table}"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (lambda _: b"", "empty"),
        (lambda _: b"no zip at all", "not_a_docx"),
        (lambda whole: whole[: len(whole) // 2], "not_a_docx"),
        (lambda _: OLE + bytes(600), "old_format"),
        (lambda _: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (lambda whole: whole.replace(b"word/document.xml", b"word/nothing.here"), "not_a_docx"),
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
    with pytest.raises(SourceError, match=r"word/document\.xml is no sound XML"):
        read(path, Source(files=["*"]))


def test_parts_beside_the_text_may_be_broken_or_missing(tmp_path):
    assert text_of(tmp_path, p("words"), styles="<no>", numbering="", theme="x", footnotes="<w:") == "words"


def test_strict_open_xml_says_the_same(tmp_path, document):
    document.add_heading("Travel", level=2)

    def strict(data):
        name = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        return data.replace(name, b"http://purl.oclc.org/ooxml/wordprocessingml/main")

    path = rewritten(tmp_path, document, "word/document.xml", strict)
    assert read(path, Source(files=["*"])).parsed[0].text == "## Travel"
