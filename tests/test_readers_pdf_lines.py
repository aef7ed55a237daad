import pytest

from loramake.readers.pdf_glyphs import Fonts, Word
from loramake.readers.pdf_lines import GAP, line_of, parts_of, rows_of, unfolded

FONTS = Fonts()


def word(text, x0, base=100.0, *, size=10.0, font="Times", spaced=False):
    """A word whose characters are half as wide as its type is high."""
    x1 = x0 + len(text) * size / 2
    return Word(text, x0, x1, base - 0.75 * size, base + 0.25 * size, size, font, spaced)


def row(*words, gap=3.0, **options):
    """Words one after the other."""
    x, out = 72.0, []
    for text in words:
        out.append(word(text, x, **options))
        x = out[-1].x1 + gap
    return out


def line(*words):
    return line_of(words, FONTS)


def rows(words):
    return [[each.text for each in one] for one in rows_of(words)]


def test_words_are_sorted_into_rows():
    assert rows([word("d", 90, 112), word("b", 90), word("a", 72), word("c", 72, 112.5)]) == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize("base", [96.5, 97.5, 101.5, 102.0])
def test_what_is_raised_or_lowered_is_in_the_row_beside_it(base):
    words = [word("water", 72), word("2", 97.5, base, size=7), word("rises", 104), *row("the", "next", "row", base=112)]
    assert rows(words) == [["water", "2", "rises"], ["the", "next", "row"]]


def test_a_row_of_another_column_takes_nothing_that_is_not_its_own():
    words = [*row("L", "T", "X", "in", "the", "left"), word("E", 81, 102), word("right column", 300, 102)]
    assert rows(words)[0][:4] == ["L", "T", "E", "X"]


def test_a_large_initial_is_part_of_its_first_word():
    words = [word("HIS", 95), word("is", 120), word("T", 72, 112, size=23), word("second", 95, 112)]
    assert rows(words) == [["THIS", "is"], ["second"]]


def test_a_wide_gap_parts_a_row():
    assert [[each.text for each in part] for part in parts_of([word("a", 72), word("b", 80), word("c", 99)])] == [
        ["a", "b"],
        ["c"],
    ]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([word("high", 72), word("water", 95)], "high water"),
        ([word("no", 72), word("mad", 82, font="Bold")], "nomad"),
        ([word("a", 72), word("b", 78, spaced=True)], "a b"),
        ([word("left", 72), word("right", 300)], f"left{GAP}right"),
        ([word("ﬁnd", 72)], "find"),
        ([word("word", 72), word("12", 92, 96.5, size=7)], "word^12"),
        ([word("10", 72), word("−", 82, 96.5, size=7), word("3", 85.5, 96.5, size=7)], "10^−3"),
        ([word("1", 72), word("st", 77, 96.5, size=7)], "1st"),
        ([word("x", 72), word("2", 77, 102, size=7)], "x2"),
        ([word("3", 72, 96.5, size=7), word("See", 75.5)], "3 See"),
    ],
)
def test_the_text_of_a_line(words, text):
    assert line(*words).text == text


def test_code_keeps_its_columns():
    found = line(*(word(text, x, font="Courier") for text, x in [("if", 72), ("x:", 87), ("#", 122)]))
    assert (found.text, found.pitch) == ("if x:     #", 5.0)


def test_a_line_of_a_listing_loses_its_number():
    found = line(word("17", 60, size=6), *row("x", "=", "1", font="Courier", gap=5))
    assert (found.text, found.is_numbered, found.x0) == ("x = 1", True, 72.0)


def test_what_a_line_knows_of_itself():
    found = line(word("Bold", 72, font="Times-Bold", size=12.1), word("words", 99, font="Times-Bold", size=12.1))
    assert (found.size, found.is_bold, found.x0, found.pitch) == (12.0, True, 72.0, 0.0)
    assert found.first == pytest.approx(24.2)


def test_the_first_letter_counts_where_words_are_not_parted():
    assert line(word("本文档中所有软件包", 72)).first == 10.0


def test_ligatures_are_unfolded_and_nothing_else():
    assert unfolded("ﬁnd the ﬂow, eﬃcient oﬀer ½ ² Å") == "find the flow, efficient offer ½ ² Å"
