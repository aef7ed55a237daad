import pytest

from loramake.cleaning.quality import why_unfit
from loramake.recipe.cleaning import Keep
from loramake.records import Document

TEXT = "The pump stands in the yard and waits for its valve."


def document(**more) -> Document:
    return Document(id="d", text=TEXT, source="s", path="p.md", sha256="0", reader="r", **more)


@pytest.mark.parametrize(
    ("keep", "text", "reason"),
    [
        ({"min_chars": 5}, "hi", "too_short"),
        ({"min_chars": 5}, "hello", None),
        ({"max_chars": 30}, "x" * 31, "too_long"),
        ({"min_chars": 0}, " \n\f", "empty"),
        ({"min_words": 12}, TEXT, "too_few_words"),
        ({"min_words": 11}, TEXT, None),
        ({"max_symbols": 0.3}, "a+b-c*d/e=f;g:h!i?j%k&" + "()" * 9, "many_symbols"),
        ({"max_symbols": 0.3}, TEXT, None),
        ({"max_digits": 0.3}, "1234567890 1234567890 abc", "many_digits"),
        ({"max_digits": 0.3}, TEXT, None),
        ({"max_repeated_lines": 0.5}, "same line\n" * 9 + "other line", "repeated_lines"),
        ({"max_repeated_lines": 0.5}, "same line here\n" * 3, None),
        ({"max_repeated_words": 0.3}, "buy it now and save money today " * 9, "repeated_words"),
        ({"max_repeated_words": 0.3}, f"{TEXT} {TEXT}", None),
    ],
)
def test_why_unfit(keep, text, reason):
    assert why_unfit(text, Keep(**keep)) == reason


@pytest.mark.parametrize(("language", "reason"), [("en", None), ("de", None), ("fr", "other_language"), (None, None)])
def test_documents_known_to_be_in_another_language_go(language, reason):
    assert why_unfit(TEXT, Keep(languages=["en", "de"]), document(language=language)) == reason


@pytest.mark.parametrize(
    ("condition", "meta", "kept"),
    [
        ({"status": "Done"}, {"status": "done"}, True),
        ({"status": "Done"}, {"status": "Open"}, False),
        ({"status": "Done"}, {}, False),
        ({"status": ["Done", "Closed"]}, {"status": "Closed"}, True),
        ({"status": "!= Open"}, {"status": "Open"}, False),
        ({"status": "!= Open"}, {}, True),
        ({"votes": ">= 3"}, {"votes": 3}, True),
        ({"votes": "> 3"}, {"votes": "10"}, True),
        ({"votes": "< 3"}, {"votes": 3}, False),
        ({"votes": ">= 3"}, {}, False),
        ({"votes": 3}, {"votes": 3.0}, True),
        ({"created": ">= 2024-01-01"}, {"created": "2024-06-30T10:00"}, True),
        ({"created": "< 2024-01-01"}, {"created": "2024-06-30T10:00"}, False),
        ({"labels": "pump"}, {"labels": ["valve", "Pump"]}, True),
        ({"labels": "pump"}, {"labels": []}, False),
        ({"fix.version": "2"}, {"fix": {"version": 2}}, True),
        ({"source": "s"}, {}, True),
        ({"path": "other"}, {}, False),
        ({"merge": False}, {"merge": False}, True),
    ],
)
def test_conditions_on_fields(condition, meta, kept):
    reason = why_unfit(TEXT, Keep(where=condition), document(meta=meta))
    assert reason == (None if kept else f"not_where: {next(iter(condition))}")
