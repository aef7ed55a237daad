import pytest

from loramake.reporting import figures


@pytest.mark.parametrize(
    ("function", "value", "text"),
    [
        (figures.percent, 0.98, "98.0 %"),
        (figures.percent, 1.0, "100.0 %"),
        (figures.percent, 0.9999, "99.9 %"),
        (figures.percent, 0.0001, "0.1 %"),
        (figures.percent, 0.0, "0.0 %"),
        (figures.percent, None, "–"),
        (figures.percent_short, 0.98, "98 %"),
        (figures.percent_short, 0.4125, "41.2 %"),
        (figures.count, 1234567, "1,234,567"),
        (figures.count, None, "–"),
        (figures.number, 443.221, "443.2"),
        (figures.number, 0.0000205, "2.05e-05"),
        (figures.number, 26460.3, "26,460"),
        (figures.number, float("nan"), "–"),
        (figures.size, 999, "999 B"),
        (figures.size, 1_180_000, "1.18 MB"),
        (figures.size, 15_231_000_000, "15.2 GB"),
        (figures.size, None, "–"),
        (figures.duration, 5.04, "5.0 s"),
        (figures.duration, 95, "1 min 35 s"),
        (figures.duration, 7265, "2 h 1 min"),
        (figures.duration, None, "–"),
        (figures.said, ["a", "b"], "a, b"),
        (figures.said, {"b": 1, "a": True}, '{"a": true, "b": 1}'),
        (figures.said, "text", "text"),
    ],
)
def test_how_a_value_reads(function, value, text):
    assert function(value) == text.replace(" %", "\u202f%")


@pytest.mark.parametrize(("number", "text"), [(0, "0 files"), (1, "1 file"), (1204, "1,204 files")])
def test_a_noun_follows_its_number(number, text):
    assert figures.plural(number, "file") == text


@pytest.mark.parametrize(
    ("share", "of", "low", "high"),
    [(0.5, 10, 0.237, 0.763), (1.0, 10, 0.722, 1.0), (0.0, 10, 0.0, 0.278), (0.98, 200, 0.950, 0.992), (0.0, 0, 0, 1)],
)
def test_the_interval_of_a_share(share, of, low, high):
    assert figures.interval(share, of) == pytest.approx((low, high), abs=5e-4)
