import pytest

from loramake.readers.pdf_lines import unfolded
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
        ("a dash -\nhere", "a dash -\nhere"),
        ("no hyphen\nhere", "no hyphen\nhere"),
    ],
)
def test_words_parted_at_a_line_end_are_whole_again(text, expected):
    assert Words(text).mend(text) == expected


def test_ligatures_are_unfolded_and_nothing_else():
    assert unfolded("ﬁnd the ﬂow, eﬃcient oﬀer ½ ² Å") == "find the flow, efficient offer ½ ² Å"
