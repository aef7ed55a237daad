import pytest

from loramake.readers.pdf_columns import Columns, margin
from loramake.readers.pdf_glyphs import Fonts, Word
from loramake.readers.pdf_lines import Line


def words(text, x=72.0, base=100.0, *, size=10.0, font="Times"):
    """The words of a line; a character is half as wide as its type is high, and `|` is a wide gap."""
    out = []
    for part in text.split(" "):
        if part == "|":
            x += 3 * size
            continue
        out.append(Word(part, x, x + len(part) * size / 2, base - 0.75 * size, base + 0.25 * size, size, font))
        x = out[-1].x1 + 0.3 * size
    return out


def column(name, count, x, *, base=100.0, pitch=12.0, text="{} line {} runs on to the margin", **options):
    return [word for row in range(count) for word in words(text.format(name, row), x, base + row * pitch, **options)]


def lines(some_words, *tables, columns=None):
    return [line.text for line in (columns or Columns(Fonts())).page(some_words, tables).lines]


def starts(found):
    return [text.split(" line")[0] for text in found]


@pytest.mark.parametrize("shift", [0, 3, 6])
def test_two_columns_are_read_one_after_the_other(shift):
    page = [*column("left", 8, 72), *column("right", 9, 260, base=100 + shift)]
    assert starts(lines(page)) == ["left"] * 8 + ["right"] * 9


def test_three_columns_are_read_one_after_the_other():
    page = [*column("a", 8, 72), *column("b", 8, 250), *column("c", 8, 430)]
    assert starts(lines(page)) == ["a"] * 8 + ["b"] * 8 + ["c"] * 8


def test_what_lies_across_parts_the_columns_above_and_below():
    title = words("A title that is much longer than any of the columns below it", 72, 76)
    wide = words("A caption that is as wide as both of the columns around it are", 72, 200)
    upper = [*column("left", 6, 72), *column("right", 6, 260)]
    lower = [*column("left", 6, 72, base=220), *column("right", 6, 260, base=220)]
    found = starts(lines([*title, *upper, *wide, *lower]))
    assert found == [found[0], *["left"] * 6, *["right"] * 6, found[13], *["left"] * 6, *["right"] * 6]
    assert (found[0][:7], found[13][:9]) == ("A title", "A caption")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("{}{}", "the price of it, and a few more words"),
        ("{}{}", "{}{}"),
        ("{} line {} of the words is here", "{}{}"),
    ],
)
def test_the_cells_of_a_table_stay_on_their_row(left, right):
    page = [*column("a", 9, 72, text=left), *column("b", 9, 260, text=right)]
    assert all("\t" in text for text in lines(page))


def test_code_with_comments_beside_it_stays_on_its_row():
    page = [*column("a", 9, 72, font="Courier"), *column("b", 9, 300, font="Courier")]
    assert all("a line" in text and "b line" in text for text in lines(page))


def test_an_index_is_read_column_by_column():
    page = [*column("left", 12, 72, text="{} word {}"), *column("right", 12, 260, text="{} word {}")]
    assert starts([text.replace(" word", " line") for text in lines(page)]) == ["left"] * 12 + ["right"] * 12


def test_short_lines_are_columns_if_their_rows_are_not_level():
    page = [*column("a", 20, 72, text="{} line {}"), *column("b", 20, 260, text="{} line {}", base=105)]
    assert starts(lines(page)) == ["a"] * 20 + ["b"] * 20


def test_a_gutter_that_is_known_parts_a_few_lines():
    columns = Columns(Fonts())
    lines([*column("left", 8, 72), *column("right", 8, 260)], columns=columns)
    page = [*column("left", 5, 72), *column("right", 1, 260)]
    assert lines(page)[0].startswith("left line 0 runs on to the margin\tright")
    assert starts(lines(page, columns=columns)) == [*["left"] * 5, "right"]


def test_a_table_stands_where_it_is():
    table = Line("| a |", 0.0, 206, 300, 72, 250, is_table=True)
    page = [*column("left", 8, 72), *column("right", 8, 260)]
    assert starts(lines(page, table)) == [*["left"] * 8, "| a |", *["right"] * 8]


def test_what_stands_apart_at_the_top_and_at_the_bottom_is_told():
    page = [*words("Handbook | 17", 72, 50), *column("left", 8, 72), *words("a footer", 300, 780)]
    found = Columns(Fonts()).page(page)
    assert (found.head, found.foot, found.lines[0].text, found.lines[-1].text) == (1, 1, "Handbook\t17", "a footer")


def test_lines_know_the_edges_of_their_column():
    page = Columns(Fonts()).page([*column("left", 8, 72), *words("short", 72, 196)])
    assert {line.left for line in page.lines} == {72.0}
    assert len({line.right for line in page.lines}) == 1
    assert page.lines[0].right == page.lines[0].x1


def test_most_of_a_page_on_its_side_comes_first():
    turned = column("turned", 8, 72)
    found = Columns(Fonts()).page(words("17", 300, 780), (), [turned])
    assert starts(line.text for line in found.lines) == [*["turned"] * 8, "17"]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([500, 500, 499, 300], 500),
        ([520, 500, 500, 500, 300], 500),
        ([500, 490, 480, 470], 500),
        ([500, 300, 200], 0),
        ([], 0),
    ],
)
def test_where_lines_are_broken(ends, expected):
    assert margin(72, ends) == expected
