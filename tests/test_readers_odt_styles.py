import pytest
from lxml import etree

from loramake.readers.odt_styles import HEADINGS, Styles

ODF = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = f'xmlns:style="{ODF}style:1.0" xmlns:text="{ODF}text:1.0" xmlns:fo="{ODF}xsl-fo-compatible:1.0"'


def styles(markup):
    return Styles([etree.fromstring(f"<x {NAMES}>{markup}</x>")])


def level(place, form, more=""):
    return f'<text:list-level-style-number text:level="{place}" style:num-format="{form}" style:num-suffix="." {more}/>'


def labels(made, *asked):
    counts = {}
    return [made.label("L", *(pair if isinstance(pair, tuple) else (pair,)), counts) for pair in asked]


def test_levels_count_and_begin_again_below_a_higher_one():
    lists = level(1, "1") + level(2, "i", 'text:display-levels="2"') + level(3, "A", 'text:start-value="3"')
    made = styles(f'<text:list-style style:name="L">{lists}</text:list-style>')
    assert labels(made, 1, 2, 2, 3, 1, 2) == ["1.", "1.i.", "1.ii.", "C.", "2.", "2.i."]


@pytest.mark.parametrize(
    ("markup", "label"),
    [
        ('<text:list-level-style-bullet text:level="1" text:bullet-char="•"/>', "-"),
        ('<text:list-level-style-bullet text:level="1" text:bullet-char=" "/>', ""),
        (level(1, ""), ""),
        ("", "-"),
    ],
)
def test_bullets_and_lists_without_any(markup, label):
    assert styles(f'<text:list-style style:name="L">{markup}</text:list-style>').label("L", 1, {}) == label


def test_an_item_may_say_its_number():
    made, counts = styles(f'<text:list-style style:name="L">{level(1, "1")}</text:list-style>'), {}
    assert [made.label("L", 1, counts, start) for start in (None, 7, None)] == ["1.", "7.", "8."]


def test_headings_have_no_numbers_unless_the_text_says_so():
    assert styles("").label(HEADINGS, 1, {}) == ""


def test_a_style_is_what_it_builds_on():
    face = '<style:text-properties fo:font-family="Consolas"/>'
    made = styles(
        f'<style:style style:name="Own_20_Code" style:family="paragraph">{face}</style:style>'
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Own_20_Code"/>'
        '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="P2"/>'
    )
    assert [made.is_code(name) for name in ("P1", "Own_20_Code", "P2", "none")] == [True, True, False, False]
    assert (made.name("P1"), made.name("P2"), made.name("x")) == ("own code", "", "x")


def test_a_text_in_courier_is_no_code():
    face = '<style:text-properties style:font-name="Courier New"/>'
    made = styles(f'<style:default-style style:family="paragraph">{face}</style:default-style>')
    assert not made.is_code("Standard")
