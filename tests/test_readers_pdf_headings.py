import pytest

from loramake.readers.pdf_headings import Bookmark, Headings, body_size, levels_by_size
from loramake.readers.pdf_lines import Line

BODY = ["some words of the body, as long as they usually are"] * 9


def page(*texts, bold=False):
    """Lines one below the other; a tuple is (text, size)."""
    out = []
    for row, text in enumerate(texts):
        words, size = text if isinstance(text, tuple) else (text, 10.0)
        out.append(Line(words, size, 100 + 20 * row, 100 + 20 * row + size, is_bold=bold))
    return out


def test_the_largest_type_makes_the_first_level():
    assert levels_by_size([page(("Title", 24.0), ("Part", 16.0), *BODY)]) == {24.0: 1, 16.0: 2}
    assert body_size([page(("Title", 24.0), *BODY)]) == 10.0


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["all of one size"],
        [("Contents . . . . . . . 5", 14.0), *["words"] * 20],
        [("12", 14.0), *["words"] * 20],
        [("x" * 200, 14.0), *["words of the body"] * 40],
        [("Big words everywhere", 14.0), *["small"] * 5],
        [("barely larger", 11.0), *["words of the body"] * 5],
    ],
)
def test_what_is_no_heading(lines):
    assert levels_by_size([page(*lines)]) == {}


OUTLINED = page(
    ("1", 20.0), ("How to", 20.0), ("sail", 20.0), *BODY, ("1.1 Knots", 10.0), *BODY, ("2. Winds", 14.0), ("Note", 14.0)
)
OUTLINE = [Bookmark("How to sail", 1, 0), Bookmark("Knots", 2, 0), Bookmark("2 WINDS", 1, 0), Bookmark("Lost", 3, 0)]


def test_the_outline_tells_headings_and_their_levels():
    headings = Headings([OUTLINED], OUTLINE)
    found = {line.text: headings.in_outline(line) for line in OUTLINED if headings.in_outline(line)}
    assert found == {"How to": 1, "sail": 1, "1.1 Knots": 2, "2. Winds": 1}


def test_sizes_have_the_levels_that_the_outline_gives_them():
    headings = Headings([OUTLINED], OUTLINE)
    assert headings.by_size(OUTLINED[-1]) == 1


def test_an_outline_that_fits_nothing_tells_nothing():
    headings = Headings([OUTLINED], [Bookmark("Something else", 1, 0), Bookmark("Knots", 1, 7)])
    assert [headings.in_outline(line) for line in OUTLINED] == [0] * len(OUTLINED)
    assert headings.by_size(OUTLINED[1]) == 1


@pytest.mark.parametrize(
    ("text", "level"),
    [("Knots", 2), ("1.2\tKnots", 2), ("Name\tType", 0), ("It is late.", 0), ("17", 0)],
)
def test_a_bold_line_is_a_heading_below_the_larger_ones(text, level):
    bold = page(text, bold=True)
    headings = Headings([[*page(("Title", 24.0), *BODY), *bold]])
    assert headings.if_alone(bold[0]) == level


def test_bold_type_everywhere_is_no_sign_of_headings():
    bold = page("Knots", *BODY, bold=True)
    assert Headings([bold]).if_alone(bold[0]) == 0
