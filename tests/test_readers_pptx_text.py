import pytest
from lxml import etree

from loramake.readers.pptx_text import paragraphs, text_of

A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def xml(markup):
    return etree.fromstring(markup.replace(">", f" {A}>", 1))


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<a:r><a:t>a</a:t></a:r><a:br/><a:r><a:t>b</a:t></a:r>", "a\nb"),
        ('<a:r><a:t>10</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>6</a:t></a:r>', "10^6"),
        ('<a:fld type="slidenum"><a:t>7</a:t></a:fld><a:fld type="datetime"><a:t>May</a:t></a:fld>', "May"),
        ("<a:pPr/><a:endParaRPr/>", ""),
    ],
)
def test_what_a_paragraph_says(inside, text):
    assert text_of(xml(f"<a:p>{inside}</a:p>")) == text


def test_the_nearest_style_decides_about_bullets():
    def style(bullet):
        return xml(f"<a:lstStyle><a:lvl1pPr><a:{bullet}/></a:lvl1pPr></a:lstStyle>")

    body = xml("<a:txBody><a:p><a:r><a:t>x</a:t></a:r></a:p></a:txBody>")
    for styles, label in [([], ""), ([style("buNone"), style("buChar")], ""), ([None, style("buChar")], "-")]:
        (paragraph,) = paragraphs(body, styles)
        assert (paragraph.label, paragraph.depth) == (label, len(label))
