from datetime import UTC, date, datetime

import pytest

from loramake.readers.dates import iso_date


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-01-31", "2024-01-31"),
        ("2024-01", "2024-01"),
        (" 2024-01-31T10:00:00Z ", "2024-01-31T10:00:00+00:00"),
        ("2024-01-31T10:00:00.000+0100", "2024-01-31T10:00:00+01:00"),
        ("2024-01-31 10:00", "2024-01-31T10:00:00"),
        ("Wed, 31 Jan 2024 10:00:00 +0100", "2024-01-31T10:00:00+01:00"),
        (1706695200, "2024-01-31T10:00:00+00:00"),
        (1706695200000, "2024-01-31T10:00:00+00:00"),
        (date(2024, 1, 31), "2024-01-31"),
        (datetime(2024, 1, 31, tzinfo=UTC), "2024-01-31T00:00:00+00:00"),
        ("last Tuesday", None),
        ("2024-13-45", None),
        ("", None),
        (None, None),
        (True, None),
        (float("inf"), None),
        (1e300, None),
    ],
)
def test_iso_date(written, iso):
    assert iso_date(written) == iso
