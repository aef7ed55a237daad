import pytest

from loramake.readers.xlsx_tables import Row, blocks_of


def rows(*lines):
    return [Row(line.split("|") if line else [], any(map(str.isdecimal, line.split("|")))) for line in lines]


@pytest.mark.parametrize(
    ("lines", "blocks"),
    [
        ([], []),
        (["", ""], []),
        (["one", "two"], ["one\ntwo"]),
        (["Name|Ada"], ["Name: Ada"]),
        (["a|b|c"], ["a | b | c"]),
        (["Title", "a|b", "1|2"], ["Title", "| a | b |\n| --- | --- |\n| 1 | 2 |"]),
        (["a||b", "1||2"], ["| a | b |\n| --- | --- |\n| 1 | 2 |"]),
        (["a|b", "c"], ["| a | b |\n| --- | --- |\n| c |  |"]),
        (["a|b", "1|2", "", "3|4"], ["| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"]),
        (["a|b", "1|2", "", "3|4|5"], ["| a | b |\n| --- | --- |\n| 1 | 2 |", "3 | 4 | 5"]),
        (["# no heading"], ["\\# no heading"]),
    ],
)
def test_rows_are_tables_and_words(lines, blocks):
    assert list(blocks_of(rows(*lines))) == blocks
