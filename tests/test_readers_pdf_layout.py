import pytest

from loramake.readers.pdf_headings import Bookmark
from loramake.readers.pdf_layout import text_of
from loramake.readers.pdf_lines import Line

BODY = "some words of the body, as long as they usually are"
EDGE = 400.0  # points: the right margin


def line(text, top, size=10.0, x0=72.0, *, full=True, **options):
    """A line that reaches the margin, if it is `full`."""
    end = EDGE if full else x0 + size * len(text) / 2
    return Line(text, size, top, top + size, x0, end, 72.0, EDGE, size * len(text.split()[0]) / 2, **options)


def page(*texts, top=100.0, pitch=12.0, **options):
    """Lines one below the other; a tuple is (text, size)."""
    out = []
    for text in texts:
        words, size = text if isinstance(text, tuple) else (text, 10.0)
        out.append(line(words, top, size, **options))
        top += pitch * size / 10
    return out


def text(*lines):
    return text_of([lines])


def test_the_lines_of_a_paragraph_are_joined():
    assert text(*page("one full line", "another"), line("and the end.", 124, full=False)) == (
        "one full line another and the end."
    )


def test_short_lines_stay_one_below_the_other():
    assert text(*page("Ada Quill", "High Street", "Harbour", full=False)) == "Ada Quill\nHigh Street\nHarbour"


def test_words_parted_at_a_line_end_are_whole_again():
    assert (
        text(*page("the docu-", "ment says so, as any docu-", "ment does"))
        == "the document says so, as any document does"
    )


def test_a_word_parted_by_pages_is_whole():
    assert text_of([page("the docu-"), page("ment says")]) == "the document\n\f\nsays"


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ("see https://example.org/", "docs/tides.html", "see https://example.org/docs/tides.html"),
        ("see https://example.org/", "for more", "see https://example.org/ for more"),
        ("in /usr/share/", "doc and elsewhere", "in /usr/share/doc and elsewhere"),
        ("the GNU/", "Linux system", "the GNU/Linux system"),
        ("这里给出您在投入", "工作之前应当理解", "这里给出您在投入工作之前应当理解"),
    ],
)
def test_what_a_line_end_parts_is_whole(above, below, expected):
    assert text(*page(above, below)) == expected


def test_space_between_lines_parts_paragraphs():
    assert text(*page("one", "two", "and three"), *page("four", "five", top=160)) == "one two and three\n\nfour five"


def test_a_line_that_is_set_in_begins_a_paragraph():
    lines = [line("A first paragraph that", 100), line("ends at the margin.", 112), line("Another one", 124, x0=90)]
    assert text(*lines, line("goes on.", 136)) == "A first paragraph that ends at the margin.\n\nAnother one goes on."


def test_a_list_is_marked_and_its_items_are_whole():
    lines = [line("• one item that", 100), line("goes on", 112, x0=84), line("– another", 124, full=False)]
    assert text(*lines) == "- one item that goes on\n- another"


def test_numbered_items_stand_one_below_the_other():
    assert text(*page("1. one.", "2. two that goes", "on. See Ref. 1 and", "4. They say")) == (
        "1. one.\n2. two that goes on. See Ref. 1 and 4. They say"
    )


def test_rows_that_stand_in_columns_stay_apart():
    assert text(*page("C-k\tkills a line", "C-y\tyanks it")) == "C-k kills a line\nC-y yanks it"


def test_a_heading_on_two_lines_is_one_and_its_words_are_whole():
    assert text(*page(("How to in-", 20.0), ("stall it", 20.0), *[BODY] * 9)).startswith("# How to install it\n\nsome")


def test_a_paragraph_in_large_type_is_no_heading():
    found = text(*page(*[("Large words", 14.0)] * 4, *[BODY] * 20))
    assert found.startswith("Large words Large words")


def test_headings_of_the_outline_have_its_levels():
    lines = [*page("1 Tides", full=False), *page(*[BODY] * 3, top=130), *page("1.1 Ebb", top=190, full=False)]
    outline = [Bookmark("Tides", 1, 0), Bookmark("Ebb", 2, 0), Bookmark("1.1 Ebb", 2, 0)]
    lines += [*page("1.2 Flood", top=220, full=False)]
    found = text_of([lines], [*outline, Bookmark("Flood", 2, 0)])
    assert [row for row in found.split("\n") if row.startswith("#")] == ["# 1 Tides", "## 1.1 Ebb", "## 1.2 Flood"]


def test_a_bold_line_alone_is_a_heading_and_one_in_a_paragraph_is_not():
    lines = [line("Knots", 100, full=False, is_bold=True), *page(*[BODY] * 9, top=130)]
    assert text(*lines).startswith("# Knots\n\nsome")
    assert "#" not in text(*page(*[BODY] * 9), line("Knots", 208, full=False, is_bold=True), line(BODY, 220))


def test_code_is_fenced_with_its_indentation_and_empty_lines():
    code = [line(each, top, x0=x, pitch=5.0) for each, top, x in [("if x:", 140, 72), ("y()", 152, 92), ("z", 180, 72)]]
    found = text(*page(BODY, BODY, "as follows:"), *code, line(BODY, 210))
    assert found.endswith("as follows:\n\n```\nif x:\n    y()\n\nz\n```\n\n" + BODY)


@pytest.mark.parametrize(
    ("lines", "is_code"),
    [
        ([line("run it as", 100), line("make all", 112, pitch=5.0), line("which builds", 124)], False),
        ([line("run it as", 100, full=False), line("make all", 112, x0=90, pitch=5.0), line("which", 124)], True),
        ([line("run this:", 100), line("make all", 112, pitch=5.0), line("which builds", 124)], True),
        ([line("run it as", 100), line("make all", 130, pitch=5.0), line("which builds", 160)], True),
        ([line("run it as", 100), line("make all", 112, pitch=5.0, is_numbered=True), line("which", 124)], True),
    ],
)
def test_one_line_of_code_in_a_paragraph_is_text(lines, is_code):
    assert ("```" in text(*lines, *page(*[BODY] * 9, top=200))) == is_code


def test_a_document_in_typewriter_type_is_no_code():
    assert "```" not in text(*page(*[BODY] * 9, pitch=12.0), *page(*[BODY] * 3, top=300))
    typed = [line(BODY, 100 + 12 * row, pitch=5.0) for row in range(9)]
    assert text(*typed) == " ".join([BODY] * 9)


def test_a_table_stands_alone_and_a_comment_is_no_heading():
    lines = [*page("before", "# make", full=False), Line("| a |\n| --- |", 0.0, 124, 160, is_table=True)]
    assert text(*lines, *page("after", top=162)) == "before\n\\# make\n\n| a |\n| --- |\n\nafter"


def test_a_sentence_goes_on_in_the_next_column():
    left, right = page("words of the left", "column that"), page("go on in the right one.", top=100)
    assert text(*left, *right) == "words of the left column that go on in the right one."


def test_a_footnote_stands_apart_from_its_number():
    assert text(*page(*[BODY] * 5), line("12See there.", 300, 8.0, full=False)).endswith("\n\n12 See there.")


def test_a_table_of_contents_has_titles_alone():
    entries = [line(f"{number} Tides . . . . . . {number}", 100 + 12 * number) for number in range(1, 7)]
    assert text(*entries, *page(BODY, top=300)).startswith("1 Tides\n2 Tides\n3 Tides\n")


def test_pages_are_parted_by_a_form_feed_even_when_they_are_empty():
    assert text_of([page("one"), [], page("three")]) == "one\n\f\n\n\f\nthree"
