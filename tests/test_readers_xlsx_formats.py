from datetime import date, datetime, time, timedelta

import pytest

from loramake.readers.xlsx_formats import shown

ACCOUNTING = '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)'
NOON = datetime(2024, 1, 31, 12, 5)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.1 + 0.2, "General", "0.3"),
        (5.0, "General", "5"),
        (1e20, "General", "1E+20"),
        (10**18, "General", "1000000000000000000"),
        (0.125, "0.00%", "12.50%"),
        (0.125, "0%", "13%"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234.5, "#,##0.00;[Red]-#,##0.00", "-1,234.50"),
        (-5, "0.00", "-5.00"),
        (-0.001, "0.00", "0.00"),
        (1.005, "0.00", "1.01"),
        (2.5, "0.0##", "2.5"),
        (7, "00000", "00007"),
        (1234567, "#,##0,", "1,235"),
        (1234567.891, '#,##0.0,,"M"', "1.2M"),
        (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"),
        (3, '0 "kg"', "3 kg"),
        (-1234.5, ACCOUNTING, "$(1,234.50)"),
        (0, ACCOUNTING, "$-"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (5, ";;;", ""),
        (0.5, "# ?/?", "0.5"),
        (150, '[>100]"big";"small"', "150"),
        (1e300, "#,##0.00", "1E+300"),
        (5, "@", "5"),
        (5, '0"', "5"),
        (5, "", "5"),
    ],
)
def test_numbers_are_as_they_are_shown(value, form, text):
    assert shown(value, form) == text


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (NOON, "dd/mm/yyyy hh:mm", "2024-01-31 12:05"),
        (NOON, "yyyy-mm-dd", "2024-01-31"),
        (NOON, "mmm yy", "2024-01"),
        (NOON, "yyyy", "2024"),
        (NOON, "h:mm AM/PM", "12:05"),
        (NOON, 'd "year" mmmm', "2024-01-31"),
        (NOON.replace(second=7), "hh:mm:ss", "12:05:07"),
        (datetime(2024, 1, 31, 9, 59, 59, 999999), "d.m.yy h:mm", "2024-01-31 10:00"),
        (date(2024, 1, 31), "d.m.yy", "2024-01-31"),
        (time(10, 5), "h:mm", "10:05"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (-timedelta(seconds=90), "[h]:mm:ss", "-0:01:30"),
    ],
)
def test_dates_are_those_of_iso_8601(value, form, text):
    assert shown(value, form) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "TRUE"), (False, "FALSE"), ("#DIV/0!", "#DIV/0!"), ("a_x000D_\nb", "a\nb")]
)
def test_other_values_are_as_they_stand(value, text):
    assert shown(value, "0.00") == text
