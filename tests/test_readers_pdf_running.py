import pytest

from loramake.readers.pdf_columns import Page
from loramake.readers.pdf_lines import Line
from loramake.readers.pdf_running import without_running_lines

BOTTOM = 760.0  # points


def line(text, top, size=10.0):
    return Line(text, size, top, top + size)


def pages(count, *, header="Handbook", footer="Page {}", size=10.0):
    """Pages with a header, three lines of their own, and a footer."""
    return [
        Page(
            [
                line(header.format(number), 40, size),
                *(line(f"Line {letter * number} of the text", 100 + 12 * row) for row, letter in enumerate("abc")),
                line(footer.format(number), BOTTOM, size),
            ],
            head=1,
            foot=1,
        )
        for number in range(1, count + 1)
    ]


def left(some_pages):
    return [[line.text.split()[0] for line in lines] for lines in without_running_lines(some_pages)]


@pytest.mark.parametrize(
    ("header", "footer"),
    [("Handbook", "Page {}"), ("{}\tTides", "{}"), ("Chapter {} of 9", "iv"), ("Harbour | {}", "© 2024")],
)
def test_headers_and_footers_are_dropped_whatever_the_page_number(header, footer):
    assert left(pages(3, header=header, footer=footer)) == [["Line"] * 3] * 3


def test_two_pages_are_too_few_to_tell():
    assert left(pages(2)) == [["Handbook", "Line", "Line", "Line", "Page"]] * 2


def test_headers_that_change_with_the_chapter_are_dropped():
    chapters = [*pages(3, header="{}\tTides", footer="{}"), *pages(3, header="{}\tWinds", footer="{}")]
    assert left([*chapters, *pages(1, header="{}\tStars")]) == [["Line"] * 3] * 7


def test_headings_that_are_all_different_stay():
    titles = ["Tides", "Winds", "Stars", "Boats"]
    some = [page for title in titles for page in pages(1, header=title, footer="{}")]
    assert [texts[0] for texts in left(some)] == titles


def test_a_line_that_repeats_elsewhere_on_the_page_stays():
    some = [Page([line("Note", 100.0 + 30 * number), line("own words", 400)], head=1) for number in range(4)]
    assert left(some) == [["Note", "own"]] * 4


def test_what_does_not_stand_apart_stays():
    some = [Page([line("Note", 100), line("own words", 112)]) for _ in range(4)]
    assert left(some) == [["Note", "own"]] * 4


def test_a_large_title_on_two_slides_of_many_stays():
    slides = [
        Page([line(title, 40, 24), *(line(text, 100, 10) for text in ("one line", "and more"))], head=1)
        for title in ("A", "B", "B", "C", "D")
    ]
    assert [texts[0] for texts in left(slides)] == ["A", "B", "B", "C", "D"]
