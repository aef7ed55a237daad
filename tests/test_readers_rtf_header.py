import pytest

from loramake.readers.rtf_header import Fonts, Styles, outline_level


def fonts(*names):
    made = Fonts()
    for number, (name, charset) in enumerate(names):
        made.word("f", number)
        made.word("fcharset", charset)
        made.text(f"{name};")
    return made


def styles(*rows, faces=(("Arial", 0), ("Consolas", 0))):
    made = Styles(fonts(*faces))
    for words, name in rows:
        made.begin()
        for word, value in words.items():
            made.word(word, value)
        made.text(f"{name};")
    return made


def test_typefaces_have_names_and_character_sets():
    made = fonts(("Arial", 0), ("Arial Cyr", 204))
    made.default = 1
    assert [made.name(number) for number in (0, 1, -1, 7)] == ["Arial", "Arial Cyr", "Arial Cyr", ""]
    assert [made.codec(number) for number in (0, 1, -1, 7)] == [None, "cp1251", "cp1251", None]


@pytest.mark.parametrize(("style", "level"), [(0, 0), (1, 2), (2, 2), (3, 4), (4, 1), (5, 0), (6, 0), (9, 0)])
def test_headings_are_known_by_name_ancestor_or_outline(style, level):
    made = styles(
        ({}, "Normal"),
        ({"s": 1}, "heading 2"),
        ({"s": 2, "sbasedon": 1}, "Chapter"),
        ({"s": 3, "outlinelevel": 3}, "Clause"),
        ({"s": 4}, "Title"),
        ({"s": 5, "outlinelevel": 0}, "TOC Heading"),
        ({"s": 6, "sbasedon": 6}, "itself"),
    )
    assert made.level(style) == level


def test_code_is_known_by_name_or_typeface():
    made = styles(({}, "Normal"), ({"s": 1}, "Source Code"), ({"s": 2, "f": 1}, "Terminal"))
    assert [made.is_code(style) for style in (0, 1, 2)] == [False, True, False]
    assert [made.is_typewritten(*pair) for pair in ((0, -1), (2, -1), (0, 1), (2, 0))] == [False, True, True, False]


def test_a_text_in_courier_is_no_code():
    made = styles(({}, "Normal"), faces=(("Courier New", 0),))
    assert not made.is_typewritten(0, 0)


@pytest.mark.parametrize(("outline", "level"), [(0, 1), (8, 9), (9, 0), (-1, 0)])
def test_outlines_count_from_nought(outline, level):
    assert outline_level(outline) == level
