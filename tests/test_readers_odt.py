import zipfile

import pytest

from loramake.errors import SourceError
from loramake.readers.odt import read
from loramake.recipe.source import Source

ODF = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = " ".join(
    [
        *(f'xmlns:{name}="{ODF}{name}:1.0"' for name in ("office", "text", "table", "style", "meta", "manifest")),
        f'xmlns:draw="{ODF}drawing:1.0" xmlns:fo="{ODF}xsl-fo-compatible:1.0"',
        'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"',
    ]
)


def style(name, inside="", family="paragraph", more=""):
    return f'<style:style style:name="{name}" style:family="{family}" {more}>{inside}</style:style>'


def words(properties):
    return f"<style:text-properties {properties}/>"


AUTOMATIC = "".join(
    [
        style("P1", more='style:parent-style-name="Source_20_Code"'),
        style("P2", words('style:font-name="Courier New"')),
        style("P3", words('text:display="none"')),
        style("T1", words('style:text-position="super 58%"'), "text"),
        style("T2", words('text:display="none"'), "text"),
        style("T3", words('fo:font-family="Consolas"'), "text"),
    ]
)


def document(path, body, *, automatic=AUTOMATIC, **members):
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {"content.xml": content, **members}.items():
            archive.writestr(name, data)
    return path


def parsed(tmp_path, body, **more):
    return read(document(tmp_path / "a.odt", body, **more), Source(files=["*"])).parsed[0]


def text_of(tmp_path, body, **more):
    return parsed(tmp_path, body, **more).text


def p(inside, name=""):
    return f'<text:p text:style-name="{name}">{inside}</text:p>'


def items(*texts, more=""):
    return f"<text:list {more}>{''.join(f'<text:list-item>{text}</text:list-item>' for text in texts)}</text:list>"


def test_headings_paragraphs_and_lists_keep_their_order(tmp_path):
    body = p("The yard", "Title") + '<text:h text:outline-level="2">Pumps</text:h>' + p("# words")
    body += items(p("one") + p("more"), p("two") + items(p("deep")))
    assert text_of(tmp_path, body).split("\n\n") == [
        *("# The yard", "## Pumps", "\\# words"),
        "- one\n  more\n- two\n  - deep",
    ]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("  a \n b<text:s text:c='3'/>c ", "a b   c"),
        ("a <text:span> b</text:span>", "a b"),
        ("a<text:tab/>b<text:line-break/> c", "a\tb\nc"),
        (
            "10<text:span text:style-name='T1'>6</text:span>, 1<text:span text:style-name='T1'>st</text:span>",
            "10^6, 1st",
        ),
        ("<text:a>link</text:a><text:bookmark-start/>s<text:soft-page-break/>", "links"),
        ("seen<text:span text:style-name='T2'>hidden</text:span>", "seen"),
        ("a<office:annotation><dc:creator>Tom</dc:creator><text:p>rubbish</text:p></office:annotation>b", "ab"),
        ("<text:ruby><text:ruby-base>東</text:ruby-base><text:ruby-text>とう</text:ruby-text></text:ruby>", "東"),
    ],
)
def test_what_a_paragraph_says(tmp_path, inside, text):
    assert text_of(tmp_path, p(inside)) == text


def test_changes_are_accepted(tmp_path):
    gone = "<text:changed-region><text:deletion>" + p("deleted") + "</text:deletion></text:changed-region>"
    body = f"<text:tracked-changes>{gone}</text:tracked-changes>"
    body += p('kept<text:change text:change-id="a"/> and <text:change-start/>new<text:change-end/>')
    assert text_of(tmp_path, body) == "kept and new"


def test_notes_are_called_in_the_text_and_stand_at_its_end(tmp_path):
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body>{}</text:note-body></text:note>"
    body = p("one" + note.format(p("first") + p("more"))) + p("two" + note.format(p("second")))
    assert text_of(tmp_path, body).split("\n\n") == ["one[^1]", "two[^2]", "[^1]: first", "    more", "[^2]: second"]


def test_tables_keep_their_rows_and_merged_cells_are_not_repeated(tmp_path):
    def row(*cells):
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(text, more=""):
        return f"<table:table-cell {more}>{p(text)}</table:table-cell>"

    covered, twice = "<table:covered-table-cell/>", 'table:number-columns-repeated="2"'
    head = f"<table:table-header-rows>{row(cell('a'), cell('b'), cell('c'))}</table:table-header-rows>"
    rows = head + row(cell("wide"), covered, cell("2")) + row(cell("x", twice), "<table:table-cell/>")
    table = "| a | b | c |\n| --- | --- | --- |\n| wide |  | 2 |\n| x | x |  |"
    assert text_of(tmp_path, f"<table:table>{rows}</table:table>") == table


def test_code_is_known_by_style_or_typeface(tmp_path):
    body = p("a = 1", "P1") + p("<text:s text:c='4'/>b", "P2") + p("<text:span text:style-name='T3'>c</text:span>")
    body += p("say <text:span text:style-name='T3'>d</text:span>")
    assert text_of(tmp_path, body) == "```\na = 1\n    b\nc\n```\n\nsay d"


def test_indexes_and_what_is_hidden_are_left_out(tmp_path):
    body = f"<text:table-of-content><text:index-body>{p('Pumps ... 5')}</text:index-body></text:table-of-content>"
    body += f"<text:section>{p('words')}</text:section><text:section text:display='none'>{p('no')}</text:section>"
    assert text_of(tmp_path, body + p("no", "P3")) == "words"


def test_text_boxes_stand_behind_their_paragraph(tmp_path):
    inner = f"<draw:frame><draw:text-box>{p('inner')}</draw:text-box></draw:frame>"
    box = f"<draw:frame><draw:text-box>{p('boxed' + inner)}</draw:text-box></draw:frame>"
    shape = f"<draw:g><draw:custom-shape>{p('shape')}</draw:custom-shape></draw:g>"
    assert text_of(tmp_path, p(f"around{box}{shape}")).split("\n\n") == ["around", "boxed", "inner", "shape"]


def test_an_equation_stands_in_its_line_and_a_chart_is_its_figures(tmp_path):
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math>'
    cells = "".join(f"<table:table-cell>{p(text)}</table:table-cell>" for text in "ab")
    chart = f"<x {NAMES}><table:table>{2 * f'<table:table-row>{cells}</table:table-row>'}</table:table></x>"
    frame = '<draw:frame><draw:object xlink:href="./{}"/></draw:frame>'
    body = p(f"so {frame.format('Object 1')} it is") + p(frame.format("Object 2/")) + p(frame.format("../../etc"))
    made = text_of(tmp_path, body, **{"Object 1/content.xml": math, "Object 2/content.xml": chart})
    assert made == "so x^2 it is\n\n| a | b |\n| --- | --- |\n| a | b |"


def test_numbers_are_those_that_are_shown(tmp_path):
    level = '<text:list-level-style-number text:level="{}" style:num-format="{}" style:num-suffix="{}" {}/>'
    lists = f'<text:list-style style:name="L1">{level.format(1, 1, ".", "")}{level.format(2, "a", ")", "")}'
    lists += "</text:list-style>"
    outline = "".join(
        f'<text:outline-level-style text:level="{n}" style:num-format="1" text:display-levels="{n}"/>' for n in (1, 2)
    )
    styles = f"<x {NAMES}><text:outline-style>{outline}</text:outline-style></x>"
    named = 'text:style-name="L1"'
    body = "".join(f'<text:h text:outline-level="{n}">h</text:h>' for n in (1, 2, 2))
    body += items(p("a"), p("b") + items(p("c"), p("d")), more=named) + p("words")
    body += items(p("e"), more=f'{named} text:continue-numbering="true"') + p("words") + items(p("f"), more=named)
    made = text_of(tmp_path, body, automatic=lists, **{"styles.xml": styles})
    assert [line for line in made.split("\n") if line not in ("", "words")] == [
        *("# 1 h", "## 1.1 h", "## 1.2 h"),
        *("1. a", "2. b", "  a) c", "  b) d", "3. e", "1. f"),
    ]


def test_title_author_date_and_comments_are_said(tmp_path):
    meta = f"<x {NAMES}><dc:title>Travel</dc:title><meta:initial-creator>Ada</meta:initial-creator>"
    meta += "<dc:creator>Tom</dc:creator><dc:date>2024-01-31T10:00:00.123456789</dc:date></x>"
    made = parsed(tmp_path, p("words<office:annotation/>"), **{"meta.xml": meta})
    assert (made.section, made.author, made.meta) == ("Travel", "Ada", {"comments": 1})
    assert made.date is not None and made.date.startswith("2024-01-31T10:00:00")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "no_text"),
        ({"content.xml": "<a>"}, "damaged"),
        ({"content.xml": f"<office:document-content {NAMES}/>"}, "not_an_odt"),
        ({"content.xml": '<!DOCTYPE a [<!ENTITY x "ha">]><a>&x;</a>'}, "entities"),
        (
            {
                "META-INF/manifest.xml": f'<x {NAMES}><manifest:file-entry manifest:full-path="content.xml">'
                "<manifest:encryption-data/></manifest:file-entry></x>"
            },
            "encrypted",
        ),
    ],
)
def test_a_broken_document_is_refused(tmp_path, more, reason):
    with pytest.raises(SourceError) as refused:
        parsed(tmp_path, p(" "), **more)
    assert refused.value.reason == reason
