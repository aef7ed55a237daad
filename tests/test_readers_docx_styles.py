import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from loramake.readers.docx_styles import Styles, outline_level


def style(name, inside="", based="", more=""):
    return (
        f'<w:style w:type="paragraph" w:styleId="{name.replace(" ", "")}" {more}><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based}"/>{inside}</w:style>'
    )


def styles(*markup):
    return Styles(parse_xml(f"<w:styles {nsdecls('w')}>{''.join(markup)}</w:styles>"))


@pytest.mark.parametrize(
    ("name", "level"),
    [("Heading3", 3), ("Title", 1), ("Chapter", 1), ("Clause", 4), ("TOCHeading", 0), ("Normal", 0), ("", 0), ("x", 0)],
)
def test_headings_are_known_by_name_ancestor_or_outline(name, level):
    outline = '<w:pPr><w:outlineLvl w:val="{}"/></w:pPr>'
    made = styles(
        style("Normal", more='w:default="1"'),
        style("Heading 1"),
        style("Heading 3"),
        style("Title"),
        style("Chapter", based="Heading1"),
        style("Clause", outline.format(3)),
        style("TOC Heading", outline.format(0)),
    )
    assert made.level(name) == level


def test_styles_that_build_on_one_another_in_a_circle_have_an_end():
    assert styles(style("a", based="b"), style("b", based="a")).level("a") == 0


def test_a_style_says_which_list_it_is_in():
    numbers = '<w:pPr><w:numPr><w:ilvl w:val="2"/><w:numId w:val="7"/></w:numPr></w:pPr>'
    made = styles(style("Clause", numbers), style("Sub", based="Clause"), style("Normal"))
    assert (made.numbering("Sub"), made.numbering("Normal")) == (("7", 2), None)


@pytest.mark.parametrize(
    ("name", "is_code"),
    [("SourceCode", True), ("CodeBlock", True), ("Terminal", True), ("Codex", False), ("Quote", False)],
)
def test_code_is_known_by_name_or_typeface(name, is_code):
    face = '<w:rPr><w:rFonts w:ascii="Cascadia Mono"/></w:rPr>'
    names = ("Source Code", "Code Block", "Codex", "Quote")
    assert styles(*map(style, names), style("Terminal", face)).is_code(name) is is_code


@pytest.mark.parametrize(("written", "level"), [("0", 1), ("8", 9), ("9", 0), ("-1", 0), ("x", 0)])
def test_outlines_count_from_nought(written, level):
    assert outline_level(written) == level
