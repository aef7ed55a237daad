import pytest

from loramake.readers.pdf_layout import Line, Words, heading_levels, text_of, unfolded, without_running_lines

PAGE = 800.0  # points


def page(*texts, size=10.0, top=100.0, pitch=12.0):
    """Lines one below the other; a tuple is (text, size)."""
    lines = []
    for text in texts:
        words, points = text if isinstance(text, tuple) else (text, size)
        lines.append(Line(words, points, top, top + points))
        top += pitch * points / size
    return lines


def pages(count, *, header="Handbook", footer="Page {}", size=10.0):
    """Pages with a header, three lines of their own, and a footer."""
    return [
        [
            Line(header.format(number), size, 40, 50),
            *page(*(f"Line {letter * number} of the text" for letter in "abc")),
            Line(footer.format(number), size, PAGE - 40, PAGE - 30),
        ]
        for number in range(1, count + 1)
    ]


def texts(some_pages):
    return [[line.text for line in lines] for lines in some_pages]


@pytest.mark.parametrize(
    ("header", "footer"),
    [("Handbook", "Page {}"), ("{}  Tides", "{}"), ("Chapter {} of 9", "iv"), ("Harbour | {}", "© 2024")],
)
def test_headers_and_footers_are_dropped_whatever_the_page_number(header, footer):
    for lines in without_running_lines(pages(3, header=header, footer=footer)):
        assert [line.text.split()[0] for line in lines] == ["Line", "Line", "Line"]


def test_two_pages_are_too_few_to_tell():
    assert len(without_running_lines(pages(2))[0]) == 5


def test_headers_that_change_with_the_chapter_are_dropped():
    chapters = [*pages(3, header="{} Tides", footer="{}"), *pages(3, header="{} Winds", footer="{}")]
    assert all(len(lines) == 3 for lines in without_running_lines(chapters))


def test_a_line_that_repeats_elsewhere_on_the_page_stays():
    some = [[Line("Note", 10, 100.0 + 30 * number, 110.0 + 30 * number), *page("own words")] for number in range(4)]
    assert all(lines[0].text == "Note" for lines in without_running_lines(some))


def test_a_large_title_on_two_slides_of_many_stays():
    slides = [[Line(title, 24, 40, 64), *page("one", "two", "three")] for title in ("A", "B", "B", "C", "D")]
    assert [lines[0].text for lines in without_running_lines(slides)] == ["A", "B", "B", "C", "D"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the docu-\nment says", "the document says"),
        ("a well-\nknown fact, well-known", "a well-known fact, well-known"),
        ("it is well known: the well-\nknown", "it is well known: the well-known"),
        ("soft\u00ad\nware", "software"),
        ("the years 2019-\n2024", "the years 2019-\n2024"),
        ("North-\nSouth", "North-\nSouth"),
        ("a dash -\nhere", "a dash -\nhere"),
        ("no hyphen\nhere", "no hyphen\nhere"),
    ],
)
def test_words_parted_at_a_line_end_are_whole_again(text, expected):
    assert Words(text).mend(text) == expected


def test_ligatures_are_unfolded_and_nothing_else():
    assert unfolded("ﬁnd the ﬂow, eﬃcient oﬀer ½ ² Å") == "find the flow, efficient offer ½ ² Å"


def test_the_largest_type_makes_the_first_level():
    document = [page(("Title", 24.0), ("Part", 16.0), *["some words of the body, as long as they usually are"] * 9)]
    assert heading_levels(document) == {24.0: 1, 16.0: 2}
    assert text_of(document).startswith("# Title\n\n## Part\n\nsome words")


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
    assert heading_levels([page(*lines)]) == {}


def test_a_heading_on_two_lines_is_one_and_its_words_are_whole():
    document = [page(("How to in-", 20.0), ("stall it", 20.0), *["some words of the body"] * 9)]
    assert text_of(document).startswith("# How to install it\n\nsome")


def test_a_paragraph_in_large_type_is_no_heading():
    document = [page(*[("Large words", 14.0)] * 4, *["some words of the body"] * 20)]
    assert text_of(document).startswith("Large words\nLarge words\n")


def test_space_between_lines_parts_paragraphs():
    lines = [*page("one", "two"), *page("three", "four", top=140)]
    assert text_of([lines]) == "one\ntwo\n\nthree\nfour"


def test_a_table_stands_alone_and_a_comment_is_no_heading():
    lines = [*page("before", "# make"), Line("| a |\n| --- |", 0.0, 124, 160, is_table=True), *page("after", top=162)]
    assert text_of([lines]) == "before\n\\# make\n\n| a |\n| --- |\n\nafter"


def test_pages_are_parted_by_a_form_feed_even_when_they_are_empty():
    assert text_of([page("one"), [], page("three")]) == "one\n\f\n\n\f\nthree"
