import pytest

from loramake.readers.pdf_contents import contents_in, entries
from loramake.readers.pdf_lines import Line

DOTS = " . . . . . . . . . "


def lines(*texts):
    """Lines that end at the right edge where they end with a number."""
    return [
        Line(text, 10.0, 100 + 12 * row, 110 + 12 * row, 72, 500 if text[-1].isdigit() else 300)
        for row, text in enumerate(texts)
    ]


ENTRIES = [f"{number}. Chapter{DOTS}{2 * number}" for number in range(1, 7)]


def test_entries_lose_their_page_numbers():
    page = lines("Contents", *ENTRIES, "After it.")
    found = contents_in(page)
    assert found == range(1, 7)
    assert list(entries(page[found.start : found.stop])) == [f"{number}. Chapter" for number in range(1, 7)]


def test_an_entry_takes_as_many_lines_as_it_needs():
    page = lines("Part one\t1", *ENTRIES, "7. A chapter whose title", f"is long{DOTS}99")
    found = contents_in(page)
    assert found.start == 0
    titles = list(entries(page[found.start : found.stop]))
    assert (titles[0], titles[-1]) == ("Part one", "7. A chapter whose title\nis long")


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ENTRIES[:4],
        [f"Item{DOTS}{price}" for price in (12, 7, 30, 2, 19, 4)],
        [f"Item {number}" for number in range(9)],
        [f"and so on{DOTS}"] * 9,
    ],
)
def test_what_is_no_table_of_contents(texts):
    assert not contents_in(lines(*texts))
