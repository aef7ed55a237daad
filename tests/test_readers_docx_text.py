import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from loramake.readers.docx_text import Text, boxes
from loramake.readers.paragraphs import Notes


def paragraph(inside):
    names = nsdecls("w", "m")
    compatible = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    return parse_xml(f"<w:p {names} {compatible}>{inside}</w:p>")


def text_of(*markup):
    text = Text(Notes())
    return [text.of(paragraph(inside)) for inside in markup]


def r(words, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def field(kind):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (r("a") + "<w:r><w:noBreakHyphen/><w:softHyphen/><w:tab/></w:r>" + r("b"), "a-\tb"),
        (r("a") + '<w:r><w:br w:type="page"/></w:r>' + r("b"), "a b"),
        (r("seen") + r("hidden", "<w:vanish/>") + r("!", '<w:vanish w:val="0"/>'), "seen!"),
        (r("10") + r("6", '<w:vertAlign w:val="superscript"/>') + r(" m"), "10^6 m"),
        (r("1") + r("st", '<w:vertAlign w:val="superscript"/>'), "1st"),
        (r("H") + r("2", '<w:vertAlign w:val="subscript"/>') + r("O"), "H2O"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>' + r(" done"), "✓ done"),
        ('<w:r><w:sym w:font="Symbol" w:char="F061"/><w:sym w:font="Own" w:char="F061"/></w:r>', "α"),
        ('<w:r><w:sym w:font="Arial" w:char="0041"/><w:sym w:char="zz"/></w:r>', "A"),
        (r("\uf0b7 item", '<w:rFonts w:ascii="Symbol"/>'), "• item"),
        ("<w:r><w:ruby><w:rt>" + r("とう") + "</w:rt><w:rubyBase>" + r("東") + "</w:rubyBase></w:ruby></w:r>", "東"),
        (r("E = ") + "<m:oMath><m:r><m:t>mc</m:t></m:r></m:oMath>", "E = mc"),
        ('<w:fldSimple w:instr="DATE">' + r("May") + "</w:fldSimple>", "May"),
        ("<w:smartTag>" + r("Berlin") + "</w:smartTag>", "Berlin"),
    ],
)
def test_what_a_paragraph_says(markup, text):
    assert text_of(markup) == [text]


def test_a_field_shows_its_result_and_hides_its_instruction():
    inner = field("begin") + r("inner") + field("separate") + r("7") + field("end")
    markup = field("begin") + r("IF ") + inner + field("separate") + r("shown") + field("end") + r(".")
    assert text_of(markup) == ["shown."]


def test_the_result_of_a_field_may_reach_over_paragraphs():
    begun = field("begin") + r("TOC") + field("separate") + r("one")
    assert text_of(begun, r("two"), field("end") + r("three")) == ["one", "two", "three"]


def test_a_field_that_never_shows_anything_hides_no_other_paragraph():
    assert text_of(field("begin") + r("never"), r("words")) == ["", "words"]


def test_text_boxes_are_found_once_and_are_no_part_of_the_paragraph():
    box = "<w:txbxContent><w:p>" + r("{}") + "</w:p></w:txbxContent>"
    nested = box.replace("{}", "outer</w:t><w:pict>" + box.format("inner") + "</w:pict><w:t>")
    pair = (
        f"<mc:AlternateContent><mc:Choice>{nested}</mc:Choice><mc:Fallback>{nested}</mc:Fallback></mc:AlternateContent>"
    )
    made = paragraph(r("around") + f"<w:r>{pair}</w:r>")
    assert (Text(Notes()).of(made), len(list(boxes(made)))) == ("around", 1)
