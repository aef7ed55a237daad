import pytest

from loramake.readers import marks


@pytest.mark.parametrize(
    ("level", "text", "line"),
    [(1, "A  title\n on two lines", "# A title on two lines"), (3, "x", "### x"), (9, "deep", "###### deep")],
)
def test_a_heading_is_one_line(level, text, line):
    assert marks.heading(level, text) == line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# apt install", "\\# apt install"),
        ("one\n## two\nthree", "one\n\\## two\nthree"),
        ("#hashtag and C#", "#hashtag and C#"),
        ("#######  seven", "#######  seven"),
        ("#", "\\#"),
    ],
)
def test_plain_text_never_passes_for_a_heading(text, expected):
    assert marks.plain(text) == expected


def test_a_table_keeps_its_rows():
    rows = [["Item", "Price"], ["Bolt", "2"], ["Nut\nand washer", "a|b"]]
    assert marks.pipe_table(rows).split("\n") == [
        "| Item | Price |",
        "| --- | --- |",
        "| Bolt | 2 |",
        "| Nut and washer | a\\|b |",
    ]


def test_a_table_is_as_wide_as_its_widest_row_and_has_no_empty_ones():
    assert marks.pipe_table([["a"], ["", ""], ["b", "c"]]) == "| a |  |\n| --- | --- |\n| b | c |"


def test_a_table_without_words_is_nothing():
    assert marks.pipe_table([["", " "], [""]]) == ""


def test_code_stands_between_fences():
    assert marks.fenced("x = 1\n\ny = 2", "python") == "```python\nx = 1\n\ny = 2\n```"


def test_a_fence_is_longer_than_the_backticks_in_the_code():
    assert marks.fenced("````\nx\n````").startswith("`````\n")


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("words\n\n## The first ##\n# Another", "The first"),
        ("```sh\n# a comment\n```\n# Real", "Real"),
        ("~~~\n```\n# still code\n~~~\n# Real", "Real"),
        ("````\n```\n# still code\n````\n# Real", "Real"),
        ("no heading, #not one either", None),
        ("# \n## Words", "Words"),
        ("", None),
    ],
)
def test_the_first_heading(text, heading):
    assert marks.first_heading(text) == heading


def test_lines_of_code_are_told_from_others():
    lines = ["a", "```sh", "b", "~~~", "```", "c", "```d``` is inline", "~~~", "e"]
    assert [is_code for _, is_code in marks.with_code(lines)] == [
        *(False, True, True, True, True, False),
        *(False, True, True),
    ]
