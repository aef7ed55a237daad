import pytest

from loramake.readers.pdf_words import Words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the docu-\nment says", "the document says"),
        ("a well-\nknown fact, well-known", "a well-known fact, well-known"),
        ("it is well known: the well-\nknown", "it is well known: the well-known"),
        ("soft\u00ad\nware", "software"),
        ("the years 2019-\n2024", "the years 2019-\n2024"),
        ("North-\nSouth", "North-\nSouth"),
        ("no warranty: NO WAR-\nRANTY", "no warranty: NO WARRANTY"),
        ("by XML-\nRPC", "by XML-RPC"),
        ("a dash -\nhere", "a dash -\nhere"),
        ("no hyphen\nhere", "no hyphen\nhere"),
    ],
)
def test_words_parted_at_a_line_end_are_whole_again(text, expected):
    assert Words(text).mend(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the docu-\n\f\nment says", "the document\n\f\nsays"),
        ("the docu-\n\f\nment\nsays", "the document\n\f\nsays"),
        ("in 2019-\n\f\n2024", "in 2019-\n\f\n2024"),
        ("an end.\n\f\nA start", "an end.\n\f\nA start"),
    ],
)
def test_a_word_parted_by_two_pages_stands_on_the_first(text, expected):
    assert Words(text).mend_across_pages(text) == expected
