import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from loramake.readers.docx_numbering import Numbering


def level(place, text, form="decimal", start=1, more=""):
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*abstract, nums='<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'):
    lists = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{levels}</w:abstractNum>' for n, levels in enumerate(abstract)
    )
    return Numbering(parse_xml(f"<w:numbering {nsdecls('w')}>{lists}{nums}</w:numbering>"))


def labels(lists, *asked):
    return [lists.label(*(pair if isinstance(pair, tuple) else ("1", pair))) for pair in asked]


OUTLINE = level(0, "%1.") + level(1, "%1.%2") + level(2, "(%3)", "lowerLetter")


def test_levels_count_and_begin_again_below_a_higher_one():
    assert labels(numbering(OUTLINE), 0, 1, 1, 2, 2, 0, 1, 2) == [
        *("1.", "1.1", "1.2", "(a)", "(b)", "2.", "2.1", "(a)"),
    ]


def test_a_level_that_is_left_out_counts_as_begun():
    assert labels(numbering(OUTLINE), 1, 1, 0) == ["1.1", "1.2", "2."]


@pytest.mark.parametrize(
    ("markup", "label"),
    [
        (level(0, "•", "bullet"), "-"),
        (level(0, " ", "bullet"), ""),
        (level(0, "%1)", "upperRoman", 4), "IV)"),
        (level(0, "§ %1", "decimal", 12), "§ 12"),
        (level(0, "", "decimal"), ""),
        (level(3, "%4", "decimal"), None),
    ],
)
def test_labels_are_as_they_are_shown(markup, label):
    assert numbering(markup).label("1", 0) == label


def test_a_list_that_begins_again_says_so():
    nums = "".join(
        f'<w:num w:numId="{name}"><w:abstractNumId w:val="0"/>{more}</w:num>'
        for name, more in [
            ("1", ""),
            ("2", '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'),
            ("3", f'<w:lvlOverride w:ilvl="0">{level(0, "Step %1")}</w:lvlOverride>'),
        ]
    )
    lists = numbering(OUTLINE, nums=nums)
    asked = [("1", 0), ("1", 0), ("2", 0), ("2", 1), ("2", 0), ("1", 0), ("3", 0)]
    assert labels(lists, *asked) == ["1.", "2.", "5.", "5.1", "6.", "7.", "Step 8"]


def test_legal_numbers_are_digits_and_some_levels_never_begin_again():
    lists = level(0, "%1", "upperRoman") + level(1, "%1.%2", more='<w:isLgl/><w:lvlRestart w:val="0"/>')
    assert labels(numbering(lists), 0, 1, 0, 1) == ["I", "1.1", "II", "2.2"]


def test_a_list_may_be_that_of_a_style():
    nums = '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    lists = numbering('<w:styleLink w:val="Outline"/>' + OUTLINE, '<w:numStyleLink w:val="Outline"/>', nums=nums)
    assert labels(lists, 0, 1) == ["1.", "1.1"]


@pytest.mark.parametrize("asked", [("9", 0), ("1", -3), ("1", 99)])
def test_lists_that_are_not_there_show_nothing(asked):
    assert numbering(level(4, "%5.")).label(*asked) is None
