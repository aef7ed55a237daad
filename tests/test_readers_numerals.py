import pytest

from loramake.readers.numerals import numeral


@pytest.mark.parametrize(
    ("count", "form", "written"),
    [
        (7, "decimal", "7"),
        (7, "decimalZero", "07"),
        (1, "lowerLetter", "a"),
        (28, "upperLetter", "BB"),
        (0, "lowerLetter", "0"),
        (14, "lowerRoman", "xiv"),
        (1999, "upperRoman", "MCMXCIX"),
        (4000, "lowerRoman", "4000"),
        (3, "chineseCounting", "3"),
        (3, "none", ""),
    ],
)
def test_numbers_as_lists_write_them(count, form, written):
    assert numeral(count, form) == written
